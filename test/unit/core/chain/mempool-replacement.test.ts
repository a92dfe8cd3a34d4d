import { expect, test } from 'vitest';
import { SPARED_MAX } from '../../../../src/core/chain/limits.ts';
import { MempoolBench, RELAY_FEE, TRANSFER_SIZE, replacedBy } from '../../../kit/mempool.ts';
import { fakeTransaction } from '../../../kit/transactions.ts';

const coin = 100_000_000n;

test('a replacement pays 10 % more, rounded up', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const old = bench.take({ from: 0, nonce: 0, fee: 20_001n });
  const bump = { from: 0, nonce: 0, fee: 22_001n, amount: 2n };
  expect(bench.offer(fakeTransaction(bump))).toEqual({
    ok: false,
    code: 'tx-replacement-underpriced',
    facts: { fee: 22_001n, minimum: 22_002n, replaces: old.id },
  });
  const better = fakeTransaction({ ...bump, fee: 22_002n });
  expect(bench.offer(better)).toMatchObject({ value: { state: 'pending', replaced: [old.id] } });
  expect(bench.stateOf(old)).toBe(replacedBy(better));
  expect(bench.selected()).toEqual([better.id]);
});

test('a replacement has a fee rate 10 % higher too', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  bench.take({ from: 0, nonce: 0, fee: 100_000n });
  // Policy size 340 instead of 240: ceil(100,000 * 340 * 11 / (10 * 240)).
  const bump = { from: 0, nonce: 0, memoSize: 100, fee: 155_833n };
  expect(bench.offer(fakeTransaction(bump))).toMatchObject({
    code: 'tx-replacement-underpriced',
    facts: { minimum: 155_834n },
  });
  bench.take({ ...bump, fee: 155_834n });
});

test('in the gap pool too', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, 3n * RELAY_FEE);
  const old = bench.take({ from: 0, nonce: 1, fee: RELAY_FEE });
  const bump = { from: 0, nonce: 1, fee: RELAY_FEE + 1999n };
  expect(bench.offer(fakeTransaction(bump))).toMatchObject({ code: 'tx-replacement-underpriced' });
  const draining = { ...bump, fee: 2n * RELAY_FEE, amount: coin };
  expect(bench.offer(fakeTransaction(draining))).toMatchObject({ code: 'tx-insufficient-funds' });
  const better = bench.take({ ...bump, fee: 2n * RELAY_FEE });
  expect(bench.stateOf(old)).toBe(replacedBy(better));
});

test('a chain may not cost more than the balance (row 37)', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, 10n * (RELAY_FEE + 1000n));
  for (let nonce = 0; nonce < 10; nonce++) {
    bench.take({ from: 0, nonce, fee: RELAY_FEE, amount: 1000n });
  }
  const beyond = bench.take({ from: 0, nonce: 10, fee: RELAY_FEE, amount: 1000n });
  expect(bench.stateOf(beyond)).toBe('waiting: waiting-for-funds');
  expect(bench.mempool.count).toBe(10);
});

test('a replacement that drains pays for every later nonce it invalidates (rows 37, 38)', () => {
  const bench = new MempoolBench();
  const balance = 10n * (RELAY_FEE + 1000n);
  bench.setAccount(0, balance);
  const chain = Array.from({ length: 10 }, (_, nonce) =>
    bench.take({ from: 0, nonce, fee: RELAY_FEE, amount: 1000n }),
  );
  // It leaves nothing for the nine later ones: 22,000 for its own nonce and 9 * 20,000 for theirs.
  const minimum = 22_000n + 9n * RELAY_FEE;
  const draining = { from: 0, nonce: 0, fee: minimum - 1n, amount: balance - minimum };
  expect(bench.offer(fakeTransaction(draining))).toMatchObject({
    code: 'tx-replacement-underpriced',
    facts: { minimum, replaces: chain[0]!.id },
  });
  const paid = bench.take({ ...draining, fee: minimum });
  expect(bench.selected()).toEqual([paid.id]);
  expect(bench.mempool.pendingOf(paid.sender)).toEqual({ balance: 0n, nonce: 1 });
  for (const later of chain.slice(1)) expect(bench.stateOf(later)).toMatch(/^waiting: /);
});

test('a replacement that leaves enough keeps the later nonces', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const [, second] = [0, 1].map((nonce) => bench.take({ from: 0, nonce, fee: RELAY_FEE }));
  const better = bench.take({ from: 0, nonce: 0, fee: 2n * RELAY_FEE });
  expect(bench.selected()).toEqual([better.id, second!.id]);
});

test('tx-insufficient-funds for a replacement beyond the balance', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, 4n * RELAY_FEE);
  bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  bench.take({ from: 0, nonce: 1, fee: RELAY_FEE });
  const draining = { from: 0, nonce: 1, fee: 2n * RELAY_FEE, amount: coin };
  expect(bench.offer(fakeTransaction(draining))).toMatchObject({
    code: 'tx-insufficient-funds',
    facts: { balance: 4n * RELAY_FEE, needed: 3n * RELAY_FEE + 1n + coin },
  });
});

test('of 1,000 bumps within a minute at most the limit is taken (row 40)', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, 1n << 60n);
  bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  let fee = RELAY_FEE;
  let taken = 0;
  for (let i = 0; i < 1000; i++) {
    const tiny = bench.offer(fakeTransaction({ from: 0, nonce: 0, fee: fee + 1n }));
    expect(tiny.ok).toBe(false);
    fee = (fee * 11n + 9n) / 10n;
    const bump = bench.offer(fakeTransaction({ from: 0, nonce: 0, fee }));
    if (bump.ok) taken++;
    else expect(bump).toMatchObject({ code: 'tx-replacement-limit', facts: { limit: 10 } });
    if (!bump.ok) break;
  }
  expect(taken).toBe(10);
  bench.pass(60_000);
  bench.take({ from: 0, nonce: 0, fee });
});

test('a low fee holds back the rank of what comes after it, until it is replaced', () => {
  const bench = new MempoolBench({ executableBytesMax: 720 });
  for (const from of [0, 1, 2]) bench.setAccount(from, coin);
  bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  const later = bench.take({ from: 0, nonce: 1, fee: 50n * RELAY_FEE });
  bench.take({ from: 1, nonce: 0, fee: 2n * RELAY_FEE });
  bench.take({ from: 0, nonce: 0, fee: 40n * RELAY_FEE });
  const evicting = bench.take({ from: 2, nonce: 0, fee: 5n * RELAY_FEE });
  expect(bench.stateOf(later)).toBe('pending');
  expect(bench.mempool.pendingOf(evicting.sender).nonce).toBe(1);
  expect(bench.mempool.count).toBe(3);
});

test('the price counts exactly the later nonces that lose their funds', () => {
  const bench = new MempoolBench();
  const fees = Array.from({ length: 9 }, (_, nonce) => RELAY_FEE + BigInt(nonce) * 1000n);
  const costs = fees.map((fee) => fee + 500_000n);
  const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
  const balance = sum(costs) + 70_000n;
  bench.setAccount(0, balance);
  for (const [nonce, fee] of fees.entries()) bench.take({ from: 0, nonce, fee, amount: 500_000n });

  for (const [nonce, fee] of fees.entries()) {
    for (let kept = nonce; kept < fees.length; kept++) {
      // Just enough is left for the later nonces up to `kept`, or one base unit less than that.
      const before = sum(costs.slice(0, nonce));
      const most = balance - before - sum(costs.slice(nonce + 1, kept + 1));
      for (const [cost, lost] of [
        [most, kept + 1],
        [most + 1n, kept],
      ] as const) {
        const rival = fakeTransaction({ from: 0, nonce, fee, amount: cost - fee });
        const minimum = (fee * 11n + 9n) / 10n + sum(fees.slice(lost));
        const expected =
          before + cost > balance
            ? { code: 'tx-insufficient-funds', facts: { balance, needed: before + cost } }
            : { code: 'tx-replacement-underpriced', facts: { minimum } };
        expect(bench.offer(rival)).toMatchObject(expected);
      }
    }
  }
});

test('junk for a low nonce reads nothing of the chain above it (it was walked unsigned)', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, 1000n * coin);
  let reads = 0;
  for (let nonce = 0; nonce < 1000; nonce++) {
    const transaction = fakeTransaction({ from: 0, nonce, fee: RELAY_FEE });
    const { cost, fee } = transaction;
    const watched = Object.defineProperties(
      { ...transaction },
      { cost: { get: () => (reads++, cost) }, fee: { get: () => (reads++, fee) } },
    );
    expect(bench.mempool.add(watched, { origin: 'peer', now: bench.now })).toMatchObject({
      ok: true,
    });
  }
  expect(reads).toBeGreaterThan(0);
  reads = 0;
  for (let amount = 2n; amount < 102n; amount++) {
    const junk = fakeTransaction({ from: 0, nonce: 0, fee: RELAY_FEE, amount });
    const code = 'tx-replacement-underpriced';
    expect(bench.mempool.precheck(junk, bench.now)).toMatchObject({ code });
  }
  // Only the fee of the one transaction that each would replace.
  expect(reads).toBe(100);
});

test('junk in a full pool passes over few of its own account (it was the whole chain)', () => {
  const codeWith = (later: number): string | undefined => {
    const bench = new MempoolBench({ executableBytesMax: (later + 2) * TRANSFER_SIZE });
    for (const from of [0, 1]) bench.setAccount(from, 1000n * coin);
    for (let nonce = 0; nonce <= later; nonce++) bench.take({ from: 0, nonce, fee: RELAY_FEE });
    bench.take({ from: 1, nonce: 0, fee: 2n * RELAY_FEE });
    const larger = fakeTransaction({ from: 0, nonce: 0, fee: 100n * RELAY_FEE, memoSize: 100 });
    const verdict = bench.mempool.precheck(larger, bench.now);
    return verdict.ok ? undefined : verdict.code;
  };
  // The rival itself is passed over too.
  expect(codeWith(SPARED_MAX - 1)).toBe(undefined);
  expect(codeWith(SPARED_MAX + 1)).toBe('tx-pool-full');
});

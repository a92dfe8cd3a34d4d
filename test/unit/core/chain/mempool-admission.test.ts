import { describe, expect, test } from 'vitest';
import { RELAY_FEE, MempoolBench, replacedBy } from '../../../kit/mempool.ts';
import { fakeTransaction } from '../../../kit/transactions.ts';

const coin = 100_000_000n;

describe('a transaction alone', () => {
  test('is pending when it is the next and funded', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, coin);
    const result = bench.offer(fakeTransaction({ from: 0, nonce: 0, fee: RELAY_FEE }));
    expect(result).toEqual({
      ok: true,
      value: { state: 'pending', reason: undefined, replaced: [], evicted: [], work: 1 },
    });
  });

  test('tx-known tells its state', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, coin);
    const pending = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
    const future = bench.take({ from: 0, nonce: 2, fee: RELAY_FEE });
    expect(bench.offer(pending)).toMatchObject({ code: 'tx-known', facts: { state: 'pending' } });
    expect(bench.offer(future)).toMatchObject({ code: 'tx-known', facts: { state: 'waiting' } });
  });

  test('tx-nonce-used', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, coin, 5);
    expect(bench.offer(fakeTransaction({ from: 0, nonce: 4, fee: RELAY_FEE }))).toEqual({
      ok: false,
      code: 'tx-nonce-used',
      facts: { nonce: 4, expected: 5 },
    });
  });

  test('tx-fee-too-low counts 100 bytes per output, rounded up', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, coin);
    const single = { from: 0, nonce: 0, fee: RELAY_FEE - 1n };
    expect(bench.offer(fakeTransaction(single))).toEqual({
      ok: false,
      code: 'tx-fee-too-low',
      facts: { fee: 19_999n, minimum: 20_000n },
    });
    const double = { ...single, outputCount: 2, fee: 30_666n };
    // ceil(368 * 83,333 / 1,000)
    expect(bench.offer(fakeTransaction(double))).toMatchObject({ facts: { minimum: 30_667n } });
    expect(bench.offer(fakeTransaction({ ...double, fee: 30_667n }))).toMatchObject({ ok: true });
  });

  test('tx-insufficient-funds when the account cannot even pay the fee', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, RELAY_FEE - 1n);
    const transaction = fakeTransaction({ from: 0, nonce: 0, fee: RELAY_FEE, amount: 5n });
    expect(bench.offer(transaction)).toEqual({
      ok: false,
      code: 'tx-insufficient-funds',
      facts: { balance: RELAY_FEE - 1n, needed: RELAY_FEE + 5n },
    });
  });

  test('tx-nonce-gap for a future nonce of an account that cannot pay the fee', () => {
    const bench = new MempoolBench();
    expect(bench.offer(fakeTransaction({ from: 0, nonce: 3, fee: RELAY_FEE }))).toEqual({
      ok: false,
      code: 'tx-nonce-gap',
      facts: { nonce: 3, expected: 0 },
    });
  });
});

describe('the gap pool', () => {
  test('keeps a future nonce until the hole is filled', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, coin);
    const future = bench.take({ from: 0, nonce: 1, fee: RELAY_FEE });
    expect(bench.stateOf(future)).toBe('waiting: waiting-for-nonce');
    const first = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
    expect(bench.selected()).toEqual([first.id, future.id]);
    expect(bench.mempool.drainEvents().map(({ id, state }) => [id, state])).toEqual([
      [future.id, 'waiting'],
      [first.id, 'pending'],
      [future.id, 'pending'],
    ]);
  });

  test('tx-gap-limit at 17 nonces ahead', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, coin, 10);
    expect(bench.offer(fakeTransaction({ from: 0, nonce: 27, fee: RELAY_FEE }))).toEqual({
      ok: false,
      code: 'tx-gap-limit',
      facts: { nonce: 27, expected: 10, limit: 16 },
    });
    bench.take({ from: 0, nonce: 26, fee: RELAY_FEE });
  });

  test('reserves balance, but gives way to an earlier nonce', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, 10n * RELAY_FEE);
    const future = bench.take({ from: 0, nonce: 1, fee: RELAY_FEE, amount: 7n * RELAY_FEE });
    const beside = bench.take({ from: 0, nonce: 2, fee: RELAY_FEE, amount: 2n * RELAY_FEE });
    expect(bench.mempool.list(9).map(({ transaction }) => transaction.id)).toEqual([
      future.id,
      beside.id,
    ]);
    const first = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE, amount: 4n * RELAY_FEE });
    expect(bench.stateOf(first)).toBe('pending');
    expect(bench.stateOf(future)).toBe('waiting: waiting-for-funds');
    expect(bench.stateOf(beside)).toBe('waiting: waiting-for-nonce');
  });
});

describe('the waiting pool', () => {
  test('keeps a received transaction that lacks funds', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, 2n * RELAY_FEE);
    const transaction = fakeTransaction({ from: 0, nonce: 0, fee: RELAY_FEE, amount: coin });
    expect(bench.offer(transaction)).toMatchObject({
      value: { state: 'waiting', reason: 'waiting-for-funds' },
    });
    expect(bench.selected()).toEqual([]);
  });

  test('reserves neither nonce nor balance', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, 3n * RELAY_FEE);
    const waiting = bench.take({ from: 0, nonce: 0, fee: 2n * RELAY_FEE, amount: coin });
    const cheaper = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
    expect(bench.selected()).toEqual([cheaper.id]);
    expect(bench.stateOf(waiting)).toBe(replacedBy(cheaper));
  });

  test('is tried again when the account changes, and only then', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, 2n * RELAY_FEE);
    const waiting = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE, amount: coin });
    bench.setAccount(0, 2n * coin);
    bench.follow({ touched: [1] });
    expect(bench.stateOf(waiting)).toBe('waiting: waiting-for-funds');
    bench.follow({ touched: [0] });
    expect(bench.stateOf(waiting)).toBe('pending');
  });

  test('a nonce that waits is replaced by another that waits only if it pays more', () => {
    const bench = new MempoolBench();
    bench.setAccount(0, 4n * RELAY_FEE);
    bench.take({ from: 0, nonce: 0, fee: RELAY_FEE, amount: coin });
    const bump = { from: 0, nonce: 0, fee: RELAY_FEE + 1999n, amount: coin };
    expect(bench.offer(fakeTransaction(bump))).toMatchObject({
      code: 'tx-replacement-underpriced',
    });
    bench.take({ ...bump, fee: RELAY_FEE + 2000n });
    expect(bench.mempool.waitingCount).toBe(1);
  });
});

test('the price of admission rises when the pool is full and halves every ten minutes', () => {
  const bench = new MempoolBench({ executableBytesMax: 480 });
  for (const from of [0, 1, 2, 3]) bench.setAccount(from, coin);
  const cheap = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  bench.take({ from: 1, nonce: 0, fee: 3n * RELAY_FEE });
  expect(bench.offer(fakeTransaction({ from: 2, nonce: 0, fee: RELAY_FEE }))).toMatchObject({
    code: 'tx-pool-full',
    facts: { fee: RELAY_FEE, minimum: 2n * RELAY_FEE },
  });
  const better = bench.take({ from: 2, nonce: 0, fee: 2n * RELAY_FEE });
  expect(bench.stateOf(cheap)).toBe('dropped: evicted');
  expect(bench.mempool.minimumFee(240, bench.now)).toBe(2n * RELAY_FEE);
  expect(
    bench.offer(fakeTransaction({ from: 3, nonce: 0, fee: 2n * RELAY_FEE - 1n })),
  ).toMatchObject({
    code: 'tx-pool-full',
    facts: { minimum: 2n * RELAY_FEE },
  });
  bench.pass(599_999);
  expect(bench.mempool.minimumFee(240, bench.now)).toBe(2n * RELAY_FEE);
  bench.pass(1);
  expect(bench.mempool.minimumFee(240, bench.now)).toBe(RELAY_FEE);
  expect(bench.stateOf(better)).toBe('pending');
});

test('precheck changes nothing (row 96): junk for an account leaves no trace', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, 2n * RELAY_FEE);
  for (let variant = 1; variant <= 1000; variant++) {
    const junk = fakeTransaction({ from: 0, nonce: 0, fee: RELAY_FEE, variant });
    expect(bench.mempool.precheck(junk, bench.now).ok).toBe(true);
  }
  expect(bench.mempool.drainChanges()).toEqual([]);
  bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
});

test('200 transactions of one account in issue order are all pending (row 97)', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  for (let nonce = 0; nonce < 200; nonce++) bench.take({ from: 0, nonce, fee: RELAY_FEE });
  expect(bench.mempool.count).toBe(200);
});

test('an entry does not keep the message that it came in', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const { bytes, ...rest } = fakeTransaction({
    from: 0,
    nonce: 0,
    fee: 2n * RELAY_FEE,
    memoSize: 9,
  });
  const bundle = new Uint8Array(500_000);
  bundle.set(bytes, 1000);
  const inBundle = { ...rest, bytes: bundle.subarray(1000, 1000 + bytes.length) };
  expect(bench.offer(inBundle)).toMatchObject({ ok: true });
  const kept = bench.mempool.get(rest.id)!;
  for (const view of [kept.bytes, kept.senderKey, kept.memo, kept.signature]) {
    expect(view.buffer.byteLength).toBe(bytes.length);
  }
  expect(kept).toEqual({ bytes, ...rest });
});

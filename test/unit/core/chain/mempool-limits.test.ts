import { expect, test } from 'vitest';
import type { Address } from '../../../../src/core/base/types.ts';
import { toAmount, toNonce } from '../../../../src/core/base/types.ts';
import { Mempool } from '../../../../src/core/chain/mempool.ts';
import type { Account } from '../../../../src/core/rules/account.ts';
import { MempoolBench, RELAY_FEE, TRANSFER_SIZE } from '../../../kit/mempool.ts';
import { fakeAddress, fakeTransaction } from '../../../kit/transactions.ts';

const coin = 100_000_000n;

test('10,000 future nonces of 1,000 accounts leave every executable one (row 36)', () => {
  const bench = new MempoolBench();
  const executable = Array.from({ length: 100 }, (_, from) => {
    bench.setAccount(from, coin);
    return bench.take({ from, nonce: 0, fee: RELAY_FEE });
  });
  for (let from = 1000; from < 2000; from++) {
    bench.setAccount(from, coin);
    for (let nonce = 1; nonce <= 10; nonce++) {
      bench.offer(fakeTransaction({ from, nonce, fee: (BigInt(from) * RELAY_FEE) / 100n }));
    }
  }
  for (const transaction of executable) expect(bench.stateOf(transaction)).toBe('pending');
  expect(bench.mempool.waitingCount).toBe(Math.floor(2_000_000 / TRANSFER_SIZE));
});

test('the full gap pool lets the lowest fee rate go, and refuses what pays no more', () => {
  const bench = new MempoolBench({ gapBytesMax: 2 * TRANSFER_SIZE });
  for (const from of [0, 1, 2]) bench.setAccount(from, coin);
  const cheap = bench.take({ from: 0, nonce: 1, fee: RELAY_FEE });
  const dear = bench.take({ from: 1, nonce: 1, fee: 3n * RELAY_FEE });
  const equal = fakeTransaction({ from: 2, nonce: 1, fee: RELAY_FEE });
  expect(bench.offer(equal)).toMatchObject({ code: 'tx-pool-full', facts: { minimum: 40_000n } });
  const better = fakeTransaction({ from: 2, nonce: 1, fee: 2n * RELAY_FEE });
  expect(bench.offer(better)).toMatchObject({ value: { evicted: [cheap.id] } });
  expect(bench.stateOf(cheap)).toBe('dropped: evicted');
  expect(bench.stateOf(dear)).toBe('waiting: waiting-for-nonce');
  expect(bench.mempool.minimumFee(TRANSFER_SIZE, bench.now)).toBe(RELAY_FEE);
});

test('16 future nonces per account', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  for (let nonce = 1; nonce <= 16; nonce++) bench.take({ from: 0, nonce, fee: RELAY_FEE });
  bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  expect(bench.mempool.count).toBe(17);
});

test('tx-account-limit', () => {
  const bench = new MempoolBench({ perAccountMax: 3 });
  bench.setAccount(0, coin);
  for (const nonce of [0, 1, 3]) bench.take({ from: 0, nonce, fee: RELAY_FEE });
  expect(bench.offer(fakeTransaction({ from: 0, nonce: 2, fee: RELAY_FEE }))).toEqual({
    ok: false,
    code: 'tx-account-limit',
    facts: { limit: 3 },
  });
  bench.take({ from: 0, nonce: 1, fee: 2n * RELAY_FEE });
});

test('tx-waiting-limit: 16 per account', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, 2n * RELAY_FEE);
  for (let nonce = 0; nonce < 16; nonce++) {
    bench.take({ from: 0, nonce, fee: RELAY_FEE, amount: coin });
  }
  const beyond = fakeTransaction({ from: 0, nonce: 16, fee: RELAY_FEE, amount: coin });
  expect(bench.offer(beyond)).toEqual({
    ok: false,
    code: 'tx-waiting-limit',
    facts: { limit: 16 },
  });
});

test('tx-waiting-limit: the full pool lets the lowest fee rate go', () => {
  const bench = new MempoolBench({ receivedBytesMax: 2 * TRANSFER_SIZE });
  for (const from of [0, 1, 2]) bench.setAccount(from, 3n * RELAY_FEE);
  const cheap = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE, amount: coin });
  bench.take({ from: 1, nonce: 0, fee: 2n * RELAY_FEE, amount: coin });
  const equal = fakeTransaction({ from: 2, nonce: 0, fee: RELAY_FEE, amount: coin });
  expect(bench.offer(equal)).toMatchObject({ code: 'tx-waiting-limit', facts: { limit: 480 } });
  bench.take({ from: 2, nonce: 0, fee: 2n * RELAY_FEE, amount: coin });
  expect(bench.stateOf(cheap)).toBe('dropped: evicted');
});

test('reverted ones have a quota that received ones never touch', () => {
  const bench = new MempoolBench({ receivedBytesMax: TRANSFER_SIZE, revertedBytesMax: 480 });
  const reverted = [0, 1, 2].map((from) =>
    fakeTransaction({ from, nonce: 0, fee: BigInt(from + 1) * RELAY_FEE, amount: coin }),
  );
  const outcome = bench.follow({ reverted });
  expect(outcome.dropped).toEqual([{ id: reverted[0]!.id, reason: 'evicted' }]);
  expect(outcome.returned).toEqual([reverted[1]!.id, reverted[2]!.id]);
  for (const from of [3, 4]) {
    bench.setAccount(from, 100n * RELAY_FEE);
    bench.take({ from, nonce: 0, fee: BigInt(from) * 10n * RELAY_FEE, amount: coin });
  }
  expect(bench.mempool.waitingCount).toBe(3);
  expect(bench.stateOf(reverted[1]!)).toBe('waiting: waiting-for-funds');
  const late = fakeTransaction({ from: 5, nonce: 0, fee: RELAY_FEE, amount: coin });
  const second = bench.follow({ reverted: [late] });
  expect(second).toEqual({ returned: [], dropped: [{ id: late.id, reason: 'evicted' }] });
  expect(bench.stateOf(late)).toBe('dropped: evicted');
});

test('a pool full of minimum fees lets one in that pays twice as much, at once (row 39)', () => {
  const bench = new MempoolBench({ executableBytesMax: 100 * TRANSFER_SIZE });
  for (let from = 0; from < 101; from++) bench.setAccount(from, coin);
  for (let from = 0; from < 100; from++) bench.take({ from, nonce: 0, fee: RELAY_FEE });
  const result = bench.offer(fakeTransaction({ from: 100, nonce: 0, fee: 2n * RELAY_FEE }));
  expect(result).toMatchObject({ value: { state: 'pending', evicted: [expect.any(String)] } });
  expect(bench.mempool.count).toBe(100);
});

test('eviction takes the highest nonce first, ranked by the lowest rate up to it', () => {
  const bench = new MempoolBench({ executableBytesMax: 4 * TRANSFER_SIZE });
  for (const from of [0, 1, 2]) bench.setAccount(from, coin);
  const low = bench.take({ from: 0, nonce: 0, fee: 2n * RELAY_FEE });
  const middle = bench.take({ from: 0, nonce: 1, fee: 100n * RELAY_FEE });
  const high = bench.take({ from: 0, nonce: 2, fee: 100n * RELAY_FEE });
  const other = bench.take({ from: 1, nonce: 0, fee: 3n * RELAY_FEE });
  // As large as two transfers: both tails of the account with the low first fee leave.
  const large = fakeTransaction({ from: 2, nonce: 0, memoSize: 240, fee: 30n * RELAY_FEE });
  expect(bench.offer(large)).toMatchObject({ value: { evicted: [high.id, middle.id] } });
  expect(bench.selected()).toEqual([large.id, other.id, low.id]);
});

test('who cannot evict enough evicts nobody', () => {
  const bench = new MempoolBench({ executableBytesMax: 2 * TRANSFER_SIZE });
  for (const from of [0, 1, 2]) bench.setAccount(from, coin);
  const cheap = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  bench.take({ from: 1, nonce: 0, fee: 50n * RELAY_FEE });
  const large = fakeTransaction({ from: 2, nonce: 0, memoSize: 240, fee: 20n * RELAY_FEE });
  expect(bench.offer(large)).toMatchObject({ code: 'tx-pool-full' });
  expect(bench.stateOf(cheap)).toBe('pending');
});

test('one that finds no room when its hole closes waits for room', () => {
  const bench = new MempoolBench({ executableBytesMax: 2 * TRANSFER_SIZE });
  for (const from of [0, 1]) bench.setAccount(from, coin);
  bench.take({ from: 1, nonce: 0, fee: 50n * RELAY_FEE });
  const future = bench.take({ from: 0, nonce: 1, fee: RELAY_FEE });
  const first = bench.take({ from: 0, nonce: 0, fee: 2n * RELAY_FEE });
  expect(bench.stateOf(first)).toBe('pending');
  expect(bench.stateOf(future)).toBe('waiting: waiting-for-room');
});

test('what has waited too long is dropped at its deadline', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  bench.setAccount(1, RELAY_FEE);
  expect(bench.mempool.deadlineMs()).toBe(Infinity);
  const start = bench.now.monotonicMs;
  const pending = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  const future = bench.take({ from: 0, nonce: 2, fee: RELAY_FEE });
  bench.pass(1000);
  const poor = bench.take({ from: 1, nonce: 0, fee: RELAY_FEE, amount: coin });
  expect(bench.mempool.deadlineMs()).toBe(start + 3_600_000);
  bench.pass(3_599_000);
  bench.mempool.expire(bench.now);
  expect(bench.stateOf(future)).toBe('dropped: expired');
  expect(bench.stateOf(poor)).toBe('waiting: waiting-for-funds');
  bench.pass(1000);
  bench.mempool.expire(bench.now);
  expect(bench.stateOf(poor)).toBe('dropped: expired');
  expect(bench.stateOf(pending)).toBe('pending');
});

test('the oldest fates are forgotten', () => {
  const bench = new MempoolBench({ fatesMax: 2 });
  bench.setAccount(0, coin);
  const [first, second, third] = [1n, 2n, 4n, 8n].map((times) =>
    bench.take({ from: 0, nonce: 0, fee: times * RELAY_FEE }),
  );
  expect(bench.stateOf(first!)).toBe('unknown');
  expect(bench.stateOf(second!)).toMatch(/^replaced/);
  expect(bench.stateOf(third!)).toMatch(/^replaced/);
  bench.store();
  expect([...bench.stored.keys()].filter((key) => key.startsWith('d'))).toHaveLength(2);
});

test('a full pool has room for a replacement as large as what it takes out', () => {
  const bench = new MempoolBench({ executableBytesMax: 4 * TRANSFER_SIZE });
  bench.setAccount(0, 10n * RELAY_FEE);
  bench.setAccount(1, coin);
  for (const nonce of [0, 1, 2]) bench.take({ from: 0, nonce, fee: RELAY_FEE });
  const other = bench.take({ from: 1, nonce: 0, fee: RELAY_FEE });
  const same = fakeTransaction({ from: 0, nonce: 0, fee: 2n * RELAY_FEE });
  expect(bench.offer(same)).toMatchObject({ value: { evicted: [] } });
  // Three times as large, and it leaves nothing for the two later ones.
  const draining = { from: 0, nonce: 0, memoSize: 240, outputCount: 2, fee: 9n * RELAY_FEE };
  const result = bench.offer(fakeTransaction({ ...draining, amount: RELAY_FEE / 4n }));
  expect(result).toMatchObject({ value: { state: 'pending', evicted: [] } });
  expect(bench.stateOf(other)).toBe('pending');
  expect(bench.mempool.count).toBe(2);
});

test('so have the full gap and waiting pools', () => {
  const bench = new MempoolBench({ gapBytesMax: TRANSFER_SIZE, receivedBytesMax: TRANSFER_SIZE });
  bench.setAccount(0, coin);
  bench.setAccount(1, 3n * RELAY_FEE);
  for (const fee of [RELAY_FEE, 2n * RELAY_FEE]) {
    bench.take({ from: 0, nonce: 1, fee });
    bench.take({ from: 1, nonce: 0, fee, amount: coin });
  }
  expect(bench.mempool.waitingCount).toBe(2);
});

test('future ones that an earlier nonce left without funds leave the gap pool', () => {
  const bench = new MempoolBench({ gapBytesMax: TRANSFER_SIZE });
  bench.setAccount(0, 4n * RELAY_FEE);
  bench.setAccount(1, coin);
  const future = bench.take({ from: 0, nonce: 1, fee: 2n * RELAY_FEE });
  bench.take({ from: 0, nonce: 0, fee: 3n * RELAY_FEE });
  bench.take({ from: 1, nonce: 1, fee: RELAY_FEE });
  expect(bench.stateOf(future)).toBe('waiting: waiting-for-funds');
});

test('an account without entries is not remembered', () => {
  const reads: Address[] = [];
  const accountOf = (address: Address): Account => {
    reads.push(address);
    return { balance: toAmount(coin), nonce: toNonce(0) };
  };
  const mempool = new Mempool({ accountOf, limits: { executableBytesMax: TRANSFER_SIZE } });
  const { now } = new MempoolBench();
  for (const from of [0, 1]) {
    const fee = BigInt(from + 1) * RELAY_FEE;
    mempool.add(fakeTransaction({ from, nonce: 0, fee }), { origin: 'peer', now });
  }
  reads.length = 0;
  mempool.pendingOf(fakeAddress(1));
  expect(reads).toEqual([]);
  mempool.pendingOf(fakeAddress(0));
  expect(reads).toEqual([fakeAddress(0)]);
});

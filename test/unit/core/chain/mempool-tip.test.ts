import { expect, test } from 'vitest';
import { MempoolBench, RELAY_FEE } from '../../../kit/mempool.ts';
import { fakeAddress, fakeTransaction } from '../../../kit/transactions.ts';

const coin = 100_000_000n;
const cost = RELAY_FEE + 1n;

test('confirmed transactions leave without a trace, later ones stay', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const [first, second] = [0, 1].map((nonce) => bench.take({ from: 0, nonce, fee: RELAY_FEE }));
  bench.setAccount(0, coin - cost, 1);
  const outcome = bench.follow({ confirmed: [first!], touched: [0] });
  expect(outcome).toEqual({ returned: [], dropped: [] });
  expect(bench.stateOf(first!)).toBe('unknown');
  expect(bench.selected()).toEqual([second!.id]);
});

test('one whose nonce another has used is dropped for it', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const loser = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  const winner = fakeTransaction({ from: 0, nonce: 0, fee: RELAY_FEE, variant: 1 });
  bench.setAccount(0, coin - cost, 1);
  bench.follow({ confirmed: [winner], touched: [0] });
  expect(bench.stateOf(loser)).toBe('dropped: nonce-used');
  expect(bench.mempool.list(9)).toEqual([]);
});

test('without a reorg what lost its funds waits, 16 per account, and the rest is dropped', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const chain = Array.from({ length: 40 }, (_, nonce) =>
    bench.take({ from: 0, nonce, fee: RELAY_FEE }),
  );
  bench.setAccount(0, RELAY_FEE, 1);
  bench.follow({ touched: [0] });
  const states = chain.map((transaction) => bench.stateOf(transaction));
  expect(states[0]).toBe('dropped: nonce-used');
  expect(states[1]).toBe('waiting: waiting-for-funds');
  expect(states.filter((state) => state === 'waiting: waiting-for-nonce')).toHaveLength(15);
  expect(states.filter((state) => state === 'dropped: nonce-gap')).toHaveLength(23);
});

test('without a reorg what cannot pay its fee any more is dropped', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const poor = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  bench.setAccount(0, RELAY_FEE - 1n);
  bench.follow({ touched: [0] });
  expect(bench.stateOf(poor)).toBe('dropped: insufficient-funds');
});

test('a reorg brings its transactions back, before those that came later', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin, 3);
  const later = bench.take({ from: 0, nonce: 3, fee: RELAY_FEE });
  const reverted = [0, 1, 2].map((nonce) => fakeTransaction({ from: 0, nonce, fee: 0n }));
  bench.setAccount(0, coin, 0);
  const outcome = bench.follow({ reverted, touched: [0] });
  const ids = reverted.map(({ id }) => id);
  expect(outcome).toEqual({ returned: ids, dropped: [] });
  expect(bench.selected()).toEqual([...ids, later.id]);
});

test('what the new branch has confirmed again neither returns nor is dropped', () => {
  const bench = new MempoolBench();
  const both = fakeTransaction({ from: 0, nonce: 0, fee: RELAY_FEE });
  bench.setAccount(0, coin, 1);
  const outcome = bench.follow({ confirmed: [both], reverted: [both], touched: [0] });
  expect(outcome).toEqual({ returned: [], dropped: [] });
  expect(bench.stateOf(both)).toBe('unknown');
});

test('what conflicts with the new branch is dropped with its reason', () => {
  const bench = new MempoolBench();
  const [old, winner] = [0, 1].map((variant) =>
    fakeTransaction({ from: 0, nonce: 0, fee: RELAY_FEE, variant }),
  );
  bench.setAccount(0, coin, 1);
  const outcome = bench.follow({ confirmed: [winner!], reverted: [old!], touched: [0] });
  expect(outcome).toEqual({ returned: [], dropped: [{ id: old!.id, reason: 'nonce-used' }] });
  expect(bench.stateOf(old!)).toBe('dropped: nonce-used');
});

test('what spends a reverted payment waits for it, whether a block held it or not', () => {
  const bench = new MempoolBench();
  // Account 1 had its only money from the abandoned branch; nonces 0 and 1 were confirmed there, 2
  // was pending.
  bench.setAccount(1, coin, 2);
  const pending = bench.take({ from: 1, nonce: 2, fee: RELAY_FEE });
  const reverted = [0, 1].map((nonce) => fakeTransaction({ from: 1, nonce, fee: RELAY_FEE }));
  bench.accounts.delete(fakeAddress(1));
  const outcome = bench.follow({ reverted, touched: [1] });
  expect(outcome.returned).toEqual(reverted.map(({ id }) => id));
  expect(bench.stateOf(reverted[0]!)).toBe('waiting: waiting-for-funds');
  expect(bench.stateOf(reverted[1]!)).toBe('waiting: waiting-for-nonce');
  expect(bench.stateOf(pending)).toBe('waiting: waiting-for-nonce');
  bench.setAccount(1, coin);
  bench.follow({ touched: [1] });
  expect(bench.selected()).toEqual([...reverted, pending].map(({ id }) => id));
});

test('so does a payment that spends the reward of an abandoned block', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const pending = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  bench.accounts.delete(fakeAddress(0));
  bench.follow({ touched: [0], isReorg: true });
  expect(bench.stateOf(pending)).toBe('waiting: waiting-for-funds');
});

test('after reorgs there and back everything is where it was', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const [first, second] = [0, 1].map((nonce) => bench.take({ from: 0, nonce, fee: RELAY_FEE }));
  const rival = fakeTransaction({ from: 0, nonce: 0, fee: RELAY_FEE, variant: 1 });
  bench.setAccount(0, coin - cost, 1);
  bench.follow({ confirmed: [first!], touched: [0] });
  bench.follow({ confirmed: [rival], reverted: [first!], touched: [0] });
  expect(bench.stateOf(first!)).toBe('dropped: nonce-used');
  expect(bench.selected()).toEqual([second!.id]);
  bench.follow({ confirmed: [first!], reverted: [rival], touched: [0] });
  expect(bench.stateOf(first!)).toBe('unknown');
  expect(bench.stateOf(rival)).toBe('dropped: nonce-used');
  expect(bench.selected()).toEqual([second!.id]);
});

test('a change of tip is followed in slices of the budget; admissions wait for its end', () => {
  const bench = new MempoolBench();
  const reverted = Array.from({ length: 100 }, (_, from) => {
    bench.setAccount(from, coin);
    return fakeTransaction({ from, nonce: 0, fee: RELAY_FEE });
  });
  const touched = reverted.map(({ sender }) => sender);
  bench.mempool.beginTipChange({ confirmed: [], reverted, touched, isReorg: true }, bench.now);
  let slices = 1;
  expect(bench.mempool.work(10)).toBeUndefined();
  expect(bench.stateOf(reverted[0]!)).toBe('waiting: waiting-for-tip');
  const newcomer = fakeTransaction({ from: 200, nonce: 0, fee: RELAY_FEE });
  expect(() => bench.offer(newcomer)).toThrow('admissions wait');
  while (bench.mempool.work(10) === undefined) slices++;
  // 100 to take back, 100 accounts of one each and the account itself.
  expect(slices).toBeGreaterThanOrEqual(29);
  expect(bench.mempool.isFollowing).toBe(false);
  expect(bench.mempool.count).toBe(100);
});

test('own and reverted ones are announced again after 3 tips or 60 s, ever more rarely', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  bench.setAccount(1, coin, 1);
  const own = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE }, 'local');
  bench.take({ from: 1, nonce: 1, fee: RELAY_FEE }, 'peer');
  bench.take({ from: 0, nonce: 2, fee: RELAY_FEE }, 'local');
  const due = (): readonly string[] => bench.mempool.takeDueAnnouncements(bench.now);
  expect(due()).toEqual([]);
  expect(bench.mempool.deadlineMs()).toBe(bench.now.monotonicMs + 60_000);
  bench.pass(60_000);
  expect(due()).toEqual([own.id]);
  expect(due()).toEqual([]);
  expect(bench.mempool.deadlineMs()).toBe(bench.now.monotonicMs + 120_000);
  bench.pass(60_000);
  expect(due()).toEqual([]);
  bench.pass(60_000);
  expect(due()).toEqual([own.id]);

  const reverted = fakeTransaction({ from: 1, nonce: 0, fee: RELAY_FEE });
  bench.setAccount(1, coin, 0);
  bench.follow({ reverted: [reverted], touched: [1] });
  bench.follow({});
  bench.follow({});
  expect(due()).toEqual([]);
  bench.follow({});
  expect(due()).toEqual([reverted.id]);
  bench.setAccount(0, coin, 1);
  bench.follow({ confirmed: [own], touched: [0] });
  bench.pass(10_000_000);
  expect(due()).toEqual([reverted.id]);
});

test('at most one inventory is announced at a time, the rest right after', () => {
  const bench = new MempoolBench({ announcedMax: 2 });
  bench.setAccount(0, coin);
  for (let nonce = 0; nonce < 5; nonce++) bench.take({ from: 0, nonce, fee: RELAY_FEE }, 'local');
  bench.pass(60_000);
  const counts = [0, 1, 2, 3].map(() => bench.mempool.takeDueAnnouncements(bench.now).length);
  expect(counts).toEqual([2, 2, 1, 0]);
});

import { expect, test } from 'vitest';
import { StoreDamage } from '../../../../src/core/chain/store.ts';
import { revertedToChange } from '../../../../src/core/chain/mempool-records.ts';
import { MempoolBench, RELAY_FEE, replacedBy } from '../../../kit/mempool.ts';
import { fakeAddress, fakeTransaction } from '../../../kit/transactions.ts';

const coin = 100_000_000n;

test('the mempool survives a restart: order, waits, fates, stamps and whose they are', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  bench.setAccount(1, RELAY_FEE);
  const old = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  const own = bench.take({ from: 0, nonce: 0, fee: 2n * RELAY_FEE }, 'local');
  bench.take({ from: 0, nonce: 1, fee: 3n * RELAY_FEE });
  bench.take({ from: 0, nonce: 3, fee: RELAY_FEE });
  const poor = bench.take({ from: 1, nonce: 0, fee: RELAY_FEE, amount: coin });
  const before = { list: bench.mempool.list(9), selected: bench.selected() };
  bench.store();
  bench.pass(5000);
  bench.restart();
  expect({ list: bench.mempool.list(9), selected: bench.selected() }).toEqual(before);
  expect(bench.stateOf(old)).toBe(replacedBy(own));
  expect(bench.stateOf(poor)).toBe('waiting: waiting-for-funds');
  expect(bench.mempool.drainEvents()).toEqual([]);
  expect(bench.mempool.drainChanges()).toEqual([]);
  bench.pass(60_000);
  expect(bench.mempool.takeDueAnnouncements(bench.now)).toEqual([own.id]);
});

test('what does not fit the accounts any more is dropped at the restart, with a record', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const [used, left] = [0, 1].map((nonce) => bench.take({ from: 0, nonce, fee: RELAY_FEE }));
  bench.store();
  bench.setAccount(0, coin, 1);
  bench.restart();
  expect(bench.stateOf(used!)).toBe('dropped: nonce-used');
  expect(bench.stateOf(left!)).toBe('pending');
  bench.store();
  expect(bench.isStored(used!)).toBe(false);
  expect(bench.isStored(left!)).toBe(true);
});

test('what a reorg took out of the pending ones still waits after a restart', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const pending = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  bench.accounts.delete(fakeAddress(0));
  bench.follow({ touched: [0], isReorg: true });
  bench.store();
  bench.restart();
  expect(bench.stateOf(pending)).toBe('waiting: waiting-for-funds');
});

test('a reverted transaction stored with the new tip survives a crash before it is placed', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const reverted = fakeTransaction({ from: 0, nonce: 0, fee: 0n });
  const { key, value } = revertedToChange(reverted, bench.now);
  bench.stored.set(key, value!);
  bench.restart();
  expect(bench.selected()).toEqual([reverted.id]);
});

test('of two stored ones with one nonce the later stays', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const [early, late] = [0, 1].map((variant) => {
    const transaction = fakeTransaction({ from: 0, nonce: 0, fee: RELAY_FEE, variant });
    const { key, value } = revertedToChange(transaction, bench.now);
    bench.stored.set(key, value!);
    bench.pass(1000);
    return transaction;
  });
  bench.restart();
  expect(bench.selected()).toEqual([late!.id]);
  expect(bench.stateOf(early!)).toBe(replacedBy(late!));
});

test('what leaves is deleted, and what is added again loses its fate', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  const transaction = bench.take({ from: 0, nonce: 1, fee: RELAY_FEE });
  bench.store();
  expect(bench.isStored(transaction)).toBe(true);
  bench.pass(3_600_000);
  bench.mempool.expire(bench.now);
  bench.store();
  expect([...bench.stored.keys()].map((key) => key[0])).toEqual(['d']);
  bench.restart();
  expect(bench.stateOf(transaction)).toBe('dropped: expired');
  expect(bench.offer(transaction)).toMatchObject({ ok: true });
  bench.store();
  expect([...bench.stored.keys()].map((key) => key[0])).toEqual(['m']);
});

test('an own record that does not parse is damage', () => {
  const bench = new MempoolBench();
  const key = `m${'\0'.repeat(32)}`;
  expect(() => bench.mempool.restore(key, new Uint8Array(20))).toThrow(StoreDamage);
  expect(() => bench.mempool.restore(`d${key.slice(1)}`, new Uint8Array(8))).toThrow(StoreDamage);
});

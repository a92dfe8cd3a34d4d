import { expect, test } from 'vitest';
import type { TxId } from '../../../../src/core/base/types.ts';
import { MempoolBench, RELAY_FEE, TRANSFER_SIZE } from '../../../kit/mempool.ts';
import { fakeAddress } from '../../../kit/transactions.ts';

const coin = 100_000_000n;
const start = '0'.repeat(64) as TxId;

test('a miner takes the best fee rate first, each account in nonce order', () => {
  const bench = new MempoolBench();
  for (const from of [0, 1]) bench.setAccount(from, coin);
  const cheap = bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  const dear = bench.take({ from: 0, nonce: 1, fee: 9n * RELAY_FEE });
  const middle = bench.take({ from: 1, nonce: 0, fee: 3n * RELAY_FEE });
  const last = bench.take({ from: 1, nonce: 1, fee: RELAY_FEE, memoSize: 0, amount: 2n });
  const selected = bench.selected();
  expect(selected[0]).toBe(middle.id);
  expect(selected.indexOf(cheap.id)).toBeLessThan(selected.indexOf(dear.id));
  expect(new Set(selected)).toEqual(new Set([cheap.id, dear.id, middle.id, last.id]));
});

test('what is skipped takes the later nonces of its sender along', () => {
  const bench = new MempoolBench();
  for (const from of [0, 1]) bench.setAccount(from, coin);
  bench.take({ from: 0, nonce: 0, fee: 3n * RELAY_FEE });
  bench.take({ from: 0, nonce: 1, fee: 3n * RELAY_FEE });
  const other = bench.take({ from: 1, nonce: 0, fee: RELAY_FEE });
  const selection = bench.mempool.select();
  selection.skip();
  expect(selection.current?.id).toBe(other.id);
  selection.take();
  expect(selection.current).toBeUndefined();
});

test('pages hold the executable ids, ascending, each once', () => {
  const bench = new MempoolBench();
  const ids: TxId[] = [];
  for (let from = 0; from < 50; from++) {
    bench.setAccount(from, coin);
    for (let nonce = 0; nonce < 5; nonce++) {
      ids.push(bench.take({ from, nonce, fee: RELAY_FEE }).id);
    }
    bench.take({ from, nonce: 7, fee: RELAY_FEE });
  }
  const read: TxId[] = [];
  for (;;) {
    const page = bench.mempool.page(read.at(-1) ?? start, 64);
    read.push(...page);
    if (page.length < 64) break;
  }
  expect(read).toEqual([...ids].sort());
});

test('the list begins with what a miner takes and ends with what waits', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin);
  bench.setAccount(1, RELAY_FEE);
  bench.take({ from: 0, nonce: 2, fee: RELAY_FEE });
  bench.take({ from: 1, nonce: 0, fee: RELAY_FEE, amount: coin });
  bench.take({ from: 0, nonce: 0, fee: RELAY_FEE });
  expect(bench.mempool.list(9).map(({ state, reason }) => reason ?? state)).toEqual([
    'pending',
    'waiting-for-nonce',
    'waiting-for-funds',
  ]);
  expect(bench.mempool.list(2)).toHaveLength(2);
  expect(bench.mempool.list(9)[0]?.receivedWallMs).toBe(bench.now.wallMs);
});

test('counts, sizes and the account after what is pending', () => {
  const bench = new MempoolBench();
  bench.setAccount(0, coin, 7);
  bench.take({ from: 0, nonce: 7, fee: RELAY_FEE, amount: 5n });
  bench.take({ from: 0, nonce: 9, fee: RELAY_FEE });
  expect(bench.mempool.count).toBe(1);
  expect(bench.mempool.waitingCount).toBe(1);
  expect(bench.mempool.sizeBytes).toBe(TRANSFER_SIZE);
  expect(bench.mempool.pendingOf(fakeAddress(0))).toEqual({
    balance: coin - RELAY_FEE - 5n,
    nonce: 8,
  });
  expect(bench.mempool.pendingOf(fakeAddress(1))).toEqual({ balance: 0n, nonce: 0 });
});

/**
 * Owns: the order in which a miner takes executable transactions: best fee rate first, each account in nonce order.
 * Does not own: what fits into a block (node/template). Layer 3.
 */
import type { Transaction } from '../codec/transaction.ts';
import type { AccountQueue } from './mempool-account.ts';
import type { Entry } from './mempool-entry.ts';
import type { HeapItem } from './mempool-heap.ts';
import { Heap } from './mempool-heap.ts';

interface Head extends HeapItem {
  readonly queue: AccountQueue;
  readonly entry: Entry;
}

function isBetter({ entry: a }: Head, { entry: b }: Head): boolean {
  if (a.feeRate !== b.feeRate) return a.feeRate > b.feeRate;
  return a.transaction.id < b.transaction.id;
}

function executableHead(queue: AccountQueue, nonce: number): Head | undefined {
  const entry = nonce < queue.next ? queue.get(nonce) : undefined;
  return entry === undefined ? undefined : { queue, entry, slot: 0 };
}

export function* selectBestFirst(queues: Iterable<AccountQueue>): Generator<Transaction, void> {
  const heads = new Heap<Head>(isBetter);
  for (const queue of queues) {
    const head = executableHead(queue, queue.account.nonce);
    if (head !== undefined) heads.push(head);
  }
  for (let best = heads.pop(); best !== undefined; best = heads.pop()) {
    const { transaction } = best.entry;
    yield transaction;
    const later = executableHead(best.queue, transaction.nonce + 1);
    if (later !== undefined) heads.push(later);
  }
}

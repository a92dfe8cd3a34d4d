/**
 * Owns: the order in which a miner takes transactions: best fee rate first, by nonce per account.
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

/** A cursor over the executable transactions; valid until the mempool changes. */
export class Selection {
  readonly #heads = new Heap<Head>((a, b) => a.entry.feeRate > b.entry.feeRate);

  constructor(queues: Iterable<AccountQueue>) {
    for (const queue of queues) this.#push(queue, queue.account.nonce);
  }

  #push(queue: AccountQueue, nonce: number): void {
    const entry = nonce < queue.next ? queue.get(nonce) : undefined;
    if (entry !== undefined) this.#heads.push({ queue, entry, slot: 0 });
  }

  /** The best one left. */
  get current(): Transaction | undefined {
    return this.#heads.first?.entry.transaction;
  }

  /** Takes the current one; its sender's next becomes eligible. */
  take(): void {
    const head = this.#heads.pop();
    if (head !== undefined) this.#push(head.queue, head.entry.transaction.nonce + 1);
  }

  /** Leaves out the current one, and with it its sender's later ones. */
  skip(): void {
    this.#heads.pop();
  }
}

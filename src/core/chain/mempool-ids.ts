/**
 * Owns: the ids of executable transactions, read in pages of ascending order (`get-pool`).
 * Does not own: anything about the transactions. Layer 3. docs/protocol.md section 15.9.
 */
import type { TxId } from '../base/types.ts';

/** Ids are hashes: their first 12 bits spread them evenly over sets that are cheap to sort. */
const DIGITS = 3;
const BUCKETS = 16 ** DIGITS;

function bucketOf(id: TxId): number {
  return Number.parseInt(id.slice(0, DIGITS), 16);
}

export class IdIndex {
  readonly #buckets: (Set<TxId> | undefined)[] = Array.from({ length: BUCKETS }, () => undefined);

  add(id: TxId): void {
    (this.#buckets[bucketOf(id)] ??= new Set()).add(id);
  }

  delete(id: TxId): void {
    this.#buckets[bucketOf(id)]?.delete(id);
  }

  /** The first `countMax` ids above `after`, ascending. */
  page(after: TxId, countMax: number): readonly TxId[] {
    const page: TxId[] = [];
    for (let bucket = bucketOf(after); bucket < BUCKETS && page.length < countMax; bucket++) {
      const ids = [...(this.#buckets[bucket] ?? [])].filter((id) => id > after).sort();
      page.push(...ids.slice(0, countMax - page.length));
    }
    return page;
  }
}

/**
 * Owns: what became of those that left the mempool other than into a block; forgets the oldest.
 * Does not own: their stored form (chain/mempool-records). Layer 3.
 */
import type { TxId } from '../base/types.ts';
import { droppedKey } from './layout.ts';
import type { Fate } from './mempool-entry.ts';
import type { FateRecord } from './mempool-records.ts';
import { encodeFate } from './mempool-records.ts';
import type { StoreChange } from './store.ts';

export class Fates {
  readonly #countMax: number;
  readonly #write: (change: StoreChange) => void;
  /** Oldest first. */
  readonly #byId = new Map<TxId, Fate>();

  constructor(countMax: number, write: (change: StoreChange) => void) {
    this.#countMax = countMax;
    this.#write = write;
  }

  get count(): number {
    return this.#byId.size;
  }

  get(id: TxId): Fate | undefined {
    return this.#byId.get(id);
  }

  set(id: TxId, record: FateRecord): void {
    this.#byId.set(id, record.fate);
    this.#write({ key: droppedKey(id), value: encodeFate(record) });
    this.#trim();
  }

  delete(id: TxId): void {
    if (this.#byId.delete(id)) this.#write({ key: droppedKey(id), value: undefined });
  }

  /** Takes back what a store held, in any order. */
  restore(records: readonly (FateRecord & { readonly id: TxId })[]): void {
    const ordered = [...records].sort((a, b) => a.wallMs - b.wallMs || (a.id < b.id ? -1 : 1));
    for (const { id, fate } of ordered) this.#byId.set(id, fate);
    this.#trim();
  }

  #trim(): void {
    for (const id of this.#byId.keys()) {
      if (this.#byId.size <= this.#countMax) return;
      this.delete(id);
    }
  }
}

/**
 * Owns: a store whose unsynced writes can be lost, with LevelDB's promises: a write is atomic, what
 * a power loss takes is a suffix of the writes, and a durable write makes all before it durable.
 * Does not own: when power is lost (sim/machine).
 */
import type { StoreChange, StoreKey, StoreReader } from '../core/chain/store.ts';
import type { Draws } from './draws.ts';

export class SimStore implements StoreReader {
  readonly #values = new Map<StoreKey, Uint8Array>();
  /** For each write since the last durable one, oldest first, what takes it back. */
  #unsynced: (readonly StoreChange[])[] = [];

  get(key: StoreKey): Uint8Array | undefined {
    return this.#values.get(key)?.slice();
  }

  write(changes: readonly StoreChange[], options: { readonly durable: boolean }): void {
    const undo: StoreChange[] = [];
    for (const { key, value } of changes) {
      undo.push({ key, value: this.#values.get(key) });
      this.#put(key, value?.slice());
    }
    if (options.durable) this.#unsynced = [];
    else this.#unsynced.push(undo.reverse());
  }

  /** Takes a drawn number of the last unsynced writes back; answers how many. */
  losePower(draws: Draws): number {
    const lost = this.#unsynced.splice(draws.below(this.#unsynced.length + 1));
    for (const undo of lost.reverse()) {
      for (const { key, value } of undo) this.#put(key, value);
    }
    this.#unsynced = [];
    return lost.length;
  }

  /** All records whose key begins with the prefix, in the order of keys. */
  *range(prefix: StoreKey): Iterable<readonly [StoreKey, Uint8Array]> {
    const keys = [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (const key of keys) {
      const value = this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  #put(key: StoreKey, value: Uint8Array | undefined): void {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }
}

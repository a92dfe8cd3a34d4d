/**
 * Owns: a store that lives in memory, for tests and throw-away nodes.
 * Does not own: anything that outlives the process (level-store).
 */
import { assert } from '../../core/base/assert.ts';
import type { StoreChange, StoreKey } from '../../core/chain/store.ts';
import type { BackwardsRange, Store, StoreRecord } from './store.ts';
import { OWN_KEY_PREFIX, rangeEnd } from './store.ts';

export class MemoryStore implements Store {
  readonly #values = new Map<StoreKey, Uint8Array>();

  get(key: StoreKey): Uint8Array | undefined {
    return this.#values.get(key)?.slice();
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    for (const { key } of changes)
      assert(key < OWN_KEY_PREFIX, 'keys of core lie below the prefix kept for the store');
    for (const { key, value } of changes) {
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, Uint8Array.from(value));
    }
  }

  async *readRange(prefix: StoreKey): AsyncIterable<StoreRecord> {
    const end = rangeEnd(prefix);
    const keys = [...this.#values.keys()].filter((key) => key >= prefix && key < end).sort();
    for (const key of keys) {
      const value = this.get(key);
      if (value !== undefined) yield { key, value };
    }
  }

  async readBackwards(range: BackwardsRange): Promise<readonly StoreRecord[]> {
    const { prefix, below, limit } = range;
    const keys = [...this.#values.keys()].filter((key) => key.startsWith(prefix) && key < below);
    return keys
      .sort()
      .reverse()
      .slice(0, limit)
      .map((key) => ({ key, value: this.get(key) ?? new Uint8Array(0) }));
  }

  async close(): Promise<void> {
    this.#values.clear();
  }
}

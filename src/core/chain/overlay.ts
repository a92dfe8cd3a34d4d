/**
 * Owns: changes that are not stored yet, over the store that they belong to; the last change of a
 * key counts. Does not own: what is changed (ledger and trees) or when it is written (chain). Layer
 * 3.
 */
import type { StoreChange, StoreKey, StoreReader } from './store.ts';

/** Memory that the Map and the array headers take per change, about. */
const CHANGE_OVERHEAD = 200;

/** A store to read from as if the changes made here were in it already. */
export class Overlay implements StoreReader {
  readonly #base: StoreReader;
  readonly #changes = new Map<StoreKey, Uint8Array | undefined>();
  #sizeBytes = 0;

  constructor(base: StoreReader) {
    this.#base = base;
  }

  /** About how much memory the changes take. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get(key: StoreKey): Uint8Array | undefined {
    const value = this.#changes.get(key);
    if (value !== undefined || this.#changes.has(key)) return value;
    return this.#base.get(key);
  }

  /** The array is kept, not copied. */
  put(key: StoreKey, value: Uint8Array): void {
    this.#change(key, value);
  }

  delete(key: StoreKey): void {
    this.#change(key, undefined);
  }

  /** All changes as one batch. */
  changes(): StoreChange[] {
    return Array.from(this.#changes, ([key, value]) => ({ key, value }));
  }

  /** Forgets all changes: they are in a batch, or not wanted any more. */
  clear(): void {
    this.#changes.clear();
    this.#sizeBytes = 0;
  }

  #change(key: StoreKey, value: Uint8Array | undefined): void {
    const before = this.#changes.get(key);
    const count = this.#changes.size;
    this.#changes.set(key, value);
    if (this.#changes.size > count) this.#sizeBytes += key.length + CHANGE_OVERHEAD;
    this.#sizeBytes += (value?.length ?? 0) - (before?.length ?? 0);
  }
}

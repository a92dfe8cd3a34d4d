/**
 * Owns: the port of a store as the runtime uses it: core's synchronous reads, atomic writes,
 * ranges.
 * Does not own: any implementation (level-store, memory-store) or the keys (core/chain).
 */
import type { StoreChange, StoreKey, StoreReader } from '../../core/chain/store.ts';

export interface StoreRecord {
  readonly key: StoreKey;
  readonly value: Uint8Array;
}

/**
 * Values go in and out as copies: neither side sees the other change its bytes.
 * A caller awaits one write before it begins the next.
 */
export interface Store extends StoreReader {
  /** Writes all changes or none; a durable write is on disk when the promise resolves. */
  write(changes: readonly StoreChange[], options: { readonly durable: boolean }): Promise<void>;
  /** All records whose key begins with the prefix, in byte order of the keys. */
  readRange(prefix: StoreKey): AsyncIterable<StoreRecord>;
  /** At most `limit` records, the last key first, as they stand when this is called. */
  readBackwards(range: BackwardsRange): Promise<readonly StoreRecord[]>;
  close(): Promise<void>;
}

/** The keys that begin with `prefix` and lie below `below`. */
export interface BackwardsRange {
  readonly prefix: StoreKey;
  readonly below: StoreKey;
  readonly limit: number;
}

/** Keys that begin with this byte are the store's own; core never uses it. */
export const OWN_KEY_PREFIX = '\u00ff';

/** The first key after all keys with this prefix; core's keys all lie below the store's own. */
export function rangeEnd(prefix: StoreKey): StoreKey {
  const stem = prefix.replace(/\u00ff+$/, '');
  if (stem === '') return OWN_KEY_PREFIX;
  return stem.slice(0, -1) + String.fromCharCode(stem.charCodeAt(stem.length - 1) + 1);
}

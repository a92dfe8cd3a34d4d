/**
 * Owns: the stored history tree: appending a block, roots at any size, proofs of inclusion and of
 * growth. Does not own: which chain it is the history of (chain/ledger) or verification
 * (rules/merkle). Layer 3. docs/protocol.md sections 7 and 16.
 *
 * The record of height h holds the hashes of all perfect subtrees that end with leaf h, the leaf's
 * own first. So a block costs one record; a reorg overwrites records, and those above the tip are
 * never looked at.
 */
import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import type { Hash } from '../base/types.ts';
import { toHash, toHeight } from '../base/types.ts';
import type { HistoryEntry } from '../rules/history-entry.ts';
import { encodeHistoryEntry } from '../rules/history-entry.ts';
import type { LeafRange } from '../rules/merkle.ts';
import {
  EMPTY_MERKLE_ROOT,
  consistencyRanges,
  hashLeaf,
  hashNode,
  inclusionRanges,
} from '../rules/merkle.ts';
import { historyKey } from './layout.ts';
import { Overlay } from './overlay.ts';
import type { StoreReader } from './store.ts';
import { StoreDamage } from './store.ts';

const HASH_SIZE = 32;

/** The blocks of one chain by height; sizes asked for are at most what was appended. */
export class HistoryTree {
  readonly #store: StoreReader;

  /** Over an overlay it can grow, over a bare store it is read only. */
  constructor(store: StoreReader) {
    this.#store = store;
  }

  /** Puts the block at this height; all below are there. What stood at it or above is replaced. */
  append(height: number, entry: HistoryEntry): void {
    const store = this.#store;
    assert(store instanceof Overlay, 'a history over an overlay grows');
    let hash = hashLeaf(encodeHistoryEntry(entry));
    const completed = [hash];
    for (let span = 1; (height & span) !== 0; span *= 2) {
      hash = hashNode(this.#perfectRoot(height + 1 - 2 * span, span), hash);
      completed.push(hash);
    }
    store.put(historyKey(toHeight(height)), concatBytes(...completed));
  }

  /** The root over blocks 0 to `size` - 1. */
  rootAt(size: number): Hash {
    return size === 0 ? EMPTY_MERKLE_ROOT : this.#rangeRoot({ start: 0, end: size });
  }

  /** Proves the block at height `index` under the root at `size`. */
  inclusionProof(index: number, size: number): Hash[] {
    return inclusionRanges(index, size).map((range) => this.#rangeRoot(range));
  }

  /** Proves that the history of size `to` begins with that of size `from`, which is not empty. */
  consistencyProof(from: number, to: number): Hash[] {
    return consistencyRanges(from, to).map((range) => this.#rangeRoot(range));
  }

  /**
   * The root over a range of the RFC's split: perfect subtrees falling in size, joined from the
   * right.
   */
  #rangeRoot({ start, end }: LeafRange): Hash {
    let span = 1;
    while (((end - start) & span) === 0) span *= 2;
    let at = end - span;
    let root = this.#perfectRoot(at, span);
    while (at > start) {
      do span *= 2;
      while (((end - start) & span) === 0);
      at -= span;
      root = hashNode(this.#perfectRoot(at, span), root);
    }
    return root;
  }

  /** The root over `span` leaves, a power of two that divides `start`. */
  #perfectRoot(start: number, span: number): Hash {
    const key = historyKey(toHeight(start + span - 1));
    const offset = Math.log2(span) * HASH_SIZE;
    const record = this.#store.get(key);
    if (record === undefined || record.length < offset + HASH_SIZE) {
      throw new StoreDamage(key, 'a record of the history tree is missing or short');
    }
    return toHash(record.slice(offset, offset + HASH_SIZE));
  }
}

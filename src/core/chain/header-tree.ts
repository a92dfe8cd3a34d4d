/**
 * Owns: all known headers as one tree: adding, finding, walking and marking them, and which are the
 * main chain. Does not own: the rules of headers (rules/header), bodies (chain/block-store) or the
 * choice of the tip (chain/chain). Layer 3. docs/protocol.md sections 9 and 11.
 */
import { assert, required } from '../base/assert.ts';
import type { BlockId, Height, UnixSeconds, Work } from '../base/types.ts';
import {
  blockIdFromBytes,
  blockIdToBytes,
  toHeight,
  toUnixSeconds,
  toWork,
} from '../base/types.ts';
import type { Header } from '../codec/header.ts';
import { HEADER_SIZE, HEADER_VERSION } from '../codec/header.ts';
import { Writer } from '../codec/writer.ts';
import type { ParentContext } from '../rules/header.ts';
import { MEDIAN_TIME_SPAN } from '../rules/header.ts';
import { bitsToWork } from '../rules/work.ts';
import { HeaderIndex } from './header-index.ts';
import {
  BITS_AT,
  CHILDREN_AT,
  COMMITMENT_AT,
  FLAG_BODY,
  FLAG_INVALID,
  HEIGHT_AT,
  HeaderRows,
  ID_AT,
  NONCE_AT,
  PARENT_AT,
  TIME_AT,
} from './header-rows.ts';

declare const entryBrand: unique symbol;
/** Names a header of the tree until it is removed. */
export type EntryIndex = number & { readonly [entryBrand]: true };

const HASH_SIZE = 32;
const GENESIS = 0 as EntryIndex;
const MAIN_LENGTH_AT_FIRST = 1_024;

export class HeaderTree {
  readonly #rows = new HeaderRows();
  readonly #index = new HeaderIndex(this.#rows);
  readonly #genesisWork: Work;
  readonly #leaves = new Set<EntryIndex>([GENESIS]);
  /** The main chain by height. */
  #main = new Int32Array(MAIN_LENGTH_AT_FIRST);
  #mainLength = 1;
  /** The work of the bits seen last, since neighbours mostly have the same. */
  #lastWork: { readonly bits: number; readonly work: Work };

  /** A tree of genesis alone, which is the tip and whose body counts as there. */
  constructor(genesis: { readonly header: Header; readonly work: Work }) {
    this.#genesisWork = genesis.work;
    this.#lastWork = { bits: genesis.header.bits, work: genesis.work };
    const entry = this.#store(genesis.header);
    assert(entry === GENESIS, 'genesis is the first row');
    this.setBody(entry);
  }

  get size(): number {
    return this.#rows.size;
  }

  get bytesAllocated(): number {
    return this.#rows.bytesAllocated + this.#index.bytesAllocated + this.#main.byteLength;
  }

  // ---- adding and removing -------------------------------------------------------------------

  /**
   * Adds a header that has passed its rules and is not known; below an invalid one it is invalid
   * too.
   */
  add(header: Header, parent: EntryIndex): EntryIndex {
    const isParent = this.#rows.hasId(parent, blockIdToBytes(header.parent));
    assert(isParent, 'a header is added to its parent');
    const entry = this.#store(header);
    this.#rows.setU32(entry, PARENT_AT, parent);
    this.#rows.setU32(entry, HEIGHT_AT, this.height(parent) + 1);
    this.#rows.setWork(entry, this.#rows.work(parent) + this.#workOfBits(header.bits));
    if (this.isInvalid(parent)) this.#rows.setFlag(entry, FLAG_INVALID);
    this.#rows.setU32(parent, CHILDREN_AT, this.#rows.u32(parent, CHILDREN_AT) + 1);
    this.#leaves.delete(parent);
    this.#leaves.add(entry);
    return entry;
  }

  /** Forgets a header without children, without body and off the main chain. */
  remove(entry: EntryIndex): void {
    const parent = required(this.parent(entry), 'genesis stays');
    assert(!this.hasChildren(entry), 'only a leaf is removed');
    assert(!this.hasBody(entry) && !this.isMain(entry), 'only a loose header is removed');
    this.#index.remove(entry);
    this.#rows.release(entry);
    this.#leaves.delete(entry);
    const children = this.#rows.u32(parent, CHILDREN_AT) - 1;
    this.#rows.setU32(parent, CHILDREN_AT, children);
    if (children === 0) this.#leaves.add(parent);
  }

  #store(header: Header): EntryIndex {
    const id = blockIdToBytes(header.id);
    assert(this.#index.find(id) === undefined, 'a header is added once');
    const row = this.#rows.allocate();
    this.#rows.bytes(row, ID_AT, HASH_SIZE).set(id);
    this.#rows.bytes(row, COMMITMENT_AT, HASH_SIZE).set(header.commitment);
    this.#rows.setU32(row, TIME_AT, header.time);
    this.#rows.setU32(row, BITS_AT, header.bits);
    this.#rows.setU32(row, NONCE_AT, header.nonce);
    this.#index.add(row);
    return row as EntryIndex;
  }

  #workOfBits(bits: number): Work {
    if (bits !== this.#lastWork.bits) this.#lastWork = { bits, work: bitsToWork(bits) };
    return this.#lastWork.work;
  }

  // ---- reading -------------------------------------------------------------------------------

  find(id: BlockId): EntryIndex | undefined {
    return this.#index.find(blockIdToBytes(id)) as EntryIndex | undefined;
  }

  id(entry: EntryIndex): BlockId {
    return blockIdFromBytes(this.#rows.bytes(entry, ID_AT, HASH_SIZE));
  }

  height(entry: EntryIndex): Height {
    return toHeight(this.#rows.u32(entry, HEIGHT_AT));
  }

  /** Cumulative: of the chain from genesis to here, both included. */
  work(entry: EntryIndex): Work {
    return toWork(this.#genesisWork + this.#rows.work(entry));
  }

  time(entry: EntryIndex): UnixSeconds {
    return toUnixSeconds(this.#rows.u32(entry, TIME_AT));
  }

  bits(entry: EntryIndex): number {
    return this.#rows.u32(entry, BITS_AT);
  }

  /** Undefined for genesis. */
  parent(entry: EntryIndex): EntryIndex | undefined {
    return entry === GENESIS ? undefined : this.#parentRow(entry);
  }

  /** The id that the header names as its parent; zeros for genesis. */
  parentId(entry: EntryIndex): BlockId {
    const parent = this.parent(entry);
    return parent === undefined ? blockIdFromBytes(new Uint8Array(HASH_SIZE)) : this.id(parent);
  }

  headerBytes(entry: EntryIndex): Uint8Array {
    return new Writer(HEADER_SIZE)
      .u32(HEADER_VERSION)
      .blockId(this.parentId(entry))
      .raw(this.#rows.bytes(entry, COMMITMENT_AT, HASH_SIZE))
      .u32(this.time(entry))
      .u32(this.bits(entry))
      .u32(this.#rows.u32(entry, NONCE_AT))
      .finish();
  }

  /** What the rules need to know when this header is a parent. */
  context(entry: EntryIndex): ParentContext {
    const recentTimes: UnixSeconds[] = [];
    let at: EntryIndex | undefined = entry;
    while (at !== undefined && recentTimes.length < MEDIAN_TIME_SPAN) {
      recentTimes.push(this.time(at));
      at = this.parent(at);
    }
    return { height: this.height(entry), recentTimes: recentTimes.reverse() };
  }

  /** All headers, in no particular order. */
  *entries(): Generator<EntryIndex, void> {
    for (const row of this.#rows.rows()) yield row as EntryIndex;
  }

  /** The headers without children. */
  leaves(): IterableIterator<EntryIndex> {
    return this.#leaves.values();
  }

  hasChildren(entry: EntryIndex): boolean {
    return this.#rows.u32(entry, CHILDREN_AT) > 0;
  }

  #parentRow(entry: EntryIndex): EntryIndex {
    return this.#rows.u32(entry, PARENT_AT) as EntryIndex;
  }

  // ---- walking -------------------------------------------------------------------------------

  /** The header at this height, at most the entry's own, on the chain that ends with the entry. */
  ancestorAt(entry: EntryIndex, height: Height): EntryIndex {
    assert(height <= this.height(entry), 'an ancestor is not above');
    let at = entry;
    while (this.height(at) > height) {
      if (this.isMain(at)) return required(this.mainAt(height), 'the main chain has no gaps');
      at = this.#parentRow(at);
    }
    return at;
  }

  /** The last header that both chains have. */
  commonAncestor(a: EntryIndex, b: EntryIndex): EntryIndex {
    const height = toHeight(Math.min(this.height(a), this.height(b)));
    let one = this.ancestorAt(a, height);
    let other = this.ancestorAt(b, height);
    while (one !== other) {
      one = this.#parentRow(one);
      other = this.#parentRow(other);
    }
    return one;
  }

  // ---- marks ---------------------------------------------------------------------------------

  setBody(entry: EntryIndex): void {
    this.#rows.setFlag(entry, FLAG_BODY);
  }

  /** The body is not stored any more. */
  clearBody(entry: EntryIndex): void {
    this.#rows.clearFlag(entry, FLAG_BODY);
  }

  hasBody(entry: EntryIndex): boolean {
    return this.#rows.hasFlag(entry, FLAG_BODY);
  }

  /** Marks a header and all its descendants, for ever. */
  markInvalid(entry: EntryIndex): void {
    const height = this.height(entry);
    for (const leaf of this.#leaves) {
      if (this.height(leaf) < height || this.ancestorAt(leaf, height) !== entry) continue;
      for (let at = leaf; at !== entry; at = this.#parentRow(at)) {
        this.#rows.setFlag(at, FLAG_INVALID);
      }
    }
    this.#rows.setFlag(entry, FLAG_INVALID);
  }

  isInvalid(entry: EntryIndex): boolean {
    return this.#rows.hasFlag(entry, FLAG_INVALID);
  }

  // ---- main chain ----------------------------------------------------------------------------

  /** Makes the chain that ends with this entry the main chain. */
  setTip(entry: EntryIndex): void {
    const height = this.height(entry);
    if (height >= this.#main.length) {
      const grown = new Int32Array(Math.max(height + 1, 2 * this.#main.length));
      grown.set(this.#main);
      this.#main = grown;
    }
    let at = entry;
    for (let h = height; h >= this.#mainLength || this.#main[h] !== at; h--) {
      this.#main[h] = at;
      at = this.#parentRow(at);
    }
    this.#mainLength = height + 1;
  }

  /** The main chain's header at this height; undefined above its tip. */
  mainAt(height: Height): EntryIndex | undefined {
    return height < this.#mainLength ? (this.#main[height] as EntryIndex) : undefined;
  }

  isMain(entry: EntryIndex): boolean {
    return this.mainAt(this.height(entry)) === entry;
  }
}

/**
 * Owns: the ports through which the conversation sees the chain and the pool.
 * Does not own: their implementation (core/node, over chain). Layer 3.
 */
import type { BlockId, Height, TxId, Work } from '../base/types.ts';
import type { Header } from '../codec/header.ts';
import type { Tip } from '../codec/tip.ts';
import type { ParentContext } from '../rules/header.ts';

/** One entry of the header tree as it is now. */
export interface HeaderInfo {
  readonly id: BlockId;
  readonly parent: BlockId;
  readonly height: Height;
  /** Cumulative, its own included. */
  readonly work: Work;
  /** Its body is stored, checked without context. */
  readonly hasBody: boolean;
  /** Marked, or a descendant of a marked one. */
  readonly invalid: boolean;
  /** On the connected chain. */
  readonly onMain: boolean;
}

export interface ChainView {
  /** The connected tip. */
  tip(): Tip;
  find(id: BlockId): HeaderInfo | undefined;
  /** The block of the connected chain at a height, if there is one. */
  mainIdAt(height: number): BlockId | undefined;
  /** The ancestor of a known header at a height not above its own; itself at its own height. */
  ancestorAt(id: BlockId, height: number): BlockId;
  /** What the rules need to know of a known header as a parent. */
  context(id: BlockId): ParentContext;
  /** The 80 bytes of a known header, genesis included. */
  headerBytes(id: BlockId): Uint8Array;
  /** Enters a header that has passed H1 to H9 and whose parent is known; nothing if it is known. */
  addHeader(header: Header): void;
  /**
   * Forgets the entries without a body from this leaf downwards, up to the first that has a body or
   * another child, and not `kept` or anything below it.
   */
  removeBranch(leaf: BlockId, kept?: BlockId): void;
  /** Header and body as received, of a stored block other than genesis. */
  blockBytes(id: BlockId): Uint8Array | undefined;
  /** The own tip's height when this block was last taken off the connected chain. */
  disconnectedAt(id: BlockId): Height | undefined;
  /** Bytes of blocks and transactions that await verification. */
  backlogBytes(): number;
}

export interface PoolView {
  /** Whether the pool holds it, executable or waiting. */
  has(id: TxId): boolean;
  bytes(id: TxId): Uint8Array | undefined;
  /** The next executable ids above `after`, ascending, at most `countMax`. */
  page(after: TxId, countMax: number): readonly TxId[];
}

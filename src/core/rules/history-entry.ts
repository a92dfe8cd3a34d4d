/**
 * Owns: the datum of a leaf of the history tree. Does not own: the tree (rules/merkle,
 * chain/history-tree). Layer 2. docs/protocol.md section 7.
 */
import type { BlockId, Work } from '../base/types.ts';
import { Writer } from '../codec/writer.ts';

/** A leaf: a block and the work of its chain, its own included. */
export interface HistoryEntry {
  readonly id: BlockId;
  readonly work: Work;
}

/** The datum of a leaf: `id 32 | cumulative work u256`. */
export function encodeHistoryEntry({ id, work }: HistoryEntry): Uint8Array {
  return new Writer(64).blockId(id).u256(work).finish();
}

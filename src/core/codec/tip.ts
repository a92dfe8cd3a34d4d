/**
 * Owns: how a node names its connected tip to others: height, id and cumulative work.
 * Does not own: which block is the tip (chain). Layer 1. docs/protocol.md section 14.
 */
import type { BlockId, Height, Work } from '../base/types.ts';
import { toHeight, toWork } from '../base/types.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

export interface Tip {
  readonly height: Height;
  readonly id: BlockId;
  readonly work: Work;
}

export function readTip(reader: Reader): Tip {
  return { height: toHeight(reader.u32()), id: reader.blockId(), work: toWork(reader.u256()) };
}

export function writeTip(writer: Writer, tip: Tip): void {
  writer.u32(tip.height).blockId(tip.id).u256(tip.work);
}

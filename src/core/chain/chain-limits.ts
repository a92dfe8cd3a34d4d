/**
 * Owns: the caps of the chain's collections. Does not own: the mempool's (chain/limits). Layer 3.
 */

const MIB = 1024 * 1024;

/** When what has gathered in memory is written. */
export interface ChainLimits {
  /** Bytes of changes above which connected blocks are written although more could be connected. */
  readonly batchBytesMax: number;
  /** Bytes of changes above which an unfinished reorg is written in several batches. */
  readonly reorgBatchBytesMax: number;
}

export const CHAIN_LIMITS: ChainLimits = {
  batchBytesMax: 16 * MIB,
  reorgBatchBytesMax: 64 * MIB,
};

/** Bytes of blocks that are kept decoded: between arrival and connection, and near the tip. */
export const DECODED_BLOCKS_BYTES_MAX: number = 16 * MIB;

/** Invalid blocks that are remembered; each one has cost its maker a proof of work. */
export const INVALID_MARKS_MAX = 10_000;

/** Memory for nodes of the accounts tree that are in use. */
export const ACCOUNTS_CACHE_BYTES_MAX: number = 64 * MIB;

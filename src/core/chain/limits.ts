/**
 * Owns: every cap of the mempool, with its reason. Bytes are policy sizes. Layer 3.
 * Does not own: what happens when one is reached (chain/mempool-admission, chain/mempool-state).
 * docs/protocol.md section 13.
 */

export interface MempoolLimits {
  /** Executable transactions of all accounts together. */
  readonly executableBytesMax: number;
  /** Transactions with a future nonce, of all accounts together. */
  readonly gapBytesMax: number;
  /** Received transactions that lack funds, of all accounts together. */
  readonly receivedBytesMax: number;
  /** Transactions that a reorg took back and that are not executable now. */
  readonly revertedBytesMax: number;
  /** Executable and future ones of one account. */
  readonly perAccountMax: number;
  /** Future ones of one account, and how far ahead a nonce may be. */
  readonly gapPerAccountMax: number;
  /** Received ones of one account that lack funds. */
  readonly receivedPerAccountMax: number;
  readonly replacementsPerMinuteMax: number;
  readonly gapLifetimeMs: number;
  readonly receivedLifetimeMs: number;
  readonly revertedLifetimeMs: number;
  /** Records of why a transaction was replaced or dropped. */
  readonly fatesMax: number;
  /** Ids announced again at one time. */
  readonly announcedMax: number;
}

/**
 * A sender's own lower-ranking entries that the search for room passes over: without an end, an
 * unsigned replacement could walk its account's whole chain in a full pool.
 */
export const SPARED_MAX = 100;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const MEMPOOL_LIMITS: MempoolLimits = {
  // 83,000 simple transfers: about 30 full blocks of 400 kB, under 100 MB of memory.
  executableBytesMax: 20_000_000,
  // 8,000 simple transfers: the gap pool serves nodes that hear two payments in the wrong order.
  gapBytesMax: 2_000_000,
  // Funds usually arrive within a few blocks; more than this is somebody's mistake.
  receivedBytesMax: 2_000_000,
  // 40 full blocks of simple transfers that all lost their funds: deeper than honest networks fork.
  revertedBytesMax: 16_000_000,
  // Two blocks full of one payer's simple transfers. Replacing the lowest of them, or a tip that
  // touches the account, moves them all in one step: about 10 ms.
  perAccountMax: 5000,
  gapPerAccountMax: 16,
  receivedPerAccountMax: 16,
  // A wallet raises a fee a few times; every replacement costs all nodes a verification.
  replacementsPerMinuteMax: 10,
  gapLifetimeMs: HOUR_MS,
  receivedLifetimeMs: HOUR_MS,
  // Long enough for a weekend's fork to be noticed and the payment to be made good.
  revertedLifetimeMs: 72 * HOUR_MS,
  // About 2 MB: what a user asks for after the fact is recent.
  fatesMax: 20_000,
  // One inventory message.
  announcedMax: 1000,
};

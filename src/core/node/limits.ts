/**
 * Owns: the caps of the node's own collections. Does not own: those of net and of the mempool.
 * Layer 4.
 */

/** Ids of verified transactions that are remembered: enough for a few full blocks. */
export const SIGNATURE_CACHE_MAX = 50_000;

/** Times one job may meet a broken verifier before the node gives up: it is our bug by then. */
export const VERIFICATION_RETRIES_MAX = 5;

/**
 * Bytes of transactions under verification above which peers' bundles are let go: they announce
 * again.
 */
export const VERIFICATION_BACKLOG_BYTES_MAX: number = 8 * 1024 * 1024;

/** Verified transactions that wait while the pool follows a change of tip. */
export const HELD_ADMISSIONS_MAX = 20_000;

/** Requests for a template that wait for their turn; the oldest is answered first. */
export const TEMPLATE_REQUESTS_MAX = 64;

/** Blocks taken off the connected chain that are still served for a while. */
export const DISCONNECTED_BLOCKS_MAX = 1_000;

/**
 * Transactions placed or moved in one step to admit verified ones: a few milliseconds. The last one
 * admitted may go over it by its sender's chain.
 */
export const ADMISSION_WORK_PER_STEP = 500;

/** Transactions of a change of tip that the pool handles in one step: a few milliseconds. */
export const POOL_FOLLOW_PER_STEP = 500;

/**
 * Owns: every bound on what an HTTP client may send or hold. Does not own: bounds of peers
 * (core/net).
 */

/** Enough for any batch of payments; larger blocks raise it, see `bodySizeMax`. */
const BODY_SIZE_MIN_BYTES = 1_048_576;
const ENVELOPE_BYTES = 1024;

/** The largest request body: 1 MiB, or what one block of the network takes as hex. */
export function bodySizeMax(blockSizeMaxBytes: number): number {
  return Math.max(BODY_SIZE_MIN_BYTES, 2 * blockSizeMaxBytes + ENVELOPE_BYTES);
}

export const BATCH_MAX = 50;
export const JSON_DEPTH_MAX = 32;
export const HEADER_BYTES_MAX = 8192;
export const HEADERS_TIMEOUT_MS = 10_000;
/** For a request to arrive whole; answers may take longer. */
export const REQUEST_TIMEOUT_MS = 30_000;
export const KEEP_ALIVE_TIMEOUT_MS = 5_000;
export const CONNECTIONS_CHECK_MS = 2_000;
export const CONNECTIONS_MAX = 256;
/** How long answers under way may take to go out when the node stops. */
export const CLOSE_GRACE_MS = 2_000;

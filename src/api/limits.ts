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

/** Events that a node keeps for readers that resume, whichever bound is met first. */
export const EVENTS_KEPT_MAX = 10_000;
export const EVENT_BYTES_KEPT_MAX = 4_194_304;
/** Entries of each list of one event, and block events of one change of tip. */
export const EVENT_LIST_MAX = 1_000;
/** As many as there are; a repeated one is no more. */
export const TOPICS_MAX = 5;
export const EVENTS_PER_PAGE_MAX = 1_000;
export const BLOCKS_PER_PAGE_MAX = 100;
/** Each row may cost reading a block. */
export const MOVEMENTS_PER_PAGE_MAX = 100;
export const SUBSCRIPTIONS_PER_SOCKET_MAX = 8;
/** Events are sent while less than this waits to be taken; what is more stays in the ring. */
export const EVENT_SEND_BYTES_MAX = 262_144;
export const SOCKETS_MAX = 64;
/** Requests of one socket that are answered at a time. */
export const ANSWERING_PER_SOCKET_MAX = 8;
/** Where more answers wait to be taken, no request is read. */
export const SOCKET_QUEUE_BYTES_HIGH = 1_048_576;
/** Where more waits, the socket is cut: as much as all answers under way may add. */
export const SOCKET_QUEUE_BYTES_MAX = 33_554_432;
export const SOCKET_PING_MS = 15_000;

/**
 * Owns: every cap and time-out of the conversation with peers, each with its reason.
 * Does not own: sizes that the wire format fixes (codec/messages). Layer 3.
 */

// Connections

/** Inbound connections in all: what one process serves without noticing. */
export const INBOUND_MAX = 117;
/** Inbound connections from one public address: a household behind one router, not a crowd. */
export const INBOUND_PER_IP_MAX = 8;
/** Endpoints kept connected; set by the operator, so only guarded against a runaway script. */
export const TARGETS_MAX = 256;
/** A hello costs one round trip; silent sockets must not hold slots. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
export const PING_AFTER_SILENCE_MS = 30_000;
export const DEAD_AFTER_SILENCE_MS = 60_000;
/** The first retry comes at once: nodes of a local network start together. */
export const DIAL_RETRY_MIN_MS = 50;
export const DIAL_RETRY_MAX_MS = 10_000;
/**
 * A retry waits this share of the time the endpoint has been failing, so it adds a quarter at most.
 */
export const DIAL_RETRY_SHARE = 0.25;
/** Inbound connections that eviction spares, for each of three merits. */
export const EVICTION_SPARED_PER_MERIT = 8;

// Misbehaviour

/** Long enough to make an attacker pay in addresses, short enough for a shared one to heal. */
export const DISCOURAGED_MS = 3_600_000;
/** On loopback it only keeps a broken neighbour from being dialled in a tight loop. */
export const DISCOURAGED_LOOPBACK_MS = 60_000;
export const DISCOURAGED_MAX = 4096;
/** Unknown messages per connection: newer peers may speak, but not endlessly. */
export const UNKNOWN_MESSAGES_MAX = 32;
/** Pings answered: four a second and a burst of forty; honest peers send one in thirty seconds. */
export const PING_BURST = 40;
export const PINGS_PER_SECOND = 4;
/**
 * New tips read in full; beyond it only the claim is kept, and headers are asked for in its place.
 */
export const NEW_TIP_BURST = 5000;
export const NEW_TIPS_PER_SECOND = 500;

// Own stalls

/** A deadline seen later than this was delayed by this process, not by the peer. */
export const STALL_NOTICED_MS = 250;

// Serving

/** Bytes served to one peer: a full-speed sync on a local network, a bound on amplification. */
export const SERVE_BYTES_BURST = 67_108_864;
export const SERVE_BYTES_PER_SECOND = 33_554_432;
/** What the smallest answer counts as, so that a flood of empty questions is bounded too. */
export const SERVE_COST_MIN = 4096;
/**
 * Questions waiting for the budget; four full get-blocks, or the peer is not waiting for answers.
 */
export const SERVE_QUEUE_MAX = 64;
/** Blocks off the connected chain are served while this recent: row 56 of fingerprinting. */
export const SIDE_BLOCKS_SERVED_DEPTH = 288;

// Header sync

/** Headers held with more work than the connected tip, per branch: 20 minutes of instant blocks. */
export const HEADERS_AHEAD_MAX = 20_000;
/** Branches with missing bodies. */
export const BRANCHES_MAX = 4;
/** Time for one answer of 160 kB on a poor line, behind 16 blocks. */
export const HEADERS_TIMEOUT_MS = 60_000;
/** A peer that claims more work but shows nothing is asked again after this, doubling. */
export const CHASE_DELAY_MIN_MS = 30_000;
export const CHASE_DELAY_MAX_MS = 600_000;
/** Soonest repeat for a header that is too early, so that a wrong clock does not spin. */
export const PREMATURE_RETRY_MIN_MS = 1000;
/** The median of eleven times makes a chain slower than this for ever. */
export const HEADERS_PER_SECOND_MAX = 6;
/** Walks that may begin again, per peer and hour: a peer may reorganise under a walk. */
export const WALK_RESTARTS_MAX = 3;
export const WALK_RESTARTS_SPAN_MS = 3_600_000;

// Block download

export const BLOCKS_IN_FLIGHT_PER_PEER_MAX = 16;
/** A new or stalled peer begins here and grows by one per block delivered in time. */
export const BLOCKS_IN_FLIGHT_START = 4;
/** How far beyond the first missing body others are asked for. */
export const BLOCK_WINDOW = 256;
/** Bytes that may be on their way at once, counted at the network's greatest block size. */
export const BLOCK_BYTES_IN_FLIGHT_MAX = 67_108_864;
/**
 * Bytes asked of one peer at once, counted likewise: well below what a peer lets wait for a slow
 * line before it gives up. Four of the greatest blocks that any network allows.
 */
export const PEER_BYTES_IN_FLIGHT_MAX = 8_388_608;
/** How far peers' chains go along branches, remembered by the two ends. */
export const REACHES_REMEMBERED_MAX = 1024;
/** Bytes awaiting verification beyond which nothing more is asked for. */
export const BACKLOG_BYTES_MAX = 33_554_432;
export const BLOCK_STALL_MIN_MS = 2000;
export const BLOCK_STALL_MAX_MS = 64_000;
/** Stalls in a row before the connection ends: 62 s in all. */
export const BLOCK_STALLS_MAX = 5;
/** A peer that stalled is asked only for what no other has, this long. */
export const PROBATION_MS = 60_000;
/** Requested ids remembered per peer: a late answer is no violation. */
export const REQUESTED_REMEMBERED_MAX = 256;
/** Ids a peer said it lacks, and for how long it is believed. */
export const MISSING_REMEMBERED_MAX = 256;
export const MISSING_REMEMBERED_MS = 30_000;
/** Who delivered which block: enough for all that can await connection. */
export const SENDERS_REMEMBERED_MAX = 4096;

// Transaction relay

/** Ids a peer is known to have. */
export const KNOWN_PER_PEER_MAX = 5000;
/** Ids waiting to be announced to a peer; the oldest fall out. */
export const ANNOUNCE_QUEUE_MAX = 5000;
/** Announcements gather this long, so that a burst travels as one message. */
export const ANNOUNCE_DELAY_MS = 20;
/** Ids that a peer announced and that nobody was asked for yet. */
export const CANDIDATES_PER_PEER_MAX = 5000;
export const TRANSACTIONS_IN_FLIGHT_PER_PEER_MAX = 2000;
export const TRANSACTION_TIMEOUT_MS = 10_000;
/** Refused ids that are not asked for again before the next tip. */
export const REFUSED_REMEMBERED_MAX = 10_000;
/** Transactions nobody asked for: late answers and curious peers, no more. */
export const UNREQUESTED_BYTES_BURST = 4_194_304;
export const UNREQUESTED_BYTES_PER_SECOND = 1_048_576;
/** Pages of a peer's pool: 100,000 transactions. */
export const POOL_PAGES_MAX = 100;
/** The next page waits until the candidates from earlier ones have shrunk to this. */
export const POOL_PAGE_CANDIDATES_MAX = 4000;

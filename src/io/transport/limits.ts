/**
 * Owns: every bound of the transport, one place; each is filled by a test.
 * Does not own: bounds of what messages say (core/net/limits).
 */

export interface TransportLimits {
  /** A longer message is refused by its length: docs/protocol.md section 14. */
  readonly messageBytesMax: number;
  readonly fragmentsMax: number;
  /** Pieces in which one frame may arrive; a slow path cuts 2 MiB into about 1,450. */
  readonly bufferedChunksMax: number;
  /** What a peer may send in all before its first message is complete; a hello has 188 bytes. */
  readonly firstMessageBytesMax: number;
  readonly requestHeaderBytesMax: number;
  readonly requestHeadersMax: number;
  /** From the first packet to an open WebSocket. */
  readonly handshakeTimeoutMs: number;
  /** From the first to the last byte of a message. */
  readonly messageTimeoutMs: number;
  /** How long a peer may take nothing of what waits for it. */
  readonly sendStallMs: number;
  /** What may wait for a peer: an honest one never asks for more than 16 blocks at once. */
  readonly sendQueueBytesMax: number;
  readonly inboundMax: number;
  readonly inboundPerIpMax: number;
  /** A local network has many nodes on one address. */
  readonly inboundPerLoopbackIpMax: number;
  readonly outboundMax: number;
  /** How long a closing connection may take to flush. */
  readonly closeGraceMs: number;
}

export const TRANSPORT_LIMITS: TransportLimits = {
  messageBytesMax: 2_097_152,
  fragmentsMax: 64,
  bufferedChunksMax: 2_048,
  firstMessageBytesMax: 4_096,
  requestHeaderBytesMax: 8_192,
  requestHeadersMax: 64,
  handshakeTimeoutMs: 5_000,
  messageTimeoutMs: 30_000,
  sendStallMs: 30_000,
  sendQueueBytesMax: 12 << 20,
  inboundMax: 125,
  inboundPerIpMax: 8,
  inboundPerLoopbackIpMax: 64,
  outboundMax: 32,
  closeGraceMs: 1_000,
};

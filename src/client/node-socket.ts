/**
 * Owns: WebSockets on a Node that has none of its own; loaded only there.
 * Does not own: what is said on them (client/watch).
 */
import { WebSocket } from 'ws';
import type { ClientSocket } from './socket.ts';

const MESSAGE_BYTES_MAX = 16 << 20;

/** Opens a socket; how it goes shows by its events. */
export function openNodeSocket(url: string): ClientSocket {
  // `ws` tells its listeners more than is used here, by the same names.
  return new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
  }) as unknown as ClientSocket;
}

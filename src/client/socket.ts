/**
 * Owns: what the client needs of a WebSocket. Type-only.
 * Does not own: opening one (client/watch, client/node-socket).
 */

/** What is used of a WebSocket, in the form that browsers and `ws` share. */
export interface ClientSocket {
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: { readonly data?: unknown }) => void,
  ): void;
  send(text: string): void;
  close(): void;
}

export type SocketMaker = (url: string) => ClientSocket;

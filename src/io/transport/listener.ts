/**
 * Owns: the port that peers dial: what an upgrade request must look like before it becomes a
 * WebSocket.
 * Does not own: the connections that come of it (peer-socket) or the HTTP API (another port).
 */
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Endpoint } from '../../core/net/endpoint.ts';
import { endpointToText } from '../../core/net/endpoint.ts';
import { OperationalError, toOperationalError } from '../errors.ts';
import type { Slot } from './inbound-slots.ts';
import { InboundSlots } from './inbound-slots.ts';
import type { TransportLimits } from './limits.ts';
import type { ListenerTls } from './peer-tls.ts';

const CHECK_INTERVAL_MS = 1_000;

export class Listener {
  readonly #slots: InboundSlots;
  readonly #http: Server;
  readonly #limits: TransportLimits;

  /** `accept` is handed the socket to read from; with `tls` that is not the slot's own. */
  constructor(options: {
    readonly limits: TransportLimits;
    readonly tls: ListenerTls | undefined;
    readonly accept: (ws: WebSocket, slot: Slot, socket: Socket) => void;
  }) {
    const { limits, tls, accept } = options;
    this.#limits = limits;
    this.#slots = new InboundSlots(limits);
    const upgrader = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.messageBytesMax,
      maxFragments: limits.fragmentsMax,
      maxBufferedChunks: limits.bufferedChunksMax,
    });
    // Answers of the upgrader to bad handshakes end the socket; nothing else is to be done.
    upgrader.on('wsClientError', (_error, socket) => socket.destroy());
    const bounds = {
      maxHeaderSize: limits.requestHeaderBytesMax,
      headersTimeout: limits.handshakeTimeoutMs,
      requestTimeout: limits.handshakeTimeoutMs,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    };
    this.#http =
      tls === undefined
        ? createServer(bounds)
        : createSecureServer({ ...bounds, ...tls, handshakeTimeout: limits.handshakeTimeoutMs });
    // What fails before a peer is there is no news; its socket is destroyed.
    this.#http.on('tlsClientError', (_error, socket: Socket) => socket.destroy());
    // One more than allowed is kept, so that too many can be told from just enough.
    this.#http.maxHeadersCount = limits.requestHeadersMax + 1;
    this.#http.on('connection', (socket: Socket) => this.#slots.admit(socket));
    this.#http.on('request', (_request, response) => {
      response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
    });
    this.#http.on('upgrade', (request, socket: Socket, head) => {
      const slot = this.#slots.slotOf(socket);
      const refusal = this.#refusal(request);
      if (slot === undefined || refusal !== undefined) {
        socket.end(`HTTP/1.1 ${refusal ?? '503 Service Unavailable'}\r\nConnection: close\r\n\r\n`);
        return;
      }
      upgrader.handleUpgrade(request, socket, head, (ws) => {
        clearTimeout(slot.handshakeTimer);
        accept(ws, slot, socket);
      });
    });
  }

  /** Listens; port 0 takes a free one. Throws `port-in-use`, `listen-failed`. */
  async open(endpoint: Endpoint): Promise<Endpoint> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error) => reject(toListenError(error, endpoint)));
      this.#http.listen({ host: endpoint.ip, port: endpoint.port }, resolve);
    });
    const address = this.#http.address();
    const port = typeof address === 'object' && address !== null ? address.port : endpoint.port;
    return { ip: endpoint.ip, port };
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#slots.destroyAll();
    await closed;
  }

  /** The status line for a request that may not become a WebSocket. */
  #refusal(request: IncomingMessage): string | undefined {
    // Web pages state an origin, peers do not: no page shall drive a node.
    if (request.headers.origin !== undefined) return '403 Forbidden';
    if (request.rawHeaders.length > 2 * this.#limits.requestHeadersMax) {
      return '431 Request Header Fields Too Large';
    }
    return undefined;
  }
}

function toListenError(error: unknown, endpoint: Endpoint): OperationalError {
  const place = endpointToText(endpoint);
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const message = `another program listens on ${place}`;
    const hint = 'stop it, or choose another port';
    return new OperationalError({ code: 'port-in-use', message, hint, cause: error });
  }
  const message = `cannot listen on ${place}`;
  return toOperationalError(error, { code: 'listen-failed', message });
}

/**
 * Owns: WebSockets on a server's HTTP port: the upgrade, their number, text in and out, what may
 * wait on either side, and the end of those that have gone silent.
 * Does not own: who may connect (the `admit` of the caller) or what is said (its handlers).
 */
import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData } from 'ws';
import { WebSocket, WebSocketServer } from 'ws';

export interface HttpSocketLimits {
  readonly socketsMax: number;
  readonly messageBytesMax: number;
  /** Texts of one socket that are being answered; it is not read meanwhile. */
  readonly answeringMax: number;
  /** Nothing is read from a socket for which more waits. */
  readonly queuedBytesHigh: number;
  /** A socket for which more waits is cut: it does not read. */
  readonly queuedBytesMax: number;
  /** How often each is asked for a sign of life; it has as long to give one. */
  readonly pingIntervalMs: number;
}

/** The side of a socket that its handler uses. */
export interface OpenSocket {
  send(text: string): void;
  /** What waits to be taken. */
  readonly queuedBytes: number;
  terminate(): void;
}

export interface SocketHandler {
  /** A whole text has come. While its promise is open, the text counts as being answered. */
  onText(text: string): Promise<void>;
  /** All that waited has been taken. */
  onDrain(): void;
  onClose(): void;
}

const FRAGMENTS_MAX = 64;
const BUFFERED_CHUNKS_MAX = 2_048;
const GOING_AWAY = 1001;
const UNSUPPORTED = 1003;

export class HttpSockets {
  readonly #limits: HttpSocketLimits;
  readonly #open = new Set<WebSocket>();
  readonly #silent = new Set<WebSocket>();
  readonly #pingTimer: NodeJS.Timeout;
  #closing = false;

  constructor(options: {
    readonly server: Server;
    readonly path: string;
    readonly limits: HttpSocketLimits;
    /** The HTTP status that refuses a request, or undefined to admit it. */
    readonly admit: (request: IncomingMessage) => number | undefined;
    readonly handle: (socket: OpenSocket, request: IncomingMessage) => SocketHandler;
  }) {
    const { server, path, limits, admit, handle } = options;
    this.#limits = limits;
    const upgrader = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.messageBytesMax,
      maxFragments: FRAGMENTS_MAX,
      maxBufferedChunks: BUFFERED_CHUNKS_MAX,
    });
    upgrader.on('wsClientError', (_error, socket) => socket.destroy());
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const refused = admit(request) ?? this.#refusal(request, path);
      if (refused !== undefined) return refuse(socket, refused);
      upgrader.handleUpgrade(request, socket, head, (ws) => this.#serve(ws, request, handle));
    });
    this.#pingTimer = setInterval(() => this.#ping(), limits.pingIntervalMs).unref();
  }

  get count(): number {
    return this.#open.size;
  }

  /** Says goodbye to every socket and cuts those that do not answer; admits none any more. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    clearInterval(this.#pingTimer);
    const open = [...this.#open];
    const gone = open.map((ws) => new Promise((resolve) => ws.once('close', resolve)));
    for (const ws of open) ws.close(GOING_AWAY);
    const cut = setTimeout(() => {
      for (const ws of open) ws.terminate();
    }, graceMs);
    await Promise.all(gone);
    clearTimeout(cut);
  }

  #refusal({ url = '' }: IncomingMessage, path: string): number | undefined {
    if (url.split('?')[0] !== path) return 404;
    return this.#closing || this.#open.size >= this.#limits.socketsMax ? 503 : undefined;
  }

  #serve(
    ws: WebSocket,
    request: IncomingMessage,
    handle: (socket: OpenSocket, request: IncomingMessage) => SocketHandler,
  ): void {
    const { answeringMax, queuedBytesHigh, queuedBytesMax } = this.#limits;
    let answering = 0;
    const pace = (): void => {
      if (ws.readyState !== WebSocket.OPEN) return;
      const isFull = answering >= answeringMax || ws.bufferedAmount > queuedBytesHigh;
      if (isFull && !ws.isPaused) ws.pause();
      else if (!isFull && ws.isPaused) ws.resume();
    };
    const onSent = (): void => {
      this.#silent.delete(ws);
      pace();
      if (ws.bufferedAmount === 0 && ws.readyState === WebSocket.OPEN) handler.onDrain();
    };
    const handler = handle(
      {
        get queuedBytes() {
          return ws.bufferedAmount;
        },
        send(text) {
          if (ws.readyState !== WebSocket.OPEN) return;
          ws.send(text, onSent);
          if (ws.bufferedAmount > queuedBytesMax) ws.terminate();
        },
        terminate: () => ws.terminate(),
      },
      request,
    );
    this.#open.add(ws);
    ws.on('message', (data: RawData, isBinary) => {
      if (isBinary) return ws.close(UNSUPPORTED, 'text only');
      answering += 1;
      pace();
      void handler.onText(toText(data)).finally(() => {
        answering -= 1;
        pace();
      });
    });
    ws.on('pong', () => this.#silent.delete(ws));
    // What was wrong is told by the close that follows.
    ws.on('error', () => ws.terminate());
    ws.once('close', () => {
      this.#open.delete(ws);
      this.#silent.delete(ws);
      handler.onClose();
    });
  }

  /** Cuts whoever has neither answered the last ping nor taken anything since. */
  #ping(): void {
    for (const ws of this.#open) {
      // One that is not read since its texts are still being answered owes us nothing.
      if (ws.isPaused && ws.bufferedAmount === 0) continue;
      if (this.#silent.has(ws)) ws.terminate();
      else {
        this.#silent.add(ws);
        ws.ping();
      }
    }
  }
}

function refuse(socket: Duplex, status: number): void {
  const reason = STATUS_CODES[status] ?? '';
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** With the default `binaryType` a message is one buffer. */
function toText(data: RawData): string {
  return (data as Buffer).toString('utf8');
}

/**
 * Owns: one open connection: whole binary messages in, a bounded queue out, and the time both may
 * take.
 * Does not own: how it came about (listener, ws-transport) or what is said on it (core/net).
 */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Endpoint, PeerId } from '../../core/net/endpoint.ts';
import { DelayLine } from './delay-line.ts';
import type { TransportLimits } from './limits.ts';

/** What has passed over a connection, in bytes on the wire. */
export interface PeerTraffic {
  readonly peer: PeerId;
  readonly direction: 'inbound' | 'outbound';
  readonly remote: Endpoint;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly queuedBytes: number;
}

interface PeerSocketOptions {
  readonly peer: PeerId;
  readonly direction: 'inbound' | 'outbound';
  readonly remote: Endpoint;
  readonly ws: WebSocket;
  readonly socket: Socket;
  readonly limits: TransportLimits;
  readonly onMessage: (bytes: Uint8Array) => void;
  readonly onClose: () => void;
}

const NORMAL_CLOSURE = 1000;
/** Bytes of a control frame around its payload; clients add a mask of four. */
const CONTROL_FRAME_BYTES = 2;
const MASK_BYTES = 4;
const CLOSE_REASON_BYTES_MAX = 123;

export class PeerSocket {
  readonly #options: PeerSocketOptions;
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  /** A slow link (lab): both ways are held back at this end. */
  readonly #outgoing: DelayLine;
  readonly #incoming: DelayLine;
  #closing = false;
  #corked = false;
  #spoke = false;
  #bytesReceived = 0;
  /** Received since the last whole message, and not part of a control frame. */
  #partialBytes = 0;
  #partialSinceMs: number | undefined;
  #messageInChunk = false;
  #bytesTaken = 0;
  #stalledSinceMs: number | undefined;

  constructor(options: PeerSocketOptions) {
    this.#options = options;
    this.#ws = options.ws;
    this.#socket = options.socket;
    const bytesMax = options.limits.sendQueueBytesMax;
    this.#outgoing = new DelayLine({ bytesMax, release: (bytes) => this.#sendNow(bytes) });
    this.#incoming = new DelayLine({ bytesMax, release: options.onMessage });
    const frameBytes = CONTROL_FRAME_BYTES + (options.direction === 'inbound' ? MASK_BYTES : 0);
    const forgetControlFrame = (payload: Buffer): void => {
      this.#partialBytes -= frameBytes + payload.length;
    };
    this.#ws.on('message', (data: Buffer, isBinary) => this.#takeMessage(data, isBinary));
    this.#ws.on('ping', forgetControlFrame);
    this.#ws.on('pong', forgetControlFrame);
    // What was wrong is told by the close that follows.
    this.#ws.on('error', () => this.#ws.terminate());
    this.#ws.once('close', () => {
      this.#outgoing.clear();
      this.#incoming.clear();
      this.#options.onClose();
    });
    // Called after ws has taken the chunk, messages in it included.
    this.#socket.on('data', (chunk: Buffer) => this.#takeChunk(chunk.length));
  }

  get traffic(): PeerTraffic {
    const { peer, direction, remote } = this.#options;
    const queuedBytes = this.#ws.bufferedAmount;
    const { bytesRead: bytesIn, bytesWritten } = this.#socket;
    return { peer, direction, remote, bytesIn, bytesOut: bytesWritten - queuedBytes, queuedBytes };
  }

  /** Holds back what passes from now on, in each direction. */
  setDelay(delayMs: number): void {
    this.#outgoing.setDelay(delayMs);
    this.#incoming.setDelay(delayMs);
  }

  /** Queues a message. A peer that lets too much wait is cut off: it does not read. */
  send(bytes: Uint8Array): void {
    this.#outgoing.push(bytes);
  }

  /** Flushes what waits as far as the peer takes it, and hears nothing more. */
  close(code: string): void {
    if (this.#closing) return;
    this.#outgoing.flush();
    this.#closing = true;
    this.#incoming.clear();
    this.setReading(true);
    this.#ws.close(NORMAL_CLOSURE, code.slice(0, CLOSE_REASON_BYTES_MAX));
    setTimeout(() => this.#ws.terminate(), this.#options.limits.closeGraceMs).unref();
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /** Stops or resumes reading from the socket: TCP then slows the peer down. */
  setReading(on: boolean): void {
    if (this.#ws.readyState !== WebSocket.OPEN || this.#ws.isPaused !== on) return;
    this.#partialSinceMs = undefined;
    if (on) this.#ws.resume();
    else this.#ws.pause();
  }

  /** Ends the connection when a message takes too long to arrive or to be taken. */
  checkTime(nowMs: number): void {
    const { messageTimeoutMs, sendStallMs } = this.#options.limits;
    const { bytesOut, queuedBytes } = this.traffic;
    if (queuedBytes === 0 || bytesOut !== this.#bytesTaken) this.#stalledSinceMs = undefined;
    else this.#stalledSinceMs ??= nowMs;
    this.#bytesTaken = bytesOut;
    const arriving = this.#partialSinceMs;
    if (arriving !== undefined && nowMs - arriving > messageTimeoutMs) this.#ws.terminate();
    const stalled = this.#stalledSinceMs;
    if (stalled !== undefined && nowMs - stalled > sendStallMs) this.#ws.terminate();
  }

  #sendNow(bytes: Uint8Array): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    if (this.#ws.bufferedAmount + bytes.length > this.#options.limits.sendQueueBytesMax) {
      this.#ws.terminate();
      return;
    }
    this.#cork();
    this.#ws.send(bytes, { binary: true, compress: false });
  }

  #takeMessage(data: Buffer, isBinary: boolean): void {
    this.#messageInChunk = true;
    this.#spoke = true;
    if (this.#closing) return;
    if (!isBinary) this.#ws.terminate();
    else this.#incoming.push(ownBytes(data));
  }

  #takeChunk(size: number): void {
    this.#bytesReceived += size;
    this.#partialBytes = this.#messageInChunk ? 0 : this.#partialBytes + size;
    this.#messageInChunk = false;
    if (this.#partialBytes <= 0) this.#partialSinceMs = undefined;
    else this.#partialSinceMs ??= performance.now();
    if (!this.#spoke && this.#bytesReceived > this.#options.limits.firstMessageBytesMax) {
      this.#ws.terminate();
    }
  }

  /** Gathers what one turn of the event loop sends into few packets. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }
}

/** The message in memory of its own: a small one would else keep a large network buffer alive. */
function ownBytes(data: Buffer): Uint8Array {
  if (data.length === data.buffer.byteLength) return new Uint8Array(data.buffer);
  return new Uint8Array(data);
}

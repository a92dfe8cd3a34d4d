/**
 * Owns: all connections with peers: listening, dialling, their numbers, their inputs for the
 * runtime.
 * Does not own: who is dialled or kept (core/net) and single connections (peer-socket).
 * docs/protocol.md section 14.
 */
import type { Socket } from 'node:net';
import type { ClientOptions } from 'ws';
import { WebSocket } from 'ws';
import { required } from '../../core/base/assert.ts';
import type { Endpoint, PeerId } from '../../core/net/endpoint.ts';
import { endpointToText } from '../../core/net/endpoint.ts';
import type { Input } from '../../core/node/ports.ts';
import type { TransportLimits } from './limits.ts';
import { TRANSPORT_LIMITS } from './limits.ts';
import type { Slot } from './inbound-slots.ts';
import { Listener } from './listener.ts';
import type { PeerTraffic } from './peer-socket.ts';
import { PeerSocket } from './peer-socket.ts';
import type { ListenerTls, PeerTls } from './peer-tls.ts';
import { dialOptions, isPinned, isUnproven } from './peer-tls.ts';

export type TransportInput = Extract<
  Input,
  { readonly kind: 'peer-connected' | 'peer-message' | 'peer-closed' | 'dial-failed' }
>;

export interface TransportOptions {
  /** Where to listen, port 0 for a free one; not at all when missing. */
  readonly listen?: Endpoint;
  /** What is shown to those who connect; without it they connect without TLS. */
  readonly tls?: ListenerTls | undefined;
  /** A dialled peer could not prove who it is. */
  readonly onUnproven?: (endpoint: Endpoint, reason: string) => void;
  readonly limits?: Partial<TransportLimits>;
}

const CHECK_INTERVAL_MS = 250;

export class WsTransport {
  readonly #limits: TransportLimits;
  readonly #listen: Endpoint | undefined;
  readonly #listener: Listener;
  readonly #peers = new Map<PeerId, PeerSocket>();
  readonly #dialling = new Set<WebSocket>();
  /** How the operator wants some peers to be recognized, by `ip:port`. */
  readonly #peerTls = new Map<string, PeerTls>();
  readonly #onUnproven: (endpoint: Endpoint, reason: string) => void;
  /** By the listening endpoint that was dialled, in milliseconds. */
  #delays: ReadonlyMap<string, number> = new Map();
  #deliver: ((input: TransportInput) => void) | undefined;
  #endpoint: Endpoint | undefined;
  #lastPeer = 0;
  /** What passed over connections that have ended. */
  #endedBytesIn = 0;
  #endedBytesOut = 0;
  #checkTimer: NodeJS.Timeout | undefined;
  #stopped = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: TransportOptions = {}) {
    this.#limits = { ...TRANSPORT_LIMITS, ...options.limits };
    this.#listen = options.listen;
    this.#onUnproven = options.onUnproven ?? (() => undefined);
    const accept = (ws: WebSocket, slot: Slot, socket: Socket): void => {
      const remote = { ip: slot.ip, port: socket.remotePort ?? 0 };
      ws.once('message', () => (slot.spoke = true));
      this.#addPeer({ ws, socket, direction: 'inbound', remote });
    };
    this.#listener = new Listener({ limits: this.#limits, tls: options.tls, accept });
  }

  /** Where peers can dial this node, once started. */
  get endpoint(): Endpoint | undefined {
    return this.#endpoint;
  }

  /** Begins to listen and to deliver. Throws `port-in-use`, `listen-failed`. */
  async start(deliver: (input: TransportInput) => void): Promise<void> {
    this.#deliver = deliver;
    if (this.#listen !== undefined) this.#endpoint = await this.#listener.open(this.#listen);
    this.#checkTimer = setInterval(() => {
      const nowMs = performance.now();
      for (const peer of this.#peers.values()) peer.checkTime(nowMs);
    }, CHECK_INTERVAL_MS).unref();
  }

  /** Dials; the outcome is delivered as `peer-connected` or `dial-failed`. */
  dial(endpoint: Endpoint): void {
    if (this.#dialling.size + this.#countOutbound() >= this.#limits.outboundMax || this.#stopped) {
      setImmediate(() => this.#tell({ kind: 'dial-failed', endpoint }));
      return;
    }
    const place = endpointToText(endpoint);
    const tls = this.#peerTls.get(place);
    const ws = new WebSocket(`${tls === undefined ? 'ws' : 'wss'}://${place}/`, {
      ...this.#clientOptions(),
      ...(tls !== undefined && dialOptions(tls)),
    });
    this.#dialling.add(ws);
    let socket: Socket | undefined;
    ws.once('upgrade', (response) => {
      ({ socket } = response);
      if (tls === undefined || isPinned(socket, tls)) return;
      this.#onUnproven(endpoint, 'it shows another certificate than the pinned one');
      socket.destroy();
    });
    ws.once('open', () => {
      const opened = required(socket, 'an open WebSocket was upgraded');
      if (opened.destroyed) return;
      ws.removeAllListeners();
      this.#dialling.delete(ws);
      this.#addPeer({ ws, socket: opened, direction: 'outbound', remote: endpoint });
    });
    // After an error ws always closes too.
    ws.on('error', (error) => {
      if (tls !== undefined && isUnproven(error)) this.#onUnproven(endpoint, error.message);
    });
    ws.once('close', () => {
      this.#dialling.delete(ws);
      this.#tell({ kind: 'dial-failed', endpoint });
    });
  }

  /** Dials this endpoint with TLS from now on, or without. The operator names few of them. */
  setPeerTls(endpoint: Endpoint, tls: PeerTls | undefined): void {
    const place = endpointToText(endpoint);
    if (tls === undefined) this.#peerTls.delete(place);
    else this.#peerTls.set(place, tls);
  }

  send(peer: PeerId, bytes: Uint8Array): void {
    this.#peers.get(peer)?.send(bytes);
  }

  /** Flushes and ends a connection; `peer-closed` follows. */
  close(peer: PeerId, code: string): void {
    this.#peers.get(peer)?.close(code);
  }

  setReading(peer: PeerId, on: boolean): void {
    this.#peers.get(peer)?.setReading(on);
  }

  /**
   * Makes links slow (lab), and all others as they are: what passes over connections that this node
   * dialled to these `ip:port` is held back for so many milliseconds, in each direction.
   */
  setDelays(delays: ReadonlyMap<string, number>): void {
    this.#delays = delays;
    for (const peer of this.#peers.values()) peer.setDelay(this.#delayOf(peer.traffic));
  }

  /** What has passed over each open connection. */
  traffic(): readonly PeerTraffic[] {
    return Array.from(this.#peers.values(), (peer) => peer.traffic);
  }

  /** Bytes on the wire since the start, over all connections. */
  totals(): { readonly bytesIn: number; readonly bytesOut: number } {
    let [bytesIn, bytesOut] = [this.#endedBytesIn, this.#endedBytesOut];
    for (const traffic of this.traffic()) {
      bytesIn += traffic.bytesIn;
      bytesOut += traffic.bytesOut;
    }
    return { bytesIn, bytesOut };
  }

  /** Ends everything; nothing is delivered any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#deliver = undefined;
    clearInterval(this.#checkTimer);
    for (const ws of this.#dialling) ws.terminate();
    for (const peer of this.#peers.values()) peer.close('closing');
    await this.#waitForPeers();
    if (this.#endpoint !== undefined) await this.#listener.close();
  }

  #addPeer(connection: {
    readonly ws: WebSocket;
    readonly socket: Socket;
    readonly direction: 'inbound' | 'outbound';
    readonly remote: Endpoint;
  }): void {
    const peer = ++this.#lastPeer;
    const { direction, remote } = connection;
    this.#tell({ kind: 'peer-connected', peer, direction, remote });
    const peerSocket = new PeerSocket({
      ...connection,
      peer,
      limits: this.#limits,
      onMessage: (bytes) => this.#tell({ kind: 'peer-message', peer, bytes }),
      onClose: () => {
        this.#endedBytesIn += peerSocket.traffic.bytesIn;
        this.#endedBytesOut += peerSocket.traffic.bytesOut;
        this.#peers.delete(peer);
        if (this.#peers.size === 0) this.#onEmpty?.();
        this.#tell({ kind: 'peer-closed', peer });
      },
    });
    this.#peers.set(peer, peerSocket);
    peerSocket.setDelay(this.#delayOf({ direction, remote }));
    if (this.#stopped) peerSocket.terminate();
  }

  #delayOf(link: Pick<PeerTraffic, 'direction' | 'remote'>): number {
    if (link.direction === 'inbound') return 0;
    return this.#delays.get(endpointToText(link.remote)) ?? 0;
  }

  #tell(input: TransportInput): void {
    this.#deliver?.(input);
  }

  #countOutbound(): number {
    return this.traffic().filter(({ direction }) => direction === 'outbound').length;
  }

  #clientOptions(): ClientOptions & { readonly maxHeaderSize: number } {
    const { messageBytesMax, fragmentsMax, bufferedChunksMax } = this.#limits;
    return {
      perMessageDeflate: false,
      followRedirects: false,
      handshakeTimeout: this.#limits.handshakeTimeoutMs,
      maxPayload: messageBytesMax,
      maxFragments: fragmentsMax,
      maxBufferedChunks: bufferedChunksMax,
      maxHeaderSize: this.#limits.requestHeaderBytesMax,
    };
  }

  /** Closing connections have their grace, then they are cut. */
  async #waitForPeers(): Promise<void> {
    if (this.#peers.size === 0) return;
    const emptied = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    const cut = setTimeout(() => {
      for (const peer of this.#peers.values()) peer.terminate();
    }, this.#limits.closeGraceMs);
    await emptied;
    clearTimeout(cut);
  }
}

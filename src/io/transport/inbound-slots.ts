/**
 * Owns: who may connect: caps in all and per address, and the time a handshake may take. When a cap
 * is full, the oldest connection that never said anything gives way.
 * Does not own: what is said on a connection (peer-socket).
 */
import type { Socket } from 'node:net';
import { isLoopback } from '../../core/net/endpoint.ts';
import type { TransportLimits } from './limits.ts';

export interface Slot {
  readonly ip: string;
  /** The TCP connection, below TLS if there is any. */
  readonly socket: Socket;
  readonly handshakeTimer: NodeJS.Timeout;
  /** Has sent a whole message. */
  spoke: boolean;
}

export class InboundSlots {
  readonly #limits: TransportLimits;
  /** By the remote end, which a TLS socket has in common with the TCP socket below it. */
  readonly #slots = new Map<string, Slot>();

  constructor(limits: TransportLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Takes in a new socket, or destroys it when there is no room. */
  admit(socket: Socket): void {
    const ip = plainIp(socket.remoteAddress ?? '');
    const { inboundMax, inboundPerIpMax, inboundPerLoopbackIpMax } = this.#limits;
    const perIpMax = isLoopback(ip) ? inboundPerLoopbackIpMax : inboundPerIpMax;
    const sameIp = [...this.#slots.values()].filter((slot) => slot.ip === ip);
    if (sameIp.length >= perIpMax && !this.#evict(sameIp)) return void socket.destroy();
    if (this.size >= inboundMax && !this.#evict([...this.#slots.values()])) {
      return void socket.destroy();
    }
    const { handshakeTimeoutMs } = this.#limits;
    const handshakeTimer = setTimeout(() => socket.destroy(), handshakeTimeoutMs);
    const slot: Slot = { ip, socket, handshakeTimer, spoke: false };
    const place = placeOf(socket);
    this.#slots.set(place, slot);
    socket.once('close', () => this.#release(place, slot));
    // Until the WebSocket takes over nobody else listens for errors.
    socket.on('error', () => socket.destroy());
  }

  slotOf(socket: Socket): Slot | undefined {
    return this.#slots.get(placeOf(socket));
  }

  destroyAll(): void {
    for (const { socket } of this.#slots.values()) socket.destroy();
  }

  /** Oldest first: a Map keeps the order of insertion. */
  #evict(candidates: readonly Slot[]): boolean {
    const silent = candidates.find(({ spoke }) => !spoke);
    if (silent === undefined) return false;
    this.#release(placeOf(silent.socket), silent);
    silent.socket.destroy();
    return true;
  }

  #release(place: string, slot: Slot): void {
    clearTimeout(slot.handshakeTimer);
    if (this.#slots.get(place) === slot) this.#slots.delete(place);
  }
}

function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? 0}`;
}

/** An IPv4 address that came over an IPv6 socket, as IPv4. */
function plainIp(ip: string): string {
  return ip.replace(/^::ffff:(?=\d+\.)/, '');
}

/**
 * Owns: the connections between hosts and the faults of the ways between them.
 * Does not own: what is said over them, or when a fault comes (sim/chaos). Behaves as TCP does:
 * order is kept within a connection, a blocked way holds bytes up instead of losing them, a host
 * without power ends nothing, and whoever sends to a connection that its host has forgotten is told
 * so.
 */
import { required } from '../core/base/assert.ts';
import type { Endpoint, PeerId } from '../core/net/endpoint.ts';
import type { Input } from '../core/node/ports.ts';
import type { Draws } from './draws.ts';
import type { FaultCounts } from './faults.ts';
import type { Parcel } from './pipe.ts';
import { Pipe } from './pipe.ts';
import type { Schedule } from './schedule.ts';
import { endpointOf, hostAt } from './world.ts';

/** A running process, as the wire sees it. */
interface Station {
  readonly host: number;
  readonly deliver: (input: Input) => void;
}

interface End {
  readonly station: Station;
  readonly peer: PeerId;
  isOpen: boolean;
}

interface Connection {
  readonly dialler: End;
  readonly listener: End;
  readonly toListener: Pipe;
  readonly toDialler: Pipe;
}

const DELAY_MIN_MS = 2;
const DELAY_MAX_MS = 80;
const DIAL_TIMEOUT_MS = 5000;
const EPHEMERAL_PORT = 40_000;

export class Wire {
  readonly #schedule: Schedule;
  readonly #draws: Draws;
  readonly #faults: FaultCounts;
  readonly #stations = new Map<number, Station>();
  readonly #connections = new Map<PeerId, Connection>();
  /** How many faults block the way from one host to another. */
  readonly #blocked = new Map<string, number>();
  #lastPeer = 0;

  constructor(options: {
    readonly schedule: Schedule;
    readonly draws: Draws;
    readonly faults: FaultCounts;
  }) {
    this.#schedule = options.schedule;
    this.#draws = options.draws;
    this.#faults = options.faults;
  }

  /** A process of this host runs from now on. */
  plugIn(host: number, deliver: (input: Input) => void): void {
    this.#stations.set(host, { host, deliver });
  }

  /** The process is gone. A silent end loses what was on its way out and tells nobody. */
  unplug(host: number, how: { readonly silent: boolean }): void {
    const station = this.#stations.get(host);
    this.#stations.delete(host);
    for (const [peer, connection] of [...this.#connections]) {
      const own = ownEnd(connection, peer);
      if (own.station !== station || !own.isOpen) continue;
      own.isOpen = false;
      const pipe = pipeFrom(connection, peer);
      if (how.silent) pipe.empty();
      else pipe.send({ kind: 'end' });
      this.#forgetIfOver(connection);
    }
  }

  /** Answered to the dialling process by `peer-connected` or `dial-failed`. */
  dial(from: number, endpoint: Endpoint): void {
    const dialler = required(this.#stations.get(from), 'only a running process dials');
    const to = hostAt(endpoint);
    const delayMs = this.#draws.between(DELAY_MIN_MS, DELAY_MAX_MS);
    const fail = (): void => this.#tell(dialler, { kind: 'dial-failed', endpoint });
    this.#schedule.after(delayMs, () => {
      const listener = this.#stations.get(to);
      if (this.#isBlocked(from, to) || this.#isBlocked(to, from)) {
        this.#countHeld(from, to);
        this.#schedule.after(DIAL_TIMEOUT_MS, fail);
      } else if (listener === undefined || !this.#isRunning(dialler)) {
        this.#schedule.after(delayMs, fail);
      } else {
        this.#connect({ dialler, listener, delayMs, endpoint });
      }
    });
  }

  send(peer: PeerId, bytes: Uint8Array): void {
    const connection = this.#connections.get(peer);
    if (connection === undefined || !ownEnd(connection, peer).isOpen) return;
    pipeFrom(connection, peer).send({ kind: 'message', bytes });
  }

  /** What was sent before still arrives. */
  close(peer: PeerId): void {
    const connection = this.#connections.get(peer);
    if (connection === undefined) return;
    const own = ownEnd(connection, peer);
    if (!own.isOpen) return;
    own.isOpen = false;
    pipeFrom(connection, peer).send({ kind: 'end' });
    this.#schedule.after(1, () => this.#tell(own.station, { kind: 'peer-closed', peer }));
    this.#forgetIfOver(connection);
  }

  // ---- faults --------------------------------------------------------------------------------

  /** Resets one connection, if there is any. */
  resetOne(draws: Draws): void {
    const live = [...new Set(this.#connections.values())].filter(
      ({ dialler, listener }) => dialler.isOpen && listener.isOpen,
    );
    if (live.length === 0) return;
    this.#faults.count('disconnect');
    const connection = draws.pick(live);
    connection.toDialler.empty();
    connection.toListener.empty();
    for (const end of [connection.dialler, connection.listener]) this.#endNow(end);
    this.#forgetIfOver(connection);
  }

  block(from: number, to: number): void {
    const key = wayKey(from, to);
    this.#blocked.set(key, (this.#blocked.get(key) ?? 0) + 1);
  }

  unblock(from: number, to: number): void {
    const key = wayKey(from, to);
    this.#blocked.set(key, (this.#blocked.get(key) ?? 1) - 1);
    if (this.#isBlocked(from, to)) return;
    for (const { dialler, listener, toDialler, toListener } of this.#connections.values()) {
      if (dialler.station.host === from && listener.station.host === to) toListener.resume();
      if (dialler.station.host === to && listener.station.host === from) toDialler.resume();
    }
  }

  // ---- connections ---------------------------------------------------------------------------

  #connect(options: {
    readonly dialler: Station;
    readonly listener: Station;
    readonly delayMs: number;
    readonly endpoint: Endpoint;
  }): void {
    const { delayMs, endpoint } = options;
    const dialler: End = { station: options.dialler, peer: ++this.#lastPeer, isOpen: true };
    const listener: End = { station: options.listener, peer: ++this.#lastPeer, isOpen: true };
    const connection: Connection = {
      dialler,
      listener,
      toListener: this.#createPipe(dialler, listener, delayMs),
      toDialler: this.#createPipe(listener, dialler, delayMs),
    };
    this.#connections.set(dialler.peer, connection);
    this.#connections.set(listener.peer, connection);
    const port = EPHEMERAL_PORT + dialler.peer;
    this.#tell(listener.station, {
      kind: 'peer-connected',
      peer: listener.peer,
      direction: 'inbound',
      remote: { ip: endpointOf(dialler.station.host).ip, port },
    });
    const { peer } = dialler;
    this.#schedule.after(delayMs, () => {
      const answer: Input = dialler.isOpen
        ? { kind: 'peer-connected', peer, direction: 'outbound', remote: endpoint }
        : { kind: 'dial-failed', endpoint };
      this.#tell(dialler.station, answer);
    });
  }

  #createPipe(from: End, to: End, delayMs: number): Pipe {
    const hosts = [from.station.host, to.station.host] as const;
    return new Pipe({
      schedule: this.#schedule,
      draws: this.#draws,
      delayMs,
      isBlocked: () => this.#isBlocked(...hosts),
      onHeld: () => this.#countHeld(...hosts),
      onArrival: (parcel) => this.#arrive({ from, to, parcel, delayMs }),
    });
  }

  #arrive(arrival: {
    readonly from: End;
    readonly to: End;
    readonly parcel: Parcel;
    readonly delayMs: number;
  }): void {
    const { from, to, parcel, delayMs } = arrival;
    if (to.isOpen) {
      if (parcel.kind === 'end') this.#endNow(to);
      else this.#tell(to.station, { kind: 'peer-message', peer: to.peer, bytes: parcel.bytes });
    } else if (this.#isAnotherRunning(to.station) && from.isOpen) {
      // The host has started again and knows nothing of this connection: it answers with a reset.
      this.#schedule.after(delayMs, () => this.#endNow(from));
    }
  }

  #endNow(end: End): void {
    if (!end.isOpen) return;
    end.isOpen = false;
    this.#tell(end.station, { kind: 'peer-closed', peer: end.peer });
    const connection = this.#connections.get(end.peer);
    if (connection !== undefined) this.#forgetIfOver(connection);
  }

  /** Pipes of a forgotten connection still empty themselves. */
  #forgetIfOver({ dialler, listener }: Connection): void {
    if (dialler.isOpen || listener.isOpen) return;
    this.#connections.delete(dialler.peer);
    this.#connections.delete(listener.peer);
  }

  #isRunning(station: Station): boolean {
    return this.#stations.get(station.host) === station;
  }

  #isAnotherRunning(station: Station): boolean {
    return this.#stations.has(station.host) && !this.#isRunning(station);
  }

  #tell(station: Station, input: Input): void {
    if (this.#isRunning(station)) station.deliver(input);
  }

  #isBlocked(from: number, to: number): boolean {
    return (this.#blocked.get(wayKey(from, to)) ?? 0) > 0;
  }

  #countHeld(from: number, to: number): void {
    const isBothWays = this.#isBlocked(from, to) && this.#isBlocked(to, from);
    this.#faults.count(isBothWays ? 'partition' : 'one-way-partition');
  }
}

function wayKey(from: number, to: number): string {
  return `${from}>${to}`;
}

function ownEnd({ dialler, listener }: Connection, peer: PeerId): End {
  return dialler.peer === peer ? dialler : listener;
}

function pipeFrom({ dialler, toListener, toDialler }: Connection, peer: PeerId): Pipe {
  return dialler.peer === peer ? toListener : toDialler;
}

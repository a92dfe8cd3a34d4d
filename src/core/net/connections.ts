/**
 * Owns: which connections there are: whom to dial, whom to let in, whose hello is good, who is kept
 * away.
 * Does not own: what is said after the hello. Layer 3. docs/protocol.md section 15, items 1 and 2.
 */
import type { Reject, Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { Hello } from '../codec/messages.ts';
import type { NetInput } from './border.ts';
import { consequenceOf } from './consequences.ts';
import type { MissingPeer } from './dialler.ts';
import { Dialler } from './dialler.ts';
import { Discouraged } from './discouraged.ts';
import type { Endpoint } from './endpoint.ts';
import { endpointToText } from './endpoint.ts';
import type { Environment } from './environment.ts';
import { chooseEvicted, groupOf } from './eviction.ts';
import type { Identity } from './handshake.ts';
import { checkHello, theirDialStays } from './handshake.ts';
import * as limits from './limits.ts';
import type { Peer } from './peers.ts';

type Connected = Extract<NetInput, { readonly kind: 'peer-connected' }>;

/** What becomes of a new socket. */
export type Admission =
  | { readonly kind: 'admitted'; readonly peer: Peer; readonly evicted: Peer | undefined }
  | { readonly kind: 'refused'; readonly code: string };

/** What becomes of a peer whose hello is acceptable. */
export type Greeting =
  /** `superseded`: the own dial to the same node, which has to end. */
  { readonly kind: 'welcome'; readonly superseded: Peer | undefined } | { readonly kind: 'cut' };

export class Connections {
  readonly #env: Environment;
  readonly #identity: Identity;
  readonly #dialler: Dialler;
  readonly #discouraged = new Discouraged();
  #cut: ReadonlySet<string> = new Set();

  constructor(env: Environment, identity: Identity) {
    this.#env = env;
    this.#identity = identity;
    this.#dialler = new Dialler(env.random);
  }

  deadlineMs(): number {
    let deadlineMs = this.#dialler.deadlineMs();
    for (const peer of this.#env.peers.all()) {
      if (peer.stage !== 'handshake') continue;
      deadlineMs = Math.min(deadlineMs, peer.connectedAtMs + limits.HANDSHAKE_TIMEOUT_MS);
    }
    return deadlineMs;
  }

  addTarget(endpoint: Endpoint, nowMs: number): void {
    this.#discouraged.forgive(endpoint);
    this.#dialler.add(endpoint, nowMs);
  }

  removeTarget(endpoint: Endpoint): void {
    this.#dialler.remove(endpoint);
  }

  dialFailed(endpoint: Endpoint, nowMs: number): void {
    this.#dialler.failed(endpoint, 'unreachable', nowMs);
  }

  /** Wanted peers that are not there. */
  missing(): readonly MissingPeer[] {
    return this.#dialler.missing().filter(({ endpoint }) => !this.#isConnected(endpoint));
  }

  /** Replaces the endpoints that are cut off; answers the peers that have to go. */
  setCut(endpoints: readonly Endpoint[], nowMs: number): readonly Peer[] {
    this.#cut = new Set(endpoints.map(endpointToText));
    this.#dialler.retryNow(nowMs);
    return this.#env.peers.all().filter(({ listens }) => listens && this.#isCut(listens));
  }

  /** Dials what is due. */
  dial(nowMs: number): void {
    const due = this.#dialler.due(nowMs, (endpoint) => {
      const isBarred = this.#isCut(endpoint) || this.#isConnected(endpoint);
      return isBarred ? Infinity : this.#discouraged.untilMs(endpoint);
    });
    for (const endpoint of due) this.#env.outbox.push({ kind: 'dial', endpoint });
  }

  /** Takes a new socket into the table, or says why not. */
  admit(input: Connected, nowMs: number): Admission {
    const { peer: id, direction, remote } = input;
    if (direction === 'outbound') {
      if (this.#isCut(remote)) return this.#refuseOwn(remote, 'cut', nowMs);
      if (this.#isConnected(remote)) return this.#refuseOwn(remote, 'handshake-duplicate', nowMs);
      this.#dialler.connected(remote);
      const peer = this.#env.peers.add({ id, direction, remote }, nowMs);
      return { kind: 'admitted', peer, evicted: undefined };
    }
    if (this.#discouraged.untilMs(remote) > nowMs) return { kind: 'refused', code: 'discouraged' };
    const inbound = this.#env.peers.all().filter((peer) => peer.direction === 'inbound');
    const group = groupOf({ id, remote });
    const alike = inbound.filter((peer) => groupOf(peer) === group);
    if (alike.length >= limits.INBOUND_PER_IP_MAX) return { kind: 'refused', code: 'full' };
    let evicted: Peer | undefined;
    if (inbound.length >= limits.INBOUND_MAX) {
      evicted = chooseEvicted(inbound);
      if (!evicted) return { kind: 'refused', code: 'full' };
    }
    return {
      kind: 'admitted',
      peer: this.#env.peers.add({ id, direction, remote }, nowMs),
      evicted,
    };
  }

  /** Judges a hello; the peer's listening endpoint and agent are noted when it is acceptable. */
  greet(peer: Peer, hello: Hello): Result<Greeting> {
    const verdict = checkHello(hello, this.#identity);
    if (!verdict.ok) return verdict;
    let superseded: Peer | undefined;
    if (peer.direction === 'inbound' && hello.listenPort > 0) {
      const endpoint: Endpoint = { ip: peer.remote.ip, port: hello.listenPort };
      if (this.#isCut(endpoint)) return ok({ kind: 'cut' });
      const own = this.#ownDial(endpoint);
      if (own.exists && !theirDialStays(hello, this.#identity)) {
        return reject('handshake-duplicate');
      }
      superseded = own.peer;
      peer.listens = endpoint;
    }
    peer.agent = hello.agent;
    return ok({ kind: 'welcome', superseded });
  }

  /** Peers that have not said hello in time. */
  overdue(nowMs: number): readonly Peer[] {
    return this.#env.peers.all().filter((peer) => {
      const deadlineMs = peer.connectedAtMs + limits.HANDSHAKE_TIMEOUT_MS;
      return peer.stage === 'handshake' && deadlineMs <= nowMs;
    });
  }

  /** Keeps a violator away for a while, where its kind of fault asks for it. */
  punish(peer: Peer, verdict: Reject, nowMs: number): void {
    if (consequenceOf(verdict.code) === 'punish') this.#discouraged.add(peer, nowMs);
  }

  /** Takes note that a connection has ended. */
  ended(peer: Peer, code: string, nowMs: number): void {
    if (peer.direction !== 'outbound') return;
    const heldMs = nowMs - peer.connectedAtMs;
    const wasGood = peer.stage === 'ready' && heldMs >= limits.HANDSHAKE_TIMEOUT_MS;
    if (wasGood) this.#dialler.succeeded(peer.remote);
    this.#dialler.failed(peer.remote, code, nowMs);
  }

  #refuseOwn(remote: Endpoint, code: string, nowMs: number): Admission {
    this.#dialler.failed(remote, code, nowMs);
    return { kind: 'refused', code };
  }

  #isCut(endpoint: Endpoint): boolean {
    return this.#cut.has(endpointToText(endpoint));
  }

  /** Whether some established peer listens there. */
  #isConnected(endpoint: Endpoint): boolean {
    const key = endpointToText(endpoint);
    return this.#env.peers.ready().some(({ listens }) => {
      return listens !== undefined && endpointToText(listens) === key;
    });
  }

  /** The own dial to an endpoint that has not led to a handshake yet. */
  #ownDial(endpoint: Endpoint): { readonly exists: boolean; readonly peer: Peer | undefined } {
    const key = endpointToText(endpoint);
    const peer = this.#env.peers.all().find((other) => {
      const isOwn = other.direction === 'outbound' && other.stage === 'handshake';
      return isOwn && endpointToText(other.remote) === key;
    });
    return { exists: peer !== undefined || this.#dialler.isDialling(endpoint), peer };
  }
}

/**
 * Owns: pings, the round trip they measure, and when silence means that a peer is gone.
 * Does not own: the time-outs of requests. Layer 3. docs/protocol.md section 15, item 10.
 */
import { equalBytes } from '../base/bytes.ts';
import type { Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import { messageType } from '../codec/messages.ts';
import { Bucket } from './bounded.ts';
import type { PeerId } from './endpoint.ts';
import type { Environment } from './environment.ts';
import * as limits from './limits.ts';
import type { Peer } from './peers.ts';
import { stateOf } from './peers.ts';

interface AliveState {
  /** The ping that is open. */
  ping: { readonly value: Uint8Array; readonly sentAtMs: number } | undefined;
  readonly pings: Bucket;
}

export class KeepAlive {
  readonly #env: Environment;
  readonly #states = new Map<PeerId, AliveState>();

  constructor(env: Environment) {
    this.#env = env;
  }

  /** Begins with a ping, so that a latency is known from the start. */
  addPeer(peer: Peer, nowMs: number): void {
    const rate = { burst: limits.PING_BURST, perSecond: limits.PINGS_PER_SECOND };
    const state: AliveState = { ping: undefined, pings: new Bucket(rate, nowMs) };
    this.#states.set(peer.id, state);
    this.#ping(peer, state, nowMs);
  }

  removePeer(id: PeerId): void {
    this.#states.delete(id);
  }

  deadlineMs(): number {
    let deadlineMs = Infinity;
    for (const peer of this.#env.peers.ready()) {
      const { ping } = stateOf(this.#states, peer);
      const isPinged = ping !== undefined && ping.sentAtMs > peer.heardAtMs;
      const spanMs = isPinged ? limits.DEAD_AFTER_SILENCE_MS : limits.PING_AFTER_SILENCE_MS;
      deadlineMs = Math.min(deadlineMs, peer.heardAtMs + spanMs);
    }
    return deadlineMs;
  }

  /** Answers a ping; too many are `message-flood`. */
  handlePing(peer: Peer, value: Uint8Array, nowMs: number): Result<undefined> {
    const { pings } = stateOf(this.#states, peer);
    if (!pings.take(1, nowMs)) return reject('message-flood', { type: messageType('ping') });
    this.#env.outbox.send(peer.id, { kind: 'pong', value });
    return PASSED;
  }

  handlePong(peer: Peer, value: Uint8Array, nowMs: number): void {
    const state = stateOf(this.#states, peer);
    if (!state.ping || !equalBytes(state.ping.value, value)) return;
    peer.latencyMs = Math.max(0, nowMs - state.ping.sentAtMs);
    state.ping = undefined;
  }

  /** Pings the silent; answers those that have been silent too long. */
  expire(nowMs: number): readonly Peer[] {
    return this.#env.peers.ready().filter((peer) => {
      // As sums, as `deadlineMs` states them: a difference may be rounded the other way.
      const isSilent = peer.heardAtMs + limits.PING_AFTER_SILENCE_MS <= nowMs;
      const state = stateOf(this.#states, peer);
      const isPinged = state.ping !== undefined && state.ping.sentAtMs > peer.heardAtMs;
      if (isSilent && !isPinged) this.#ping(peer, state, nowMs);
      return peer.heardAtMs + limits.DEAD_AFTER_SILENCE_MS <= nowMs;
    });
  }

  #ping(peer: Peer, state: AliveState, nowMs: number): void {
    const value = this.#env.random.bytes(8);
    state.ping = { value, sentAtMs: nowMs };
    this.#env.outbox.send(peer.id, { kind: 'ping', value });
  }
}

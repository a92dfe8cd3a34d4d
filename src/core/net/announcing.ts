/**
 * Owns: telling peers of transactions: what each is known to have, and what waits to be announced
 * to it.
 * Does not own: asking for what they announce (net/transaction-requests). Layer 3.
 * docs/protocol.md section 15, item 8.
 */
import type { TxId } from '../base/types.ts';
import { TRANSACTIONS_PER_MESSAGE_MAX } from '../codec/messages.ts';
import { BoundedSet } from './bounded.ts';
import type { PeerId } from './endpoint.ts';
import type { Environment } from './environment.ts';
import { ANNOUNCE_DELAY_MS, ANNOUNCE_QUEUE_MAX, KNOWN_PER_PEER_MAX } from './limits.ts';
import type { Peer } from './peers.ts';
import { stateOf } from './peers.ts';

interface AnnounceState {
  /** What it announced, sent or was told. */
  readonly known: BoundedSet<TxId>;
  readonly queue: BoundedSet<TxId>;
  flushAtMs: number;
}

export class Announcing {
  readonly #env: Environment;
  readonly #states = new Map<PeerId, AnnounceState>();

  constructor(env: Environment) {
    this.#env = env;
  }

  addPeer(peer: Peer): void {
    this.#states.set(peer.id, {
      known: new BoundedSet(KNOWN_PER_PEER_MAX),
      queue: new BoundedSet(ANNOUNCE_QUEUE_MAX),
      flushAtMs: Infinity,
    });
  }

  removePeer(id: PeerId): void {
    this.#states.delete(id);
  }

  deadlineMs(): number {
    let deadlineMs = Infinity;
    for (const { flushAtMs } of this.#states.values()) {
      deadlineMs = Math.min(deadlineMs, flushAtMs);
    }
    return deadlineMs;
  }

  /** The peer has these. */
  noteKnown(peer: Peer, ids: Iterable<TxId>): void {
    const { known, queue } = stateOf(this.#states, peer);
    for (const id of ids) {
      known.add(id);
      queue.delete(id);
    }
  }

  /** Queues ids for every peer not known to have them; with `again` for every peer. */
  announce(ids: readonly TxId[], how: { readonly again: boolean }, nowMs: number): void {
    for (const peer of this.#env.peers.ready()) {
      const state = stateOf(this.#states, peer);
      for (const id of ids) {
        if (how.again || !state.known.has(id)) state.queue.add(id);
      }
      if (state.queue.size > 0)
        state.flushAtMs = Math.min(state.flushAtMs, nowMs + ANNOUNCE_DELAY_MS);
    }
  }

  /** Sends what has waited long enough, or fills a message. */
  flush(nowMs: number): void {
    for (const peer of this.#env.peers.ready()) {
      const state = stateOf(this.#states, peer);
      if (state.flushAtMs > nowMs && state.queue.size < TRANSACTIONS_PER_MESSAGE_MAX) continue;
      const ids = [...state.queue].filter((id) => this.#env.pool.has(id));
      state.queue.clear();
      state.flushAtMs = Infinity;
      for (const id of ids) state.known.add(id);
      for (let i = 0; i < ids.length; i += TRANSACTIONS_PER_MESSAGE_MAX) {
        const part = ids.slice(i, i + TRANSACTIONS_PER_MESSAGE_MAX);
        this.#env.outbox.send(peer.id, { kind: 'inventory', ids: part });
      }
    }
  }
}

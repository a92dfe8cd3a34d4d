/**
 * Owns: asking for announced transactions: one peer at a time for each, the next when it does not
 * deliver.
 * Does not own: announcing (net/announcing) or judging what comes (core/node). Layer 3.
 * docs/protocol.md section 15, item 8.
 */
import type { Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { TxId } from '../base/types.ts';
import { TRANSACTIONS_PER_MESSAGE_MAX, messageType } from '../codec/messages.ts';
import type { Transaction } from '../codec/transaction.ts';
import { decodeTransaction } from '../codec/transaction.ts';
import { BoundedSet, Bucket, firstOf } from './bounded.ts';
import type { PeerId } from './endpoint.ts';
import type { Environment } from './environment.ts';
import * as limits from './limits.ts';
import type { Peer } from './peers.ts';
import { stateOf } from './peers.ts';

interface RequestState {
  /** Announced by this peer, not yet asked of it; oldest first. */
  readonly candidates: BoundedSet<TxId>;
  /** Asked of it, with deadlines, oldest first. */
  readonly inFlight: Map<TxId, number>;
  /** Part of `inFlight` that is yet to be sent. */
  readonly due: Set<TxId>;
  readonly unrequested: Bucket;
  /** Whether candidates may have become free to ask for. */
  hasNews: boolean;
}

export class TransactionRequests {
  readonly #env: Environment;
  readonly #states = new Map<PeerId, RequestState>();
  /** Whom each transaction in flight is asked of. */
  readonly #askedOf = new Map<TxId, PeerId>();
  readonly #refused = new BoundedSet<TxId>(limits.REFUSED_REMEMBERED_MAX);

  constructor(env: Environment) {
    this.#env = env;
  }

  addPeer(peer: Peer, nowMs: number): void {
    const rate = {
      burst: limits.UNREQUESTED_BYTES_BURST,
      perSecond: limits.UNREQUESTED_BYTES_PER_SECOND,
    };
    this.#states.set(peer.id, {
      candidates: new BoundedSet(limits.CANDIDATES_PER_PEER_MAX),
      inFlight: new Map(),
      due: new Set(),
      unrequested: new Bucket(rate, nowMs),
      hasNews: false,
    });
  }

  /** Forgets a peer that left; what was asked of it goes to the next announcer. */
  removePeer(id: PeerId, nowMs: number): void {
    const state = this.#states.get(id);
    this.#states.delete(id);
    for (const asked of state?.inFlight.keys() ?? []) this.#release(id, asked, nowMs);
  }

  deadlineMs(): number {
    let deadlineMs = Infinity;
    for (const { inFlight } of this.#states.values()) {
      deadlineMs = Math.min(deadlineMs, firstOf(inFlight.values()) ?? Infinity);
    }
    return deadlineMs;
  }

  candidateCount(peer: Peer): number {
    return stateOf(this.#states, peer).candidates.size;
  }

  /** Notes what a peer announced. */
  announced(peer: Peer, ids: readonly TxId[]): void {
    const state = stateOf(this.#states, peer);
    for (const id of ids) {
      if (this.#env.pool.has(id) || this.#refused.has(id) || state.inFlight.has(id)) continue;
      state.candidates.add(id);
      state.hasNews = true;
    }
  }

  /** Takes delivered transactions (T1, T2); too many that nobody asked for are `message-flood`. */
  delivered(
    peer: Peer,
    items: readonly Uint8Array[],
    nowMs: number,
  ): Result<readonly Transaction[]> {
    const state = stateOf(this.#states, peer);
    const transactions: Transaction[] = [];
    for (const item of items) {
      // A copy of its own: the transaction may outlive the message by days.
      const decoded = decodeTransaction(item.slice());
      if (!decoded.ok) return decoded;
      const transaction = decoded.value;
      if (!state.inFlight.delete(transaction.id) && !state.unrequested.take(item.length, nowMs)) {
        return reject('message-flood', { type: messageType('transactions') });
      }
      this.#settle(transaction.id);
      transactions.push(transaction);
    }
    state.hasNews = true;
    peer.transactionAtMs = nowMs;
    return ok(transactions);
  }

  /** The peer lacks what it was asked for: the next announcer is asked. Never a fault. */
  missing(peer: Peer, ids: readonly TxId[], nowMs: number): void {
    const state = stateOf(this.#states, peer);
    for (const id of ids) {
      if (state.inFlight.delete(id)) this.#release(peer.id, id, nowMs);
    }
    state.hasNews = true;
  }

  /** The node refused it: it is not asked for again before the next tip. */
  refused(id: TxId): void {
    this.#refused.add(id);
    for (const { candidates } of this.#states.values()) candidates.delete(id);
  }

  /** A new tip may change any verdict that depends on state. */
  forgetRefusals(): void {
    this.#refused.clear();
  }

  /** Gives up on overdue requests; nobody is blamed. */
  expire(nowMs: number): void {
    for (const [peer, state] of this.#states) {
      for (const [id, deadlineMs] of state.inFlight) {
        if (deadlineMs > nowMs) break;
        state.inFlight.delete(id);
        this.#release(peer, id, nowMs);
        state.hasNews = true;
      }
    }
  }

  /** Asks for what is announced, not here and not asked of anybody. */
  request(nowMs: number): void {
    if (this.#env.chain.backlogBytes() >= limits.BACKLOG_BYTES_MAX) return;
    for (const peer of this.#env.peers.ready()) {
      const state = stateOf(this.#states, peer);
      if (state.hasNews) this.#requestFrom(peer, state, nowMs);
      state.hasNews = false;
    }
  }

  #requestFrom(peer: Peer, state: RequestState, nowMs: number): void {
    const ids = [...state.due];
    state.due.clear();
    for (const id of state.candidates) {
      if (state.inFlight.size >= limits.TRANSACTIONS_IN_FLIGHT_PER_PEER_MAX) break;
      if (this.#env.pool.has(id)) state.candidates.delete(id);
      else if (!this.#askedOf.has(id)) {
        this.#ask({ peer: peer.id, state, id }, nowMs);
        ids.push(id);
      }
    }
    for (let i = 0; i < ids.length; i += TRANSACTIONS_PER_MESSAGE_MAX) {
      const part = ids.slice(i, i + TRANSACTIONS_PER_MESSAGE_MAX);
      this.#env.outbox.send(peer.id, { kind: 'get-transactions', ids: part });
    }
  }

  /** It has come: nobody else need be asked. */
  #settle(id: TxId): void {
    this.#askedOf.delete(id);
    for (const { candidates } of this.#states.values()) candidates.delete(id);
  }

  #ask(
    request: { readonly peer: PeerId; readonly state: RequestState; readonly id: TxId },
    nowMs: number,
  ): void {
    const { peer, state, id } = request;
    state.candidates.delete(id);
    state.inFlight.set(id, nowMs + limits.TRANSACTION_TIMEOUT_MS);
    this.#askedOf.set(id, peer);
  }

  /**
   * Turns to one of the other announcers, drawn at random, so that nobody can arrange to be next.
   */
  #release(peer: PeerId, id: TxId, nowMs: number): void {
    if (this.#askedOf.get(id) !== peer) return;
    this.#askedOf.delete(id);
    const others = [...this.#states].filter(([other, state]) => {
      const isFull = state.inFlight.size >= limits.TRANSACTIONS_IN_FLIGHT_PER_PEER_MAX;
      return other !== peer && state.candidates.has(id) && !isFull;
    });
    if (others.length === 0) return;
    const next = others[this.#env.random.below(others.length)];
    if (!next) return;
    const [other, state] = next;
    this.#ask({ peer: other, state, id }, nowMs);
    state.due.add(id);
    state.hasNews = true;
  }
}

/**
 * Owns: the parts that speak with peers after the hello, side by side: who joins, which message is
 * whose, what is due.
 * Does not own: connections and verdicts on peers (net/conversation) or any topic itself. Layer 3.
 */
import { assertNever } from '../base/assert.ts';
import type { Now } from '../base/now.ts';
import type { Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import type { Message, UnknownMessage } from '../codec/messages.ts';
import { messageType } from '../codec/messages.ts';
import { Announcing } from './announcing.ts';
import { BlockDownload } from './block-download.ts';
import type { PeerId } from './endpoint.ts';
import type { Environment } from './environment.ts';
import { HeaderBranches } from './header-branches.ts';
import { HeaderSync } from './header-sync.ts';
import { KeepAlive } from './keep-alive.ts';
import { UNKNOWN_MESSAGES_MAX } from './limits.ts';
import type { Peer } from './peers.ts';
import { PoolWalk } from './pool-walk.ts';
import { Serving } from './serving.ts';
import { TransactionRequests } from './transaction-requests.ts';

/** A peer that did not answer in time: it leaves, without blame. */
export interface Late {
  readonly peer: Peer;
  readonly code: 'timed-out' | 'stalled';
}

export class Topics {
  readonly branches: HeaderBranches;
  readonly headers: HeaderSync;
  readonly download: BlockDownload;
  readonly announcing: Announcing;
  readonly requests: TransactionRequests;
  readonly #env: Environment;
  readonly #serving: Serving;
  readonly #poolWalk: PoolWalk;
  readonly #keepAlive: KeepAlive;
  readonly #unknownCounts = new Map<PeerId, number>();

  constructor(env: Environment) {
    this.#env = env;
    this.branches = new HeaderBranches(env.chain);
    this.headers = new HeaderSync(env, this.branches);
    this.download = new BlockDownload(env, this.branches);
    this.announcing = new Announcing(env);
    this.requests = new TransactionRequests(env);
    this.#serving = new Serving(env);
    this.#poolWalk = new PoolWalk(env);
    this.#keepAlive = new KeepAlive(env);
  }

  addPeer(peer: Peer, nowMs: number): void {
    this.#unknownCounts.set(peer.id, 0);
    this.headers.addPeer(peer, nowMs);
    this.download.addPeer(peer);
    this.announcing.addPeer(peer);
    this.requests.addPeer(peer, nowMs);
    this.#serving.addPeer(peer, nowMs);
    this.#poolWalk.addPeer(peer);
    this.#keepAlive.addPeer(peer, nowMs);
  }

  removePeer(id: PeerId, nowMs: number): void {
    this.#unknownCounts.delete(id);
    this.headers.removePeer(id);
    this.download.removePeer(id);
    this.announcing.removePeer(id);
    this.requests.removePeer(id, nowMs);
    this.#serving.removePeer(id);
    this.#poolWalk.removePeer(id);
    this.#keepAlive.removePeer(id);
  }

  deadlineMs(): number {
    return Math.min(
      this.headers.deadlineMs(),
      this.download.deadlineMs(),
      this.announcing.deadlineMs(),
      this.requests.deadlineMs(),
      this.#serving.deadlineMs(),
      this.#keepAlive.deadlineMs(),
    );
  }

  /** Gives up on what is overdue; answers the peers that have to leave. */
  expire(nowMs: number): readonly Late[] {
    this.requests.expire(nowMs);
    const silent = this.#keepAlive.expire(nowMs);
    const stalled = [...this.headers.overdue(nowMs), ...this.download.expire(nowMs)];
    return [
      ...silent.map((peer): Late => ({ peer, code: 'timed-out' })),
      ...stalled.map((peer): Late => ({ peer, code: 'stalled' })),
    ];
  }

  /** Asks, answers and announces what the present state calls for. */
  settle(nowMs: number): void {
    this.branches.settle(this.headers.branchFacts());
    this.headers.chase(nowMs);
    this.download.schedule(nowMs);
    this.requests.request(nowMs);
    this.#poolWalk.ask((peer) => this.requests.candidateCount(peer));
    this.announcing.flush(nowMs);
    this.#serving.serve(nowMs);
  }

  /** Hands a ready peer's message to its topic. */
  take(peer: Peer, message: Message | UnknownMessage, now: Now): Result<undefined> {
    const nowMs = now.monotonicMs;
    switch (message.kind) {
      case 'unknown':
        return this.#countUnknown(peer, message.type);
      case 'hello':
        return reject('message-unexpected', { type: messageType('hello') });
      case 'goodbye':
        return PASSED;
      case 'ping':
        return this.#keepAlive.handlePing(peer, message.value, nowMs);
      case 'pong':
        this.#keepAlive.handlePong(peer, message.value, nowMs);
        return PASSED;
      case 'get-headers':
        return this.#serving.askHeaders(peer, message.ids);
      case 'headers':
        return this.headers.handleHeaders(peer, message, now);
      case 'get-blocks':
        return this.#serving.askBlocks(peer, message.ids);
      case 'block':
        return this.#takeBlock(peer, message.bytes, nowMs);
      case 'blocks-missing':
        this.download.handleMissing(peer, message.ids, nowMs);
        return PASSED;
      case 'new-tip':
        return this.headers.handleNewTip(peer, message, now);
      case 'inventory':
        this.announcing.noteKnown(peer, message.ids);
        this.requests.announced(peer, message.ids);
        return PASSED;
      case 'get-transactions':
        return this.#serving.askTransactions(peer, message.ids);
      case 'transactions':
        return this.#takeTransactions(peer, message.items, nowMs);
      case 'transactions-missing':
        this.requests.missing(peer, message.ids, nowMs);
        return PASSED;
      case 'get-pool':
        return this.#serving.askPool(peer, message.after);
      case 'pool': {
        const page = this.#poolWalk.handlePage(peer, message.ids);
        if (!page.ok) return page;
        this.announcing.noteKnown(peer, message.ids);
        this.requests.announced(peer, message.ids);
        return PASSED;
      }
      default:
        return assertNever(message);
    }
  }

  #countUnknown(peer: Peer, type: number): Result<undefined> {
    const count = (this.#unknownCounts.get(peer.id) ?? 0) + 1;
    this.#unknownCounts.set(peer.id, count);
    return count > UNKNOWN_MESSAGES_MAX ? reject('message-flood', { type }) : PASSED;
  }

  #takeBlock(peer: Peer, bytes: Uint8Array, nowMs: number): Result<undefined> {
    const delivered = this.download.handleBlock(peer, bytes, nowMs);
    if (!delivered.ok) return delivered;
    if (delivered.value) {
      this.#env.outbox.push({ kind: 'block', peer: peer.id, ...delivered.value });
    }
    return PASSED;
  }

  #takeTransactions(peer: Peer, items: readonly Uint8Array[], nowMs: number): Result<undefined> {
    const delivered = this.requests.delivered(peer, items, nowMs);
    if (!delivered.ok) return delivered;
    const transactions = delivered.value;
    this.announcing.noteKnown(
      peer,
      transactions.map(({ id }) => id),
    );
    this.#env.outbox.push({ kind: 'transactions', peer: peer.id, transactions });
    return PASSED;
  }
}

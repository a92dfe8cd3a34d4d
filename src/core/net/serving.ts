/**
 * Owns: answering peers' questions for headers, blocks, transactions and the pool, within a budget
 * per peer.
 * Does not own: asking such questions (net/header-sync, net/block-download,
 * net/transaction-requests). Layer 3. docs/protocol.md section 15, items 3, 6, 8 and 9.
 */
import type { Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import type { BlockId, TxId } from '../base/types.ts';
import type { Message, MessageKind } from '../codec/messages.ts';
import {
  TRANSACTIONS_MESSAGE_SIZE_MAX,
  TRANSACTIONS_PER_MESSAGE_MAX,
  messageType,
} from '../codec/messages.ts';
import { encodeMessage } from '../codec/messages.ts';
import { Bucket } from './bounded.ts';
import type { PeerId } from './endpoint.ts';
import type { Environment } from './environment.ts';
import * as limits from './limits.ts';
import { headersAfter } from './locator.ts';
import type { Peer } from './peers.ts';
import { stateOf } from './peers.ts';

/** A question as it waits; a get-blocks is parted, since each of its answers is large. */
type Question =
  | { readonly kind: 'headers'; readonly locator: readonly BlockId[] }
  | { readonly kind: 'block'; readonly id: BlockId }
  | { readonly kind: 'transactions'; readonly ids: readonly TxId[] }
  | { readonly kind: 'pool'; readonly after: TxId };

interface ServeState {
  readonly budget: Bucket;
  readonly queue: Question[];
  /** Where the peer's one walk through the pool stands; undefined when it has ended. */
  poolAfter: TxId | undefined;
}

/** Before the first id of a pool. */
export const POOL_START: TxId = '0'.repeat(64) as TxId;
/** type u8, count u16. */
const BUNDLE_HEAD_SIZE = 3;
const ITEM_HEAD_SIZE = 2;

export class Serving {
  readonly #env: Environment;
  readonly #states = new Map<PeerId, ServeState>();
  #deadlineMs = Infinity;

  constructor(env: Environment) {
    this.#env = env;
  }

  addPeer(peer: Peer, nowMs: number): void {
    const rate = { burst: limits.SERVE_BYTES_BURST, perSecond: limits.SERVE_BYTES_PER_SECOND };
    const budget = new Bucket(rate, nowMs);
    this.#states.set(peer.id, { budget, queue: [], poolAfter: POOL_START });
  }

  removePeer(id: PeerId): void {
    this.#states.delete(id);
  }

  /** When the budget of a peer with open questions is there again. */
  deadlineMs(): number {
    return this.#deadlineMs;
  }

  askHeaders(peer: Peer, locator: readonly BlockId[]): Result<undefined> {
    return this.#queue(peer, [{ kind: 'headers', locator }], 'get-headers');
  }

  /** What is not served is answered at once; the rest waits for the budget. */
  askBlocks(peer: Peer, ids: readonly BlockId[]): Result<undefined> {
    const wanted = [...new Set(ids)];
    const served = wanted.filter((id) => this.#isServed(id));
    const missing = wanted.filter((id) => !served.includes(id));
    this.#sendMissing(peer, missing);
    return this.#queue(
      peer,
      served.map((id) => ({ kind: 'block', id })),
      'get-blocks',
    );
  }

  askTransactions(peer: Peer, ids: readonly TxId[]): Result<undefined> {
    return this.#queue(
      peer,
      [{ kind: 'transactions', ids: [...new Set(ids)] }],
      'get-transactions',
    );
  }

  /** One walk per connection, forwards only: anything else is `message-flood`. */
  askPool(peer: Peer, after: TxId): Result<undefined> {
    const state = stateOf(this.#states, peer);
    if (state.poolAfter !== after) return flood('get-pool');
    state.poolAfter = undefined;
    return this.#queue(peer, [{ kind: 'pool', after }], 'get-pool');
  }

  /** Answers what the budgets allow, each peer's questions in order. */
  serve(nowMs: number): void {
    this.#deadlineMs = Infinity;
    for (const peer of this.#env.peers.ready()) {
      const state = stateOf(this.#states, peer);
      while (state.queue.length > 0 && state.budget.openAtMs(nowMs) <= nowMs) {
        const question = state.queue.shift() as Question;
        const sizeBytes = this.#answer(peer, state, question);
        state.budget.spend(Math.max(sizeBytes, limits.SERVE_COST_MIN), nowMs);
      }
      if (state.queue.length === 0) continue;
      this.#deadlineMs = Math.min(this.#deadlineMs, state.budget.openAtMs(nowMs));
    }
  }

  #queue(peer: Peer, questions: readonly Question[], kind: MessageKind): Result<undefined> {
    const { queue } = stateOf(this.#states, peer);
    if (queue.length + questions.length > limits.SERVE_QUEUE_MAX) return flood(kind);
    queue.push(...questions);
    return PASSED;
  }

  /** Sends the answer and tells its size. */
  #answer(peer: Peer, state: ServeState, question: Question): number {
    const { chain, pool } = this.#env;
    switch (question.kind) {
      case 'headers': {
        const headers = headersAfter(chain, question.locator);
        return this.#send(peer, { kind: 'headers', tip: chain.tip(), headers });
      }
      case 'block': {
        const bytes = chain.blockBytes(question.id);
        if (bytes) return this.#send(peer, { kind: 'block', bytes });
        return this.#sendMissing(peer, [question.id]);
      }
      case 'transactions':
        return this.#sendTransactions(peer, question.ids);
      case 'pool': {
        const ids = pool.page(question.after, TRANSACTIONS_PER_MESSAGE_MAX);
        if (ids.length === TRANSACTIONS_PER_MESSAGE_MAX) state.poolAfter = ids.at(-1);
        return this.#send(peer, { kind: 'pool', ids });
      }
    }
  }

  #send(peer: Peer, message: Message): number {
    const bytes = encodeMessage(message);
    this.#env.outbox.push({ kind: 'send', peer: peer.id, bytes });
    return bytes.length;
  }

  #sendMissing(peer: Peer, ids: readonly BlockId[]): number {
    return ids.length === 0 ? 0 : this.#send(peer, { kind: 'blocks-missing', ids });
  }

  #sendTransactions(peer: Peer, ids: readonly TxId[]): number {
    const missing: TxId[] = [];
    let sizeBytes = 0;
    let bundle: Uint8Array[] = [];
    let bundleBytes = BUNDLE_HEAD_SIZE;
    const flush = (): void => {
      if (bundle.length > 0) sizeBytes += this.#send(peer, { kind: 'transactions', items: bundle });
      bundle = [];
      bundleBytes = BUNDLE_HEAD_SIZE;
    };
    for (const id of ids) {
      const bytes = this.#env.pool.bytes(id);
      if (!bytes) {
        missing.push(id);
        continue;
      }
      const itemBytes = ITEM_HEAD_SIZE + bytes.length;
      if (bundleBytes + itemBytes > TRANSACTIONS_MESSAGE_SIZE_MAX) flush();
      bundle.push(bytes);
      bundleBytes += itemBytes;
    }
    flush();
    if (missing.length === 0) return sizeBytes;
    return sizeBytes + this.#send(peer, { kind: 'transactions-missing', ids: missing });
  }

  /** The connected chain, and what was on it until lately. */
  #isServed(id: BlockId): boolean {
    const { chain } = this.#env;
    const info = chain.find(id);
    if (!info?.hasBody) return false;
    if (info.onMain) return true;
    const leftAt = chain.disconnectedAt(id);
    return leftAt !== undefined && chain.tip().height - leftAt <= limits.SIDE_BLOCKS_SERVED_DEPTH;
  }
}

function flood(kind: MessageKind): Result<undefined> {
  return reject('message-flood', { type: messageType(kind) });
}

/**
 * Owns: learning a peer's pool once per connection, page by page.
 * Does not own: asking for the transactions (net/transaction-requests) or serving pages
 * (net/serving). Layer 3. docs/protocol.md section 15, item 9.
 */
import type { Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import type { TxId } from '../base/types.ts';
import { TRANSACTIONS_PER_MESSAGE_MAX, messageType } from '../codec/messages.ts';
import type { PeerId } from './endpoint.ts';
import type { Environment } from './environment.ts';
import { POOL_PAGES_MAX, POOL_PAGE_CANDIDATES_MAX } from './limits.ts';
import type { Peer } from './peers.ts';
import { stateOf } from './peers.ts';
import { POOL_START } from './serving.ts';

interface WalkState {
  /** `due`: the next page is to be asked for; `asked`: it is on its way; `done`: no more. */
  stage: 'due' | 'asked' | 'done';
  after: TxId;
  pageCount: number;
}

export class PoolWalk {
  readonly #env: Environment;
  readonly #states = new Map<PeerId, WalkState>();

  constructor(env: Environment) {
    this.#env = env;
  }

  addPeer(peer: Peer): void {
    this.#states.set(peer.id, { stage: 'due', after: POOL_START, pageCount: 0 });
  }

  removePeer(id: PeerId): void {
    this.#states.delete(id);
  }

  /** Takes a page; unasked it is `message-unexpected`, out of order `message-malformed`. */
  handlePage(peer: Peer, ids: readonly TxId[]): Result<undefined> {
    const state = stateOf(this.#states, peer);
    const facts = { type: messageType('pool') };
    if (state.stage !== 'asked') return reject('message-unexpected', facts);
    const [first] = ids;
    if (first !== undefined && first <= state.after) return reject('message-malformed', facts);
    state.pageCount += 1;
    state.after = ids.at(-1) ?? state.after;
    const hasMore = ids.length === TRANSACTIONS_PER_MESSAGE_MAX;
    state.stage = hasMore && state.pageCount < POOL_PAGES_MAX ? 'due' : 'done';
    return PASSED;
  }

  /**
   * Asks peers that are not ahead for their next page, when what they announced so far has been
   * worked off.
   */
  ask(candidateCount: (peer: Peer) => number): void {
    const { chain, outbox, peers } = this.#env;
    for (const peer of peers.ready()) {
      const state = stateOf(this.#states, peer);
      if (state.stage !== 'due' || candidateCount(peer) > POOL_PAGE_CANDIDATES_MAX) continue;
      // Until the own chain has caught up, most of its pool would only be refused.
      if (peer.claimed && peer.claimed.work > chain.tip().work) continue;
      state.stage = 'asked';
      outbox.send(peer.id, { kind: 'get-pool', after: state.after });
    }
  }
}

/**
 * Owns: what the desks of a node share, and what a signature job is for.
 * Does not own: any of the parts. Layer 4.
 */
import type { Now } from '../base/now.ts';
import type { Chain } from '../chain/chain.ts';
import type { Mempool } from '../chain/mempool.ts';
import type { Conversation } from '../net/conversation.ts';
import type { PendingBlock } from './block-intake.ts';
import type { EffectList } from './effects.ts';
import type { Submitter } from './transaction-intake.ts';
import type { VerificationQueue } from './verification.ts';

export type Purpose =
  | { readonly kind: 'transactions'; readonly submitter: Submitter }
  | { readonly kind: 'block'; readonly pending: PendingBlock };

export interface NodeParts {
  readonly chain: Chain;
  readonly pool: Mempool;
  readonly net: Conversation;
  readonly verification: VerificationQueue<Purpose>;
  readonly effects: EffectList;
  /** The time of the present step. */
  readonly now: () => Now;
}

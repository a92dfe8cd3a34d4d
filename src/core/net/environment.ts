/**
 * Owns: what every part of the conversation is given at its start.
 * Does not own: the parts. Layer 3.
 */
import type { Random } from '../base/random.ts';
import type { BlockId } from '../base/types.ts';
import type { Params } from '../rules/params.ts';
import type { ChainView, PoolView } from './chain-view.ts';
import type { Outbox } from './outbox.ts';
import type { Peers } from './peers.ts';

export interface Environment {
  readonly networkId: BlockId;
  readonly params: Params;
  readonly chain: ChainView;
  readonly pool: PoolView;
  readonly random: Random;
  readonly outbox: Outbox;
  readonly peers: Peers;
}

/**
 * Owns: what the API needs of the node behind it. Implemented by the composition root and by tests.
 * Does not own: any behaviour; reads are those of core/node/view.
 */
import type { Result } from '../core/base/rejects.ts';
import type { Address, BlockId, Height } from '../core/base/types.ts';
import type { Endpoint, PeerId } from '../core/net/endpoint.ts';
import type { Reply } from '../core/node/ports.ts';
import type { NodeView } from '../core/node/view.ts';
import type { Network } from '../core/rules/network.ts';

export type AcceptedTransaction = Extract<Reply, { readonly kind: 'transaction-accepted' }>;
export type AcceptedBlock = Extract<Reply, { readonly kind: 'block-accepted' }>;
export type TemplateReply = Extract<Reply, { readonly kind: 'template' | 'no-template' }>;

/** When the node mines by itself, and for whom. */
export type MiningPlan =
  | { readonly mode: 'off' }
  | { readonly mode: 'on-tx' | 'continuous'; readonly payTo: Address }
  | { readonly mode: 'interval'; readonly payTo: Address; readonly intervalMs: number };

export interface MinedBlocks {
  readonly blocks: readonly { readonly id: BlockId; readonly height: Height }[];
  readonly hashes: number;
  readonly seconds: number;
}

export interface MinerAccess {
  plan(): MiningPlan;
  /** Hashes per second now; 0 while nothing is mined. */
  hashRate(): number;
  setPlan(plan: MiningPlan): void;
  /** Mines blocks one after another; ends early, with what it has, when `signal` aborts. */
  mine(options: {
    readonly count: number;
    readonly payTo: Address;
    readonly signal: AbortSignal;
  }): Promise<MinedBlocks>;
}

/** What stays the same while a node runs. */
export interface NodeAbout {
  readonly version: string;
  readonly agent: string;
  readonly pid: number;
  readonly datadir: string;
  readonly startedAtMs: number;
  /** Undefined when it accepts no peers. */
  readonly p2pUrl: string | undefined;
  /** Whether fault controls exist. */
  readonly lab: boolean;
}

export interface NodeAccess {
  readonly about: NodeAbout;
  readonly miner: MinerAccess;
  readonly network: Network;
  /** Runs `read` on the state between two steps; it answers values and keeps nothing of the view. */
  read<T>(read: (view: NodeView) => T): Promise<T>;
  /** Bytes on the wire of an open connection; undefined when it is gone. */
  traffic(peer: PeerId): { readonly bytesIn: number; readonly bytesOut: number } | undefined;
  /** The wall clock. */
  nowMs(): number;
  submitTransaction(bytes: Uint8Array): Promise<Result<AcceptedTransaction>>;
  submitBlock(bytes: Uint8Array): Promise<Result<AcceptedBlock>>;
  requestTemplate(payTo: Address): Promise<Result<TemplateReply>>;
  addPeer(endpoint: Endpoint): void;
  dropPeer(peer: PeerId): void;
  setCut(endpoints: readonly Endpoint[]): void;
  /** Begins an orderly end of the process; answers given before it still go out. */
  stop(): void;
}

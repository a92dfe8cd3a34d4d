/**
 * Owns: what the API needs of the node behind it. Implemented by the composition root and by tests.
 * Does not own: any behaviour; reads are those of core/node/view.
 */
import type { Result } from '../core/base/rejects.ts';
import type { Address } from '../core/base/types.ts';
import type { Place } from '../core/chain/records.ts';
import type { Endpoint, PeerId } from '../core/net/endpoint.ts';
import type { Reply } from '../core/node/ports.ts';
import type { NodeView } from '../core/node/view.ts';
import type { Network } from '../core/rules/network.ts';
import type { MiningController } from '../io/mining-controller.ts';
import type { EventStream } from './event-stream.ts';
import type { PeerUrl } from './peer-url.ts';

export type AcceptedTransaction = Extract<Reply, { readonly kind: 'transaction-accepted' }>;
export type AcceptedBlock = Extract<Reply, { readonly kind: 'block-accepted' }>;
export type TemplateReply = Extract<Reply, { readonly kind: 'template' | 'no-template' }>;

/** The part of the miner that callers steer. */
export type MinerAccess = Pick<MiningController, 'plan' | 'hashRate' | 'setPlan' | 'mine'>;

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

/** A link that this node dials and that is slow in each direction. */
export interface LinkDelay {
  readonly endpoint: Endpoint;
  readonly delayMs: number;
}

export interface PlacesPage {
  readonly before: Place | undefined;
  readonly limit: number;
}

export interface NodeAccess {
  readonly about: NodeAbout;
  readonly miner: MinerAccess;
  readonly network: Network;
  /**
   * Runs `read` on the state between two steps; it answers values and keeps nothing of the view.
   */
  read<T>(read: (view: NodeView) => T): Promise<T>;
  /**
   * The last places that concern an account, highest first: those before `before`, at most `limit`.
   * As the ledger is stored; whether the connected chain has them still shows when one is read.
   */
  placesOf(address: Address, page: PlacesPage): Promise<readonly Place[]>;
  /** Bytes on the wire of an open connection; undefined when it is gone. */
  traffic(peer: PeerId): { readonly bytesIn: number; readonly bytesOut: number } | undefined;
  /** Bytes on the wire since the start, over all peers. */
  trafficTotals(): { readonly bytesIn: number; readonly bytesOut: number };
  /** Transactions whose signatures are being verified. */
  verificationBacklog(): number;
  /** What has happened, numbered. */
  readonly events: EventStream;
  /** The wall clock. */
  nowMs(): number;
  submitTransaction(bytes: Uint8Array): Promise<Result<AcceptedTransaction>>;
  submitBlock(bytes: Uint8Array): Promise<Result<AcceptedBlock>>;
  requestTemplate(payTo: Address): Promise<Result<TemplateReply>>;
  addPeer(peer: PeerUrl): void;
  dropPeer(peer: PeerId): void;
  setCut(endpoints: readonly Endpoint[]): void;
  setDelays(delays: readonly LinkDelay[]): void;
  /** Begins an orderly end of the process; answers given before it still go out. */
  stop(): void;
}

/**
 * Owns: the numbered events of a node as JSON: topics, shapes, and what a reader is told of gaps.
 * Does not own: making them (api/event-json) or keeping them (api/event-stream).
 */
import type { BlockRefJson } from './results.ts';

export const TOPICS = ['tip', 'block', 'tx', 'reorg', 'peer'] as const;

export type Topic = (typeof TOPICS)[number];

/** The connected tip has moved. */
export interface TipEventJson extends BlockRefJson {
  /** Cumulative. */
  readonly work: string;
}

export interface BlockEventJson {
  /** Null when what came names no block. */
  readonly id: string | null;
  readonly height: number | null;
  /**
   * `stored`: it came whole and well signed. `connected`, `disconnected`: the tip moved over it.
   */
  readonly state: 'stored' | 'connected' | 'disconnected' | 'refused';
  /** The peer that sent a refused one. */
  readonly peer: number | null;
  /** Why it was refused. */
  readonly code: string | null;
}

/** What became of a transaction that this node had in its pool, or refused. */
export interface TransactionEventJson {
  readonly id: string | null;
  readonly state: 'pending' | 'waiting' | 'confirmed' | 'replaced' | 'dropped' | 'refused';
  readonly reason: string | null;
  /** The peer that sent a refused one. */
  readonly peer: number | null;
}

/** Blocks were taken off. Lists hold at most 1,000 entries; `counts` are exact. */
export interface ReorgEventJson {
  readonly tip: TipEventJson;
  /** The last block that both branches share. */
  readonly forkHeight: number;
  /** Highest first. */
  readonly disconnected: readonly string[];
  /** Lowest first. */
  readonly connected: readonly string[];
  /** Transactions that are pending or waiting again. */
  readonly returned: readonly string[];
  readonly dropped: readonly { readonly id: string; readonly reason: string }[];
  readonly counts: {
    readonly disconnected: number;
    readonly connected: number;
    readonly returned: number;
    readonly dropped: number;
  };
}

export interface PeerEventJson {
  readonly id: number;
  readonly state: 'ready' | 'left';
  /** Where it listens, else where its socket comes from; null when it left. */
  readonly address: string | null;
  /** Why it left. */
  readonly code: string | null;
}

export type TopicData =
  | { readonly topic: 'tip'; readonly data: TipEventJson }
  | { readonly topic: 'block'; readonly data: BlockEventJson }
  | { readonly topic: 'tx'; readonly data: TransactionEventJson }
  | { readonly topic: 'reorg'; readonly data: ReorgEventJson }
  | { readonly topic: 'peer'; readonly data: PeerEventJson };

export type EventJson = TopicData & {
  /** Counts all events since the node started, from 1, whatever their topic. */
  readonly number: number;
  /** Wall clock of the node, milliseconds since 1970. */
  readonly timeMs: number;
};

/** What a reader that resumes has missed for ever. */
export interface GapJson {
  /** `restarted`: its numbers are of another start. `overrun`: the node keeps so many only. */
  readonly reason: 'restarted' | 'overrun';
  /** How many events are lost, of all topics; null when that cannot be known. */
  readonly missed: number | null;
}

/** Where a subscription begins. */
export interface SubscribedJson {
  readonly subscription: number;
  /** Names this start of the node. */
  readonly epoch: string;
  /** The number of the last event before the first that will be sent. */
  readonly after: number;
  readonly gap: GapJson | null;
}

export interface EventPageJson {
  readonly epoch: string;
  /** To be given as `after` for the next page. */
  readonly next: number;
  readonly gap: GapJson | null;
  readonly events: readonly EventJson[];
}

/** The parameters of the notification `event`, which a subscriber is sent. */
export interface EventNoticeJson {
  readonly subscription: number;
  readonly event: EventJson;
}

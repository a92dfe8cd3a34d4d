/**
 * Owns: what the conversation with peers is fed and what it answers, as data.
 * Does not own: the whole node's border (node/ports), whose inputs and effects these are a part of.
 * Layer 3.
 */
import type { Transaction } from '../codec/transaction.ts';
import type { BlockId, Height, Work } from '../base/types.ts';
import type { Endpoint, PeerId } from './endpoint.ts';

export type Direction = 'inbound' | 'outbound';

/** The inputs of the node that concern peers. */
export type NetInput =
  | {
      readonly kind: 'peer-connected';
      readonly peer: PeerId;
      readonly direction: Direction;
      /** Outbound: what was dialled. Inbound: the socket's remote address. */
      readonly remote: Endpoint;
    }
  | { readonly kind: 'peer-message'; readonly peer: PeerId; readonly bytes: Uint8Array }
  | { readonly kind: 'peer-closed'; readonly peer: PeerId }
  | { readonly kind: 'dial-failed'; readonly endpoint: Endpoint }
  | { readonly kind: 'add-peer'; readonly endpoint: Endpoint }
  | { readonly kind: 'drop-peer'; readonly peer: PeerId }
  | { readonly kind: 'set-cut'; readonly endpoints: readonly Endpoint[] };

/** What happened to a peer, for logs and subscribers. */
export type NetEvent =
  | { readonly kind: 'peer-ready'; readonly peer: PeerId; readonly endpoint: Endpoint }
  | {
      readonly kind: 'peer-left';
      readonly peer: PeerId;
      readonly endpoint: Endpoint;
      readonly code: string;
    };

export type NetEffect =
  | { readonly kind: 'send'; readonly peer: PeerId; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly peer: PeerId; readonly code: string }
  | { readonly kind: 'dial'; readonly endpoint: Endpoint }
  | { readonly kind: 'event'; readonly event: NetEvent };

/** What a peer brought, for the node to judge. */
export type Outcome =
  /**
   * The answer to a request; `bytes` are header and body, of which only the header is known to be
   * good.
   */
  | {
      readonly kind: 'block';
      readonly peer: PeerId;
      readonly id: BlockId;
      readonly bytes: Uint8Array;
    }
  /** Transactions for which T1 and T2 have passed, in the order they came. */
  | {
      readonly kind: 'transactions';
      readonly peer: PeerId;
      readonly transactions: readonly Transaction[];
    };

export type NetOutput = NetEffect | Outcome;

/** A connected peer as operators see it. */
export interface PeerInfo {
  readonly peer: PeerId;
  /** Where it listens as far as it said so, else the socket's remote end. */
  readonly endpoint: Endpoint;
  readonly direction: Direction;
  readonly agent: string;
  readonly height: Height;
  readonly work: Work;
  /** Round trip of the last answered ping. */
  readonly latencyMs: number | undefined;
  readonly connectedAtMs: number;
}

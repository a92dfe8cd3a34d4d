/**
 * Owns: the border of the state machine: inputs, effects and events as data.
 * Does not own: what the node does with them (node/node) or who carries them out (io/runtime, sim).
 * Layer 4.
 */
import type { Facts, RejectCode, Result } from '../base/rejects.ts';
import type { Address, BlockId, Height, TxId } from '../base/types.ts';
import type { StoreChange } from '../chain/store.ts';
import type { Tip } from '../codec/tip.ts';
import type { Endpoint, PeerId } from '../net/endpoint.ts';

/** Names an outside request until its `reply`. */
export type RequestId = number;
/**
 * Names a verification job until its answer; jobs are answered in any order, applied in order of
 * issue.
 */
export type JobId = number;

export type Input =
  /** Time has reached `deadlineMs()`, or `wantsMore()` was true: nothing else has happened. */
  | { readonly kind: 'tick' }
  | {
      readonly kind: 'peer-connected';
      readonly peer: PeerId;
      readonly direction: 'inbound' | 'outbound';
      /** Outbound: what was dialled. Inbound: the socket's remote address. */
      readonly remote: Endpoint;
    }
  | { readonly kind: 'peer-message'; readonly peer: PeerId; readonly bytes: Uint8Array }
  | { readonly kind: 'peer-closed'; readonly peer: PeerId }
  | { readonly kind: 'dial-failed'; readonly endpoint: Endpoint }
  /** One verdict per transaction of the job, in its order. */
  | { readonly kind: 'verified'; readonly job: JobId; readonly verdicts: readonly boolean[] }
  /**
   * The verifier broke down: operational, says nothing about the signatures. The job is issued
   * again.
   */
  | { readonly kind: 'verify-failed'; readonly job: JobId }
  | {
      readonly kind: 'submit-transaction';
      readonly request: RequestId;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'submit-block'; readonly request: RequestId; readonly bytes: Uint8Array }
  | {
      readonly kind: 'request-template';
      readonly request: RequestId;
      readonly payTo: Address;
      /** The miner's own bytes for the coinbase's extra field, at most 64. */
      readonly extra: Uint8Array;
    }
  /** Keeps a connection to this endpoint from now on. */
  | { readonly kind: 'add-peer'; readonly endpoint: Endpoint }
  | { readonly kind: 'drop-peer'; readonly peer: PeerId }
  /** Lab only: connections with these listening endpoints are closed, refused and not dialled. */
  | { readonly kind: 'set-cut'; readonly endpoints: readonly Endpoint[] };

export type Effect =
  /**
   * Atomic. `durable` writes are synced before the next effect; others only survive the process.
   */
  | {
      readonly kind: 'write';
      readonly changes: readonly StoreChange[];
      readonly durable: boolean;
    }
  | { readonly kind: 'send'; readonly peer: PeerId; readonly bytes: Uint8Array }
  /**
   * The peer's queue is flushed as far as it goes, then the socket ends. `code` is a reject code or
   * `closing`.
   */
  | { readonly kind: 'close'; readonly peer: PeerId; readonly code: string }
  | { readonly kind: 'dial'; readonly endpoint: Endpoint }
  /**
   * Verify T7 of these transactions' bytes on this node's network; answered by `verified` or
   * `verify-failed`.
   */
  | { readonly kind: 'verify'; readonly job: JobId; readonly transactions: readonly Uint8Array[] }
  | { readonly kind: 'reply'; readonly request: RequestId; readonly result: Result<Reply> }
  | { readonly kind: 'event'; readonly event: NodeEvent };

export type Reply =
  | {
      readonly kind: 'transaction-accepted';
      readonly id: TxId;
      readonly state: 'pending' | 'waiting';
      /** Why it waits, when it does. */
      readonly reason: string | undefined;
      /** How many connected peers it is announced to. */
      readonly announcedTo: number;
    }
  | { readonly kind: 'block-accepted'; readonly id: BlockId; readonly height: Height }
  | { readonly kind: 'template'; readonly template: BlockTemplate }
  /** No template now: `syncing`, `reorganising`, or `premature` until wall time `untilMs`. */
  | { readonly kind: 'no-template'; readonly reason: string; readonly untilMs: number };

/** A block that lacks only its nonce: any miner, inside or outside, can work on it. */
export interface BlockTemplate {
  readonly height: Height;
  readonly parent: BlockId;
  /** The whole block with header nonce 0; the nonce is the u32 at byte 76. */
  readonly block: Uint8Array;
  readonly bits: number;
  readonly transactionCount: number;
}

/** What happened, for logs and subscribers. Emitted after everything it tells of is durable. */
export type NodeEvent =
  | {
      readonly kind: 'tip-changed';
      readonly tip: Tip;
      /** Blocks taken off, highest first; empty unless this was a reorg. */
      readonly disconnected: readonly BlockId[];
      readonly connected: readonly BlockId[];
      /** Reverted transactions that are pending or waiting again. */
      readonly returned: readonly TxId[];
      /** Reverted transactions that could not be kept, with the reason. */
      readonly dropped: readonly { readonly id: TxId; readonly reason: string }[];
    }
  | {
      /**
       * Of a transaction in the pool; `confirmed` is told just before its block's change of tip.
       */
      readonly kind: 'transaction-changed';
      readonly id: TxId;
      readonly state: 'pending' | 'waiting' | 'confirmed' | 'replaced' | 'dropped';
      readonly reason: string | undefined;
    }
  | {
      readonly kind: 'transaction-refused';
      readonly id: TxId | undefined;
      readonly peer: PeerId | undefined;
      readonly code: RejectCode;
      readonly facts: Facts;
    }
  /** The body of a block has come, whole and well signed; whether it is connected shows later. */
  | { readonly kind: 'block-stored'; readonly id: BlockId; readonly height: Height }
  | {
      readonly kind: 'block-refused';
      readonly id: BlockId | undefined;
      readonly peer: PeerId | undefined;
      readonly code: RejectCode;
      readonly facts: Facts;
    }
  | { readonly kind: 'peer-ready'; readonly peer: PeerId; readonly endpoint: Endpoint }
  | {
      readonly kind: 'peer-left';
      readonly peer: PeerId;
      readonly endpoint: Endpoint;
      readonly code: string;
    }
  | {
      readonly kind: 'sync-progress';
      readonly height: Height;
      readonly bestKnownHeight: Height;
    }
  | { readonly kind: 'reorganising'; readonly active: boolean };

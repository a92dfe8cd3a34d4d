/**
 * Owns: what the outside may read of a node between two steps, as types of core.
 * Does not own: the answers (node/node) or their JSON form (api). Type-only. Layer 4.
 */
import type {
  Address,
  Amount,
  BlockId,
  Hash,
  Height,
  TxId,
  UnixSeconds,
  Work,
} from '../base/types.ts';
import type { Place } from '../chain/records.ts';
import type { Block } from '../codec/block.ts';
import type { Tip } from '../codec/tip.ts';
import type { Transaction } from '../codec/transaction.ts';
import type { MissingPeer } from '../net/dialler.ts';
import type { Endpoint, PeerId } from '../net/endpoint.ts';
import type { Account } from '../rules/account.ts';
import type { Network } from '../rules/network.ts';
import type { Proof } from '../rules/proof-file.ts';
import type { ProofRefusal, ProofRequest } from './prover.ts';

/**
 * Reads the last durable state; valid until the next step only, and while the node `isReadable`.
 * Every list it answers is bounded.
 */
export interface NodeView {
  readonly network: Network;
  status(): NodeStatus;
  /** Every block without children, the connected tip first. */
  tips(): readonly BranchTip[];
  /**
   * Blocks of the last `heightCount` heights, on the connected chain and beside it, by rising
   * height.
   */
  tree(heightCount: number): readonly TreeBlock[];
  /** The connected block at a height. */
  blockAt(height: Height): BlockView | undefined;
  /** A block whose body is stored, connected or not, or genesis. */
  block(id: BlockId): BlockView | undefined;
  /** Undefined: never seen, or forgotten. */
  transaction(id: TxId): TransactionView | undefined;
  account(address: Address): AccountView;
  /** What a place means for an account; undefined when it is not, or not any more, one of its. */
  movement(address: Address, place: Place): AccountMovement | undefined;
  /**
   * The pool's transactions in the order a miner takes them, then the waiting ones; at most
   * `limit`.
   */
  pool(limit: number): readonly PoolEntry[];
  /** The fee that admits a transaction of this form now. docs/protocol.md section 13. */
  minimumFee(form: { readonly sizeBytes: number; readonly outputCount: number }): Amount;
  peers(): readonly PeerView[];
  /** Peers that the operator named and that are not connected. */
  missingPeers(): readonly MissingPeer[];
  /** Proves something about the connected chain; `network` stands in a proof only. */
  prove(request: ProofRequest): Proof | ProofRefusal;
}

export interface NodeStatus {
  readonly tip: Tip;
  readonly accountsRoot: Hash;
  /** The connected tip's bits. */
  readonly bits: number;
  readonly poolCount: number;
  readonly poolSizeBytes: number;
  readonly peerCount: number;
  /** Blocks known to be missing up to a heavier chain; undefined when there are none. */
  readonly syncing: { readonly height: Height; readonly target: Height } | undefined;
  readonly reorganising: boolean;
}

/** `active`: connected; `fork`: bodies beside it; `headers`: no body yet; `invalid`: marked. */
export type BlockStatus = 'active' | 'fork' | 'headers' | 'invalid';

export interface BranchTip {
  readonly height: Height;
  readonly id: BlockId;
  readonly status: BlockStatus;
  /** Blocks between it and the connected chain; 0 for the connected tip. */
  readonly branchLength: number;
  /** Cumulative. */
  readonly work: Work;
}

export interface TreeBlock {
  readonly id: BlockId;
  readonly parent: BlockId;
  readonly height: Height;
  /** Cumulative. */
  readonly work: Work;
  readonly time: UnixSeconds;
  readonly status: BlockStatus;
  /** Without the coinbase; undefined while there is no body. */
  readonly transactionCount: number | undefined;
}

export interface BlockView {
  readonly id: BlockId;
  readonly height: Height;
  /** Cumulative. */
  readonly work: Work;
  /** 1 for the connected tip, 0 beside the connected chain. */
  readonly confirmations: number;
  /** Undefined for genesis only, which stands in `network.genesis`. */
  readonly body: Block | undefined;
}

export interface TransactionView {
  readonly status: 'pending' | 'waiting' | 'confirmed' | 'replaced' | 'dropped';
  /** Why it waits, or was replaced or dropped: a stable kebab-case code. */
  readonly reason: string | undefined;
  /** Undefined when only its fate is remembered. */
  readonly transaction: Transaction | undefined;
  /** The connected block that holds it. */
  readonly block: { readonly height: Height; readonly id: BlockId } | undefined;
  readonly confirmations: number;
}

export interface AccountView {
  readonly confirmed: Account;
  /** After the pool's executable transactions: its nonce is the next one to use. */
  readonly pending: Account;
}

/** One thing that happened to an account on the connected chain. */
export interface AccountMovement {
  /** `allocated`: by genesis; `mined`: by a coinbase. */
  readonly kind: 'allocated' | 'mined' | 'sent' | 'received';
  readonly place: Place;
  readonly block: { readonly height: Height; readonly id: BlockId };
  readonly time: UnixSeconds;
  /** What it did to the balance, fee included. */
  readonly change: bigint;
  /** Of the transaction or coinbase; undefined for an allocation. */
  readonly id: TxId | undefined;
  /** Undefined for what was allocated or mined. */
  readonly transaction: Transaction | undefined;
  readonly confirmations: number;
}

export interface PoolEntry {
  readonly transaction: Transaction;
  readonly state: 'pending' | 'waiting';
  readonly reason: string | undefined;
}

export interface PeerView {
  readonly id: PeerId;
  /** Where it listens if it said so, else where its socket comes from. */
  readonly endpoint: Endpoint;
  readonly direction: 'inbound' | 'outbound';
  /** Of its last claimed tip. */
  readonly height: Height;
  /** Of the last answered ping. */
  readonly latencyMs: number | undefined;
  readonly agent: string;
}

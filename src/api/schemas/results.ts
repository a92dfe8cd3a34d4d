/**
 * Owns: the JSON that methods answer: the shapes that clients and scripts rely on.
 * Does not own: which method answers what (schemas/methods) or making it (api/to-json).
 *
 * Amounts are decimal strings of coins, work and difficulty decimal strings, bits 8 hex digits, ids
 * and
 * bytes lower-case hex, addresses bech32m text, times seconds since 1970 unless the name says
 * otherwise.
 */

export type MiningMode = 'off' | 'on-tx' | 'continuous' | 'interval';

export interface BlockRefJson {
  readonly height: number;
  readonly id: string;
}

export interface OutputJson {
  readonly address: string;
  readonly amount: string;
}

export interface StatusJson {
  readonly version: string;
  readonly agent: string;
  readonly network: string;
  readonly networkId: string;
  /** The human-readable part of the network's addresses. */
  readonly prefix: string;
  readonly height: number;
  readonly tip: string;
  /** Cumulative, of the connected chain. */
  readonly work: string;
  readonly accountsRoot: string;
  /** Expected hashes for one block at the tip's bits. */
  readonly difficulty: string;
  readonly bits: string;
  readonly mempool: {
    readonly count: number;
    readonly bytes: number;
    /** For a simple transfer: one output, no memo. */
    readonly minimumFee: string;
  };
  readonly peers: number;
  readonly syncing: { readonly height: number; readonly target: number } | null;
  readonly reorganising: boolean;
  readonly mining: {
    readonly mode: MiningMode;
    readonly to: string | null;
    /** Hashes per second now. */
    readonly hashRate: number;
  };
  readonly pid: number;
  readonly p2p: string | null;
  readonly rpc: string;
  readonly datadir: string;
  readonly startedAt: number;
  readonly time: number;
  readonly minimumOutput: string;
  readonly maxFutureSeconds: number;
  readonly spacingSeconds: number;
  readonly lab: boolean;
}

export type BlockStatusJson = 'active' | 'fork' | 'headers' | 'invalid';

export interface TipJson extends BlockRefJson {
  readonly status: BlockStatusJson;
  readonly branchLength: number;
  /** Cumulative. */
  readonly work: string;
}

export interface TreeBlockJson extends BlockRefJson {
  readonly parent: string;
  /** Cumulative. */
  readonly work: string;
  readonly time: number;
  readonly status: BlockStatusJson;
  /** Without the coinbase; null while there is no body. */
  readonly transactions: number | null;
}

export interface BlockTransactionJson {
  readonly id: string;
  readonly from: string;
  readonly nonce: number;
  readonly fee: string;
  readonly outputs: readonly OutputJson[];
  /** As text; bytes that are no UTF-8 show as U+FFFD. */
  readonly memo: string;
  readonly memoHex: string;
  readonly size: number;
}

export interface BlockJson extends BlockRefJson {
  readonly previous: string;
  readonly time: number;
  readonly bits: string;
  readonly nonce: number;
  /** Cumulative. */
  readonly work: string;
  readonly difficulty: string;
  readonly size: number;
  readonly roots: {
    readonly transactions: string;
    readonly accounts: string;
    readonly history: string;
  };
  /** Null in genesis, which has none. */
  readonly coinbase: {
    readonly id: string;
    readonly outputs: readonly OutputJson[];
    readonly extra: string;
  } | null;
  readonly transactions: readonly BlockTransactionJson[];
  /** 1 for the connected tip, 0 beside the connected chain. */
  readonly confirmations: number;
  /** Header and body, when asked for; genesis is its header alone. */
  readonly raw?: string;
}

/** One row of a list of blocks. */
export interface BlockSummaryJson extends BlockRefJson {
  readonly time: number;
  /** Cumulative. */
  readonly work: string;
  readonly difficulty: string;
  /** Without the coinbase. */
  readonly transactions: number;
  readonly size: number;
  /** Who is paid first by the coinbase; null in genesis and where nobody is. */
  readonly miner: string | null;
}

/** Of an unknown transaction only `id` and `status` say anything. */
export interface TransactionJson {
  readonly id: string;
  readonly status: 'pending' | 'waiting' | 'confirmed' | 'replaced' | 'dropped' | 'unknown';
  readonly reason: string | null;
  readonly from: string | null;
  readonly nonce: number | null;
  readonly fee: string | null;
  readonly outputs: readonly OutputJson[];
  readonly memo: string | null;
  readonly memoHex: string | null;
  readonly block: BlockRefJson | null;
  readonly confirmations: number;
  readonly raw: string | null;
}

export interface SubmittedJson {
  readonly id: string;
  readonly status: 'pending' | 'waiting';
  readonly reason: string | null;
  /** Connected peers it was announced to. */
  readonly announcedTo: number;
}

export interface AccountJson {
  readonly address: string;
  readonly balance: string;
  readonly nonce: number;
  /** `nonce` is the next one to use. */
  readonly pending: { readonly balance: string; readonly nonce: number };
}

/** One thing that happened to an account. */
export interface AccountMovementJson {
  readonly kind: 'allocated' | 'mined' | 'sent' | 'received';
  /** Of the transaction or coinbase; null for an allocation of genesis. */
  readonly id: string | null;
  /** What it did to the balance, fee included: coins, with a sign when it fell. */
  readonly change: string;
  readonly block: BlockRefJson;
  readonly time: number;
  readonly confirmations: number;
  /** Null, as the next three, for what was allocated or mined. */
  readonly from: string | null;
  readonly fee: string | null;
  readonly memo: string | null;
  readonly outputs: readonly OutputJson[];
}

export interface AccountHistoryJson {
  readonly address: string;
  readonly entries: readonly AccountMovementJson[];
  /** `before` of the next page; null at the account's beginning. */
  readonly next: string | null;
}

export interface PoolTransactionJson {
  readonly id: string;
  readonly from: string;
  readonly nonce: number;
  readonly fee: string;
  /** Base units of fee per byte. */
  readonly feeRate: number;
  readonly size: number;
  readonly state: 'pending' | 'waiting';
  readonly reason: string | null;
}

export interface MempoolJson {
  readonly count: number;
  readonly bytes: number;
  readonly minimumFee: string;
  readonly transactions: readonly PoolTransactionJson[];
}

export interface PeerJson {
  readonly id: number;
  readonly address: string;
  readonly direction: 'inbound' | 'outbound';
  readonly height: number;
  readonly latencyMs: number | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly agent: string;
}

/** A peer that the operator named and that is not connected. */
export interface MissingPeerJson {
  readonly address: string;
  /** `unreachable`, or the code with which the last connection ended. */
  readonly reason: string;
}

export interface MinedJson {
  readonly blocks: readonly BlockRefJson[];
  readonly hashes: number;
  readonly seconds: number;
}

export interface TemplateJson {
  readonly height: number;
  readonly parent: string;
  /** The whole block with header nonce 0, the u32 at byte 76. */
  readonly block: string;
  readonly bits: string;
  /** 64 hex digits, comparable with a shown id. */
  readonly target: string;
  readonly transactions: number;
}

/** The `data` of every JSON-RPC error. */
export interface ErrorDataJson {
  /** Stable and kebab-case; for rejects that of docs/protocol.md section 12. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

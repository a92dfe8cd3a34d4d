/**
 * Owns: the shape of a proof file's JSON, in the order in which its keys stand.
 * Does not own: reading and writing it (rules/proof-file). Type-only. Layer 2. docs/protocol.md
 * section 16.1.
 */

/** 80 bytes and 104 bytes, as hex. */
export interface ProofBlockJson {
  readonly header: string;
  readonly committed: string;
}

/** How every statement ends: the block it is about, and the last header that the file carries. */
export interface ProofPlaceJson {
  readonly block: string;
  readonly height: number;
  readonly tip: string;
}

/** How every evidence begins. */
export interface ProofEvidenceJson extends ProofBlockJson {
  readonly genesis: { readonly header: string; readonly path: readonly string[] };
  readonly above: readonly string[];
}

interface ProofFileJson<Kind extends string, Statement, Evidence> {
  readonly format: 'cairn-proof/1';
  readonly kind: Kind;
  /** The network id. */
  readonly network: string;
  readonly statement: Statement & ProofPlaceJson;
  readonly evidence: Evidence & ProofEvidenceJson;
}

export type TransactionProofJson = ProofFileJson<
  'transaction',
  { readonly transaction: string; readonly from: string },
  { readonly transaction: string; readonly index: number; readonly path: readonly string[] }
>;

interface HoldingJson {
  readonly address: string;
  readonly balance: string;
  readonly nonce: number;
}

export type BalanceProofJson = ProofFileJson<
  'account',
  HoldingJson,
  {
    readonly steps: readonly { readonly bit: number; readonly sibling: string }[];
    readonly leaf: HoldingJson | null;
  }
>;

export type HistoryProofJson = ProofFileJson<
  'history',
  { readonly from: { readonly block: string; readonly height: number } },
  {
    readonly from: ProofBlockJson;
    readonly work: string;
    readonly inclusion: readonly string[];
    readonly consistency: readonly string[];
  }
>;

export type ProofJson = TransactionProofJson | BalanceProofJson | HistoryProofJson;

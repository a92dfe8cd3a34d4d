/**
 * Owns: the shape of what a checked proof proves, as JSON. Type-only.
 * Does not own: making it (client/proofs) or saying it in sentences (client/proof-text).
 */
import type { BlockRefJson, OutputJson } from '../api/schemas/results.ts';

/** What a proven transaction says; amounts are decimal strings of coins. */
export interface ProvenTransactionJson {
  readonly id: string;
  readonly from: string;
  readonly nonce: number;
  readonly fee: string;
  readonly outputs: readonly OutputJson[];
  readonly memo: string;
  readonly memoHex: string;
}

/** What holds of every chain that has the header of `block`. */
export type ProvenJson = {
  /** The network id. */
  readonly network: string;
  readonly block: BlockRefJson;
  /** The last header carried. */
  readonly tip: BlockRefJson;
  /** How many carry work, from `block` to `tip`: genesis has none. */
  readonly headers: number;
  /** Expected hashes behind them, a decimal string. */
  readonly work: string;
  /** Whether the reader named one of these headers. */
  readonly trusted: boolean;
} & (
  | {
      readonly kind: 'transaction';
      readonly transaction: ProvenTransactionJson;
      /** Among the transactions of the block, the coinbase not counted. */
      readonly index: number;
    }
  | {
      readonly kind: 'account';
      readonly address: string;
      readonly exists: boolean;
      readonly balance: string;
      readonly nonce: number;
    }
  | {
      readonly kind: 'history';
      readonly from: BlockRefJson;
      /** Cumulative, as the chain states it. */
      readonly fromWork: string;
    }
);

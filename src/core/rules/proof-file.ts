/**
 * Owns: what a proof file holds, and its text.
 * Does not own: reading the text (rules/proof-reading) or whether it proves anything (rules/proof).
 * Layer 2. docs/protocol.md section 16.1.
 */
import { bytesToHex } from '../base/bytes.ts';
import type { Address, BlockId, Hash, Height, TxId, Work } from '../base/types.ts';
import { encodeAddress } from '../codec/address.ts';
import type { CommittedFields } from '../codec/block.ts';
import { encodeCommitted } from '../codec/block.ts';
import { formatCoins } from '../codec/coins.ts';
import type { Header } from '../codec/header.ts';
import type { Account } from './account.ts';
import type { AccountProof } from './account-proof.ts';
import type * as json from './proof-json.ts';

/** The longest text of a proof file, in characters. */
export const PROOF_LENGTH_MAX = 400_000;
/** Headers above the block that a file may carry. */
export const PROOF_HEADERS_MAX = 2_000;

const FORMAT = 'cairn-proof/1';

/** A header and what its commitment is said to bind. */
export interface ProofBlock {
  readonly header: Header;
  readonly committed: CommittedFields;
}

/** A block as a statement names it. */
export interface StatedBlock {
  readonly id: BlockId;
  readonly height: Height;
}

/** What all kinds have. */
export interface ProofCommon {
  readonly network: BlockId;
  readonly genesis: { readonly header: Header; readonly path: readonly Hash[] };
  /** What the statement is about, as stated and as carried. */
  readonly stated: StatedBlock;
  readonly block: ProofBlock;
  /** Lowest first. */
  readonly above: readonly Header[];
  /** Stated. */
  readonly tip: BlockId;
}

/** That a transaction is in a block. */
export interface TransactionProof extends ProofCommon {
  readonly kind: 'transaction';
  /** Of the addresses' text. */
  readonly prefix: string;
  /** Stated. */
  readonly id: TxId;
  /** Stated. */
  readonly from: Address;
  readonly bytes: Uint8Array;
  /** Among the block's leaves, of which the coinbase is the first. */
  readonly index: number;
  readonly path: readonly Hash[];
}

/** What an account holds after a block, or that there is none. */
export interface BalanceProof extends ProofCommon, AccountProof {
  readonly kind: 'account';
  /** Of the addresses' text. */
  readonly prefix: string;
  readonly address: Address;
  /** Stated; zeros for an absent one. */
  readonly account: Account;
}

/** That the ledger of one block goes on from that of another. */
export interface HistoryProof extends ProofCommon {
  readonly kind: 'history';
  readonly statedFrom: StatedBlock;
  readonly from: ProofBlock;
  /** Cumulative, of `from`. */
  readonly work: Work;
  readonly inclusion: readonly Hash[];
  readonly consistency: readonly Hash[];
}

/** A read proof file: F1 to F4 have passed, nothing else is known. */
export type Proof = TransactionProof | BalanceProof | HistoryProof;

const toHexes = (list: readonly Uint8Array[]): string[] => list.map(bytesToHex);

function blockToJson({ header, committed }: ProofBlock): json.ProofBlockJson {
  return {
    header: bytesToHex(header.bytes),
    committed: bytesToHex(encodeCommitted(committed)),
  };
}

function toHolding({ balance, nonce }: Account): { balance: string; nonce: number } {
  return { balance: formatCoins(balance), nonce };
}

/** The object whose one text is the file; its keys stand in the order of the page. */
export function proofToJson(proof: Proof): json.ProofJson {
  const { kind, network, stated, tip, genesis, above } = proof;
  const head = { format: FORMAT, kind, network } as const;
  const where = { block: stated.id, height: stated.height, tip };
  const common = {
    genesis: { header: bytesToHex(genesis.header.bytes), path: toHexes(genesis.path) },
    ...blockToJson(proof.block),
    above: above.map(({ bytes }) => bytesToHex(bytes)),
  };
  switch (kind) {
    case 'transaction': {
      const { prefix, id, from, bytes, index, path } = proof;
      return {
        ...{ ...head, kind },
        statement: { transaction: id, from: encodeAddress(from, prefix), ...where },
        evidence: { ...common, transaction: bytesToHex(bytes), index, path: toHexes(path) },
      };
    }
    case 'account': {
      const { prefix, address, account, steps, leaf } = proof;
      return {
        ...{ ...head, kind },
        statement: { address: encodeAddress(address, prefix), ...toHolding(account), ...where },
        evidence: {
          ...common,
          steps: steps.map(({ bit, sibling }) => ({ bit, sibling: bytesToHex(sibling) })),
          leaf: leaf ? { address: encodeAddress(leaf.address, prefix), ...toHolding(leaf) } : null,
        },
      };
    }
    case 'history': {
      const { statedFrom, from, work, inclusion, consistency } = proof;
      return {
        ...{ ...head, kind },
        statement: { from: { block: statedFrom.id, height: statedFrom.height }, ...where },
        evidence: {
          ...{ ...common, from: blockToJson(from), work: work.toString() },
          ...{ inclusion: toHexes(inclusion), consistency: toHexes(consistency) },
        },
      };
    }
  }
}

/** The text of the file, without a line feed at its end. */
export function encodeProof(proof: Proof): string {
  return JSON.stringify(proofToJson(proof));
}

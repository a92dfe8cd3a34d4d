/**
 * Owns: the text of a proof file: its form, writing it and reading it (F1 to F4).
 * Does not own: whether it proves anything (rules/proof). Layer 2. docs/protocol.md section 16.1.
 */
import { bytesToHex, hexToBytes } from '../base/bytes.ts';
import type { Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { Address, BlockId, Hash, Height, TxId, Work } from '../base/types.ts';
import {
  U32_MAX,
  parseBlockId,
  parseTxId,
  toHash,
  toHeight,
  toNonce,
  toWork,
} from '../base/types.ts';
import { decodeAddress, encodeAddress } from '../codec/address.ts';
import type { CommittedFields } from '../codec/block.ts';
import { COMMITTED_SIZE, encodeCommitted, readCommitted } from '../codec/block.ts';
import { formatCoins, parseCoins } from '../codec/coins.ts';
import type { Header } from '../codec/header.ts';
import { HEADER_SIZE, readHeader } from '../codec/header.ts';
import type { Json } from '../codec/json.ts';
import { parseStrictJson } from '../codec/json.ts';
import type { Reader } from '../codec/reader.ts';
import { decodeWith } from '../codec/reader.ts';
import { TRANSACTION_SIZE_MAX } from '../codec/transaction.ts';
import type { Account } from './account.ts';
import type { AccountProof } from './account-proof.ts';
import type * as json from './proof-json.ts';

/** The longest text of a proof file, in characters. */
export const PROOF_LENGTH_MAX = 400_000;
/** Headers above the block that a file may carry. */
export const PROOF_HEADERS_MAX = 2_000;
const PATH_MAX = 64;
const STEPS_MAX = 160;
const DEPTH_MAX = 6;
const HASH_SIZE = 32;
const U256_END = 1n << 256n;

const FORMAT = 'cairn-proof/1';
const FORMAT_FORM = /^cairn-proof\/([1-9][0-9]{0,8})$/;

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

interface CommonParts {
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
export interface TransactionProof extends CommonParts {
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
export interface BalanceProof extends CommonParts, AccountProof {
  readonly kind: 'account';
  /** Of the addresses' text. */
  readonly prefix: string;
  readonly address: Address;
  /** Stated; zeros for an absent one. */
  readonly account: Account;
}

/** That the ledger of one block goes on from that of another. */
export interface HistoryProof extends CommonParts {
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

// ---- writing -----------------------------------------------------------------------------------

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

// ---- reading -----------------------------------------------------------------------------------

/** Says that the text has another form; it never leaves this file. */
class Misshapen extends Error {}

type Value = Json | undefined;
type JsonObject = { readonly [key: string]: Json };

function demand<T>(value: T | undefined): T {
  if (value === undefined) throw new Misshapen();
  return value;
}

function isObject(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readObject(value: Value): JsonObject {
  return demand(isObject(value) ? value : undefined);
}

function readText(value: Value, form: RegExp): string {
  return demand(typeof value === 'string' && form.test(value) ? value : undefined);
}

function readU32(value: Value): number {
  const isU32 = typeof value === 'number' && Number.isInteger(value) && value >= 0;
  return demand(isU32 && value <= U32_MAX ? value : undefined);
}

function readList<T>(value: Value, countMax: number, readItem: (item: Value) => T): T[] {
  if (!Array.isArray(value) || value.length > countMax) throw new Misshapen();
  return (value as readonly Json[]).map(readItem);
}

/** Whole bytes: exactly `size` of them, or up to `sizeMax`. */
function readHex(value: Value, size: { readonly min: number; readonly max: number }): Uint8Array {
  const text = readText(value, /^(?:[0-9a-f]{2})*$/);
  const bytes = text.length / 2;
  if (bytes < size.min || bytes > size.max) throw new Misshapen();
  return hexToBytes(text);
}

function readExactly<T>(value: Value, size: number, read: (reader: Reader) => T): T {
  const decoded = decodeWith(readHex(value, { min: size, max: size }), 'proof-malformed', read);
  return demand(decoded.ok ? decoded.value : undefined);
}

const readHash = (value: Value): Hash => toHash(readHex(value, { min: HASH_SIZE, max: HASH_SIZE }));
const readPath = (value: Value): Hash[] => readList(value, PATH_MAX, readHash);
const readBlockId = (value: Value): BlockId => demand(parseBlockId(readText(value, /^/)));
const readProofHeader = (value: Value): Header => readExactly(value, HEADER_SIZE, readHeader);

function readBlock(parts: JsonObject): ProofBlock {
  return {
    header: readProofHeader(parts['header']),
    committed: readExactly(parts['committed'], COMMITTED_SIZE, readCommitted),
  };
}

function readStated({ block, height }: JsonObject): StatedBlock {
  return { id: readBlockId(block), height: toHeight(readU32(height)) };
}

/** An address and the prefix that its own text states. */
function readAddress(value: Value): { readonly address: Address; readonly prefix: string } {
  const text = readText(value, /^[a-z]{1,16}1/);
  const prefix = text.slice(0, text.lastIndexOf('1'));
  const decoded = decodeAddress(text, prefix);
  return { address: demand(decoded.ok ? decoded.value : undefined), prefix };
}

function readHolding({ balance, nonce }: JsonObject): Account {
  const amount = demand(parseCoins(readText(balance, /^/)));
  return { balance: amount, nonce: toNonce(readU32(nonce)) };
}

function readWork(value: Value): Work {
  const work = BigInt(readText(value, /^[0-9]{1,78}$/));
  return toWork(demand(work < U256_END ? work : undefined));
}

function readStep(value: Value): AccountProof['steps'][number] {
  const { bit, sibling } = readObject(value);
  return { bit: readU32(bit), sibling: readHash(sibling) };
}

function readProof(file: JsonObject): Proof {
  const statement = readObject(file['statement']);
  const evidence = readObject(file['evidence']);
  const genesis = readObject(evidence['genesis']);
  const common: CommonParts = {
    network: readBlockId(file['network']),
    genesis: { header: readProofHeader(genesis['header']), path: readPath(genesis['path']) },
    stated: readStated(statement),
    block: readBlock(evidence),
    above: readList(evidence['above'], PROOF_HEADERS_MAX, readProofHeader),
    tip: readBlockId(statement['tip']),
  };
  switch (file['kind']) {
    case 'transaction':
      return readTransactionProof(common, statement, evidence);
    case 'account':
      return readBalanceProof(common, statement, evidence);
    case 'history':
      return readHistoryProof(common, statement, evidence);
    default:
      throw new Misshapen();
  }
}

function readTransactionProof(
  common: CommonParts,
  statement: JsonObject,
  evidence: JsonObject,
): TransactionProof {
  const { address, prefix } = readAddress(statement['from']);
  return {
    ...common,
    kind: 'transaction',
    prefix,
    id: demand(parseTxId(readText(statement['transaction'], /^/))),
    from: address,
    bytes: readHex(evidence['transaction'], { min: 0, max: TRANSACTION_SIZE_MAX }),
    index: readU32(evidence['index']),
    path: readPath(evidence['path']),
  };
}

function readBalanceProof(
  common: CommonParts,
  statement: JsonObject,
  evidence: JsonObject,
): BalanceProof {
  const leaf = evidence['leaf'] === null ? undefined : readObject(evidence['leaf']);
  return {
    ...common,
    kind: 'account',
    ...readAddress(statement['address']),
    account: readHolding(statement),
    steps: readList(evidence['steps'], STEPS_MAX, readStep),
    leaf: leaf && { address: readAddress(leaf['address']).address, ...readHolding(leaf) },
  };
}

function readHistoryProof(
  common: CommonParts,
  statement: JsonObject,
  evidence: JsonObject,
): HistoryProof {
  return {
    ...common,
    kind: 'history',
    statedFrom: readStated(readObject(statement['from'])),
    from: readBlock(readObject(evidence['from'])),
    work: readWork(evidence['work']),
    inclusion: readPath(evidence['inclusion']),
    consistency: readPath(evidence['consistency']),
  };
}

/**
 * Reads the text of a file (F1 to F4): `proof-too-large`, `proof-malformed`,
 * `proof-version-unknown`.
 */
export function parseProof(text: string): Result<Proof> {
  const size = text.length;
  if (size > PROOF_LENGTH_MAX) return reject('proof-too-large', { size, limit: PROOF_LENGTH_MAX });
  const malformed = reject('proof-malformed', { size });
  const line = text.endsWith('\n') ? text.slice(0, -1) : text;
  const parsed = parseStrictJson(line, DEPTH_MAX);
  if (parsed.kind !== 'value' || !isObject(parsed.value)) return malformed;
  const { format } = parsed.value;
  const version = typeof format === 'string' ? FORMAT_FORM.exec(format)?.[1] : undefined;
  if (version === undefined) return malformed;
  if (Number(version) !== 1) return reject('proof-version-unknown', { version: Number(version) });
  try {
    const proof = readProof(parsed.value);
    // One proof, one text: whatever else the line says, or says otherwise, shows here.
    return encodeProof(proof) === line ? ok(proof) : malformed;
  } catch (error) {
    if (error instanceof Misshapen) return malformed;
    throw error;
  }
}

/**
 * Owns: reading the text of a proof file: F1 to F4.
 * Does not own: its form (rules/proof-file) or whether it proves anything (rules/proof). Layer 2.
 * docs/protocol.md section 16.
 */
import { hexToBytes } from '../base/bytes.ts';
import type { Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { Address, BlockId, Hash, Work } from '../base/types.ts';
import {
  U32_MAX,
  parseBlockId,
  parseTxId,
  toHash,
  toHeight,
  toNonce,
  toWork,
} from '../base/types.ts';
import { decodeAddress } from '../codec/address.ts';
import { COMMITTED_SIZE, readCommitted } from '../codec/block.ts';
import { parseCoins } from '../codec/coins.ts';
import type { Header } from '../codec/header.ts';
import { HEADER_SIZE, readHeader } from '../codec/header.ts';
import type { Json } from '../codec/json.ts';
import { parseStrictJson } from '../codec/json.ts';
import type { Reader } from '../codec/reader.ts';
import { decodeWith } from '../codec/reader.ts';
import { TRANSACTION_SIZE_MAX } from '../codec/transaction.ts';
import type { Account } from './account.ts';
import type { AccountProof } from './account-proof.ts';
import type {
  BalanceProof,
  HistoryProof,
  Proof,
  ProofBlock,
  ProofCommon,
  StatedBlock,
  TransactionProof,
} from './proof-file.ts';
import { PROOF_HEADERS_MAX, PROOF_LENGTH_MAX, encodeProof } from './proof-file.ts';

const PATH_MAX = 64;
const STEPS_MAX = 160;
const DEPTH_MAX = 6;
const HASH_SIZE = 32;
const U256_END = 1n << 256n;
const FORMAT_FORM = /^cairn-proof\/([1-9][0-9]{0,8})$/;

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
  const common: ProofCommon = {
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
  common: ProofCommon,
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
  common: ProofCommon,
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
  common: ProofCommon,
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

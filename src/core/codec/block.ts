/**
 * Owns: the bytes of a block body and its coinbase, the coinbase id and the commitment.
 * Does not own: the rules of a block (rules/block). Layer 1. docs/protocol.md section 6.
 */
import { createTaggedHash } from '../base/crypto.ts';
import type { Result } from '../base/rejects.ts';
import { reject } from '../base/rejects.ts';
import type { Hash, Height, TxId } from '../base/types.ts';
import { toHeight, txIdFromBytes } from '../base/types.ts';
import type { Header } from './header.ts';
import { readHeader } from './header.ts';
import type { Reader } from './reader.ts';
import { decodeWith } from './reader.ts';
import type { Output, Transaction } from './transaction.ts';
import { readOutput, readTransaction, writeOutput } from './transaction.ts';
import { Writer } from './writer.ts';

const COINBASE_EXTRA_SIZE_MAX = 64;
/** What a commitment binds: height, count, three roots. */
export const COMMITTED_SIZE: number = 4 + 4 + 3 * 32;

export interface CoinbaseFields {
  readonly height: Height;
  readonly outputs: readonly Output[];
  readonly extra: Uint8Array;
}

export interface Coinbase extends CoinbaseFields {
  readonly id: TxId;
  readonly bytes: Uint8Array;
}

/** What a header's commitment binds. */
export interface CommittedFields {
  readonly height: Height;
  /** Leaves of the transactions tree: the coinbase and the transactions. */
  readonly count: number;
  readonly transactionsRoot: Hash;
  readonly accountsRoot: Hash;
  readonly historyRoot: Hash;
}

/** A decoded block: H1 and B2 have passed, nothing else is known. */
export interface Block extends CommittedFields {
  readonly header: Header;
  readonly bytes: Uint8Array;
  readonly coinbase: Coinbase;
  readonly transactions: readonly Transaction[];
}

const hashCoinbaseId = createTaggedHash('cairn/coinbase');
const hashCommitted = createTaggedHash('cairn/commitment');

export function hashCommitment(fields: CommittedFields): Hash {
  return hashCommitted(encodeCommitted(fields));
}

export function encodeCommitted(fields: CommittedFields): Uint8Array {
  return new Writer(COMMITTED_SIZE)
    .u32(fields.height)
    .u32(fields.count)
    .raw(fields.transactionsRoot)
    .raw(fields.accountsRoot)
    .raw(fields.historyRoot)
    .finish();
}

export function readCommitted(reader: Reader): CommittedFields {
  const height = toHeight(reader.u32());
  const count = reader.u32();
  if (count < 1) reader.fail();
  const transactionsRoot = reader.hash();
  const accountsRoot = reader.hash();
  const historyRoot = reader.hash();
  return { height, count, transactionsRoot, accountsRoot, historyRoot };
}

function encodeCoinbase(fields: CoinbaseFields): Uint8Array {
  const writer = new Writer().u32(fields.height).u8(fields.outputs.length);
  writer.list(fields.outputs, (output) => writeOutput(writer, output));
  return writer.u8(fields.extra.length).raw(fields.extra).finish();
}

function readCoinbase(reader: Reader): Coinbase {
  const start = reader.offset;
  const height = toHeight(reader.u32());
  const outputs = reader.list(reader.u8(), () => readOutput(reader));
  const extraSize = reader.count(reader.u8(), { min: 0, max: COINBASE_EXTRA_SIZE_MAX });
  const extra = reader.view(extraSize);
  const bytes = reader.bytes.subarray(start, reader.offset);
  return { height, outputs, extra, bytes, id: txIdFromBytes(hashCoinbaseId(bytes)) };
}

/** Brings a miner's fields into the form that a block carries. */
export function createCoinbase(fields: CoinbaseFields): Coinbase {
  const bytes = encodeCoinbase(fields);
  return { ...fields, bytes, id: txIdFromBytes(hashCoinbaseId(bytes)) };
}

function readBlock(reader: Reader): Block {
  const header = readHeader(reader);
  const committed = readCommitted(reader);
  const coinbase = readCoinbase(reader);
  const transactions = reader.list(committed.count - 1, () => readTransaction(reader));
  return { ...committed, header, bytes: reader.bytes, coinbase, transactions };
}

/**
 * Decodes header and body (checks H1 and B2): `block-malformed`, with the inner code when a
 * transaction was at fault.
 */
export function decodeBlock(bytes: Uint8Array): Result<Block> {
  const decoded = decodeWith(bytes, 'block-malformed', readBlock);
  if (decoded.ok || decoded.code === 'block-malformed') return decoded;
  return reject('block-malformed', { inner: decoded.code, ...decoded.facts });
}

/**
 * Joins a header's bytes, the committed fields, the coinbase and the transactions to a block's
 * bytes.
 */
export function encodeBlock(
  block: Omit<Block, 'bytes' | 'header'>,
  header: Uint8Array,
): Uint8Array {
  const writer = new Writer(1024).raw(header).raw(encodeCommitted(block)).raw(block.coinbase.bytes);
  return writer.list(block.transactions, ({ bytes }) => void writer.raw(bytes)).finish();
}

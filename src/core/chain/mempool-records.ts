/**
 * Owns: the stored form of a mempool transaction and of the fate of one that left.
 * Does not own: keys (chain/layout), or when a record is written (chain/mempool-state). Layer 3.
 */
import type { Now } from '../base/now.ts';
import { required } from '../base/assert.ts';
import type { Result } from '../base/rejects.ts';
import type { Transaction } from '../codec/transaction.ts';
import { readTransaction } from '../codec/transaction.ts';
import type { Reader } from '../codec/reader.ts';
import { decodeWith } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import { poolKey } from './layout.ts';
import type { DropReason, Entry, Fate, Origin } from './mempool-entry.ts';
import type { StoreChange } from './store.ts';

/** Their places are stored: append only. */
const ORIGINS: readonly Origin[] = ['local', 'peer', 'reverted'];
const DROP_REASONS: readonly DropReason[] = [
  'nonce-used',
  'evicted',
  'expired',
  'insufficient-funds',
  'nonce-gap',
];
const FATE_REPLACED = 0;
const FATE_DROPPED = 1;

export interface PoolRecord {
  readonly transaction: Transaction;
  readonly origin: Origin;
  readonly receivedWallMs: number;
}

export interface FateRecord {
  readonly fate: Fate;
  readonly wallMs: number;
}

/** `received u64 ms | origin u8 | transaction` */
function encodePoolRecord(record: PoolRecord): Uint8Array {
  return new Writer(9 + record.transaction.bytes.length)
    .u64(BigInt(Math.floor(record.receivedWallMs)))
    .u8(ORIGINS.indexOf(record.origin))
    .raw(record.transaction.bytes)
    .finish();
}

export function entryToChange(entry: Entry): StoreChange {
  return { key: poolKey(entry.transaction.id), value: encodePoolRecord(entry) };
}

/**
 * The record of a transaction that a reorg takes back. Whoever writes the new tip writes it in the
 * same batch: a crash before the mempool has followed then loses nothing.
 */
export function revertedToChange(transaction: Transaction, now: Now): StoreChange {
  const record: PoolRecord = { transaction, origin: 'reverted', receivedWallMs: now.wallMs };
  return { key: poolKey(transaction.id), value: encodePoolRecord(record) };
}

export function decodePoolRecord(bytes: Uint8Array): Result<PoolRecord> {
  return decodeWith(bytes, 'tx-malformed', (reader) => ({
    receivedWallMs: Number(reader.u64()),
    origin: readWord(reader, ORIGINS),
    transaction: readTransaction(reader),
  }));
}

/** `at u64 ms | 0 | replacing id 32` or `at u64 ms | 1 | reason u8` */
export function encodeFate({ fate, wallMs }: FateRecord): Uint8Array {
  const writer = new Writer(48).u64(BigInt(Math.floor(wallMs)));
  return fate.kind === 'replaced'
    ? writer.u8(FATE_REPLACED).txId(fate.by).finish()
    : writer.u8(FATE_DROPPED).u8(DROP_REASONS.indexOf(fate.reason)).finish();
}

export function decodeFate(bytes: Uint8Array): Result<FateRecord> {
  return decodeWith(bytes, 'tx-malformed', (reader) => {
    const wallMs = Number(reader.u64());
    const kind = reader.count(reader.u8(), { min: FATE_REPLACED, max: FATE_DROPPED });
    const fate: Fate =
      kind === FATE_REPLACED
        ? { kind: 'replaced', by: reader.txId() }
        : { kind: 'dropped', reason: readWord(reader, DROP_REASONS) };
    return { fate, wallMs };
  });
}

function readWord<T>(reader: Reader, words: readonly T[]): T {
  const index = reader.count(reader.u8(), { min: 0, max: words.length - 1 });
  return required(words[index], 'the index has been checked');
}

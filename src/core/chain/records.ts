/**
 * Owns: the stored form of the ledger's position, of places of transactions and of invalid marks.
 * Does not own: keys (chain/layout), undo (chain/undo), accounts and history nodes (their trees).
 * Layer 3.
 */
import type { Reject, Result } from '../base/rejects.ts';

import type { BlockId, Hash, Height } from '../base/types.ts';
import { toHeight } from '../base/types.ts';
import { HEADER_SIZE } from '../codec/header.ts';
import { decodeWith } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import type { StoreKey } from './store.ts';
import { StoreDamage } from './store.ts';

/**
 * Where the stored accounts stand. `told` differs from `ledger` only inside a reorg of several
 * batches.
 */
export interface Position {
  readonly ledger: BlockId;
  readonly accountsRoot: Hash;
  readonly told: BlockId;
}

/**
 * Where a confirmed transaction stands; the index counts transactions, the coinbase not included.
 */
export interface Place {
  readonly height: Height;
  readonly index: number;
}

/**
 * Answers what a decoder of own records made of them; a refusal is damage, as checksums have been
 * checked.
 */
export function ownRecord<T>(key: StoreKey, decoded: Result<T>): T {
  if (!decoded.ok) throw new StoreDamage(key, 'an own record does not parse');
  return decoded.value;
}

export function encodePosition(position: Position): Uint8Array {
  return new Writer(96)
    .blockId(position.ledger)
    .raw(position.accountsRoot)
    .blockId(position.told)
    .finish();
}

export function decodePosition(bytes: Uint8Array): Result<Position> {
  return decodeWith(bytes, 'block-malformed', (reader) => ({
    ledger: reader.blockId(),
    accountsRoot: reader.hash(),
    told: reader.blockId(),
  }));
}

export function encodePlace(place: Place): Uint8Array {
  return new Writer(8).u32(place.height).u32(place.index).finish();
}

export function decodePlace(bytes: Uint8Array): Result<Place> {
  return decodeWith(bytes, 'block-malformed', (reader) => ({
    height: toHeight(reader.u32()),
    index: reader.u32(),
  }));
}

/**
 * An invalid block: its header, so that it is known again after a restart, and the code of its
 * fault.
 */
export interface InvalidMark {
  readonly header: Uint8Array;
  readonly code: string;
}

export function encodeInvalidMark(header: Uint8Array, verdict: Reject): Uint8Array {
  return new Writer(128).raw(header).string(verdict.code).finish();
}

export function decodeInvalidMark(bytes: Uint8Array): Result<InvalidMark> {
  return decodeWith(bytes, 'block-malformed', (reader) => ({
    header: reader.view(HEADER_SIZE),
    code: reader.string(),
  }));
}

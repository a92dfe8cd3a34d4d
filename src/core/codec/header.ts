/**
 * Owns: the 80 bytes of a header and the block id.
 * Does not own: proof of work and the rules of a header (rules/header). Layer 1. docs/protocol.md
 * section 6.
 */
import { doubleSha256 } from '../base/crypto.ts';
import type { Result } from '../base/rejects.ts';
import type { BlockId, Hash, UnixSeconds } from '../base/types.ts';
import { blockIdFromBytes, toUnixSeconds } from '../base/types.ts';
import type { Reader } from './reader.ts';
import { decodeWith } from './reader.ts';
import { Writer } from './writer.ts';

export const HEADER_VERSION = 1;
export const HEADER_SIZE = 80;
/** Where the nonce, a u32, stands in a header. */
export const NONCE_OFFSET = 76;

export interface HeaderFields {
  readonly version: number;
  readonly parent: BlockId;
  readonly commitment: Hash;
  readonly time: UnixSeconds;
  readonly bits: number;
  readonly nonce: number;
}

/** A decoded header: H1 has passed. */
export interface Header extends HeaderFields {
  readonly id: BlockId;
  readonly bytes: Uint8Array;
}

export function hashHeader(bytes: Uint8Array): BlockId {
  return blockIdFromBytes(doubleSha256(bytes));
}

export function readHeader(reader: Reader): Header {
  const start = reader.offset;
  const fields: HeaderFields = {
    version: reader.u32(),
    parent: reader.blockId(),
    commitment: reader.hash(),
    time: toUnixSeconds(reader.u32()),
    bits: reader.u32(),
    nonce: reader.u32(),
  };
  const bytes = reader.bytes.subarray(start, reader.offset);
  return { ...fields, id: hashHeader(bytes), bytes };
}

/** Decodes a loose header (check H1): `header-malformed`. */
export function decodeHeader(bytes: Uint8Array): Result<Header> {
  return decodeWith(bytes, 'header-malformed', readHeader);
}

export function encodeHeader(fields: HeaderFields): Uint8Array {
  return new Writer(HEADER_SIZE)
    .u32(fields.version)
    .blockId(fields.parent)
    .raw(fields.commitment)
    .u32(fields.time)
    .u32(fields.bits)
    .u32(fields.nonce)
    .finish();
}

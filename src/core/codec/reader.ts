/**
 * Owns: reading fixed-width little-endian fields from bytes, and turning a bad read into a verdict.
 * Does not own: any structure. Layer 1. docs/protocol.md section 1.
 */
import { bytesToAscii, littleEndianToBigint } from '../base/bytes.ts';
import type { Facts, Reject, RejectCode, Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { Address, BlockId, Hash, TxId } from '../base/types.ts';
import { addressFromBytes, blockIdFromBytes, toHash, txIdFromBytes } from '../base/types.ts';

/** Carries a verdict from deep inside a decoder to `decodeWith`; it never leaves the codec. */
class DecodeFailure extends Error {
  readonly verdict: Reject | undefined;
  constructor(verdict: Reject | undefined) {
    super('the bytes do not parse');
    this.verdict = verdict;
  }
}

/** A cursor over bytes. Views that it answers share memory with the input. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  /** Gives up: with the code the decoder is known by, or with a more exact one. */
  fail(code?: RejectCode, facts?: Facts): never {
    throw new DecodeFailure(code === undefined ? undefined : reject(code, facts));
  }

  #advance(size: number): number {
    const start = this.#offset;
    if (start + size > this.bytes.length) this.fail();
    this.#offset = start + size;
    return start;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  u256(): bigint {
    return littleEndianToBigint(this.view(32));
  }

  /** The next `size` bytes, shared with the input. */
  view(size: number): Uint8Array {
    const start = this.#advance(size);
    return this.bytes.subarray(start, start + size);
  }

  hash(): Hash {
    return toHash(this.view(32));
  }

  blockId(): BlockId {
    return blockIdFromBytes(this.view(32));
  }

  txId(): TxId {
    return txIdFromBytes(this.view(32));
  }

  address(): Address {
    return addressFromBytes(this.view(20));
  }

  /** A string: length u8, then ASCII. */
  string(): string {
    return bytesToAscii(this.view(this.u8()));
  }

  /** A count that must lie within its stated bounds, checked before anything is allocated. */
  count(value: number, bounds: { readonly min: number; readonly max: number }): number {
    if (value < bounds.min || value > bounds.max) this.fail();
    return value;
  }

  list<T>(count: number, readItem: () => T): T[] {
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(readItem());
    return items;
  }
}

/**
 * Runs a decoder over a whole array, which it must consume exactly.
 * Whatever fails to parse answers `code` (or the more exact verdict given to `Reader.fail`).
 */
export function decodeWith<T>(
  bytes: Uint8Array,
  code: RejectCode,
  decode: (reader: Reader) => T,
): Result<T> {
  const reader = new Reader(bytes);
  try {
    const value = decode(reader);
    return reader.remaining === 0 ? ok(value) : reject(code, { size: bytes.length });
  } catch (error) {
    if (!(error instanceof DecodeFailure)) throw error;
    return error.verdict ?? reject(code, { size: bytes.length });
  }
}

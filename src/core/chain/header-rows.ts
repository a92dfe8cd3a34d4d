/**
 * Owns: packed memory for headers: rows of 105 bytes in chunks that never move, freed rows used
 * again. Does not own: what the rows mean to each other (chain/header-tree). Layer 3.
 */
import { assert } from '../base/assert.ts';

/** The places of a row's fields, and its size. */
export const ID_AT = 0;
export const COMMITMENT_AT = 32;
/** u128: the work of the chain up to here above that of genesis. */
const WORK_AT = 64;
export const TIME_AT = 80;
export const BITS_AT = 84;
export const NONCE_AT = 88;
export const PARENT_AT = 92;
export const HEIGHT_AT = 96;
export const CHILDREN_AT = 100;
const FLAGS_AT = 104;
const ROW_SIZE = 105;

export const FLAG_BODY = 1;
export const FLAG_INVALID = 2;
const FLAG_USED = 4;

const CHUNK_BITS = 12;
const CHUNK_ROWS: number = 1 << CHUNK_BITS;
const CHUNK_MASK: number = CHUNK_ROWS - 1;
const U64_BITS = 64n;
const WORK_MAX: bigint = (1n << 128n) - 1n;

type U32Field =
  | typeof TIME_AT
  | typeof BITS_AT
  | typeof NONCE_AT
  | typeof PARENT_AT
  | typeof HEIGHT_AT
  | typeof CHILDREN_AT;

export class HeaderRows {
  readonly #chunks: DataView[] = [];
  /** Rows below this were in use at some time. */
  #end = 0;
  readonly #free: number[] = [];

  get size(): number {
    return this.#end - this.#free.length;
  }

  get bytesAllocated(): number {
    return this.#chunks.length * CHUNK_ROWS * ROW_SIZE;
  }

  /** Takes a row into use, all zero. */
  allocate(): number {
    const row = this.#free.pop() ?? this.#end++;
    if (row >>> CHUNK_BITS === this.#chunks.length) {
      this.#chunks.push(new DataView(new ArrayBuffer(CHUNK_ROWS * ROW_SIZE)));
    }
    this.setFlag(row, FLAG_USED);
    return row;
  }

  release(row: number): void {
    assert(this.hasFlag(row, FLAG_USED), 'a row is released once');
    this.bytes(row, 0, ROW_SIZE).fill(0);
    this.#free.push(row);
  }

  /** All rows in use, oldest memory first. */
  *rows(): Generator<number, void> {
    for (let row = 0; row < this.#end; row++) if (this.hasFlag(row, FLAG_USED)) yield row;
  }

  /** A view of a part of the row. */
  bytes(row: number, field: number, size: number): Uint8Array {
    return new Uint8Array(this.#chunk(row).buffer, this.#at(row) + field, size);
  }

  u32(row: number, field: U32Field | typeof ID_AT): number {
    return this.#chunk(row).getUint32(this.#at(row) + field, true);
  }

  setU32(row: number, field: U32Field, value: number): void {
    this.#chunk(row).setUint32(this.#at(row) + field, value, true);
  }

  work(row: number): bigint {
    const at = this.#at(row) + WORK_AT;
    const chunk = this.#chunk(row);
    return (chunk.getBigUint64(at + 8, true) << U64_BITS) | chunk.getBigUint64(at, true);
  }

  setWork(row: number, work: bigint): void {
    assert(work <= WORK_MAX, 'nobody does 2^128 hashes');
    const at = this.#at(row) + WORK_AT;
    this.#chunk(row).setBigUint64(at, work & ((1n << U64_BITS) - 1n), true);
    this.#chunk(row).setBigUint64(at + 8, work >> U64_BITS, true);
  }

  hasFlag(row: number, flag: number): boolean {
    return (this.#chunk(row).getUint8(this.#at(row) + FLAGS_AT) & flag) !== 0;
  }

  setFlag(row: number, flag: number): void {
    const at = this.#at(row) + FLAGS_AT;
    this.#chunk(row).setUint8(at, this.#chunk(row).getUint8(at) | flag);
  }

  clearFlag(row: number, flag: number): void {
    const at = this.#at(row) + FLAGS_AT;
    this.#chunk(row).setUint8(at, this.#chunk(row).getUint8(at) & ~flag);
  }

  /** Whether the row's id is this one. */
  hasId(row: number, id: Uint8Array): boolean {
    const chunk = this.#chunk(row);
    const at = this.#at(row) + ID_AT;
    for (let i = 0; i < id.length; i++) if (chunk.getUint8(at + i) !== id[i]) return false;
    return true;
  }

  #chunk(row: number): DataView {
    const chunk = this.#chunks[row >>> CHUNK_BITS];
    assert(chunk !== undefined, 'the row has been allocated');
    return chunk;
  }

  #at(row: number): number {
    return (row & CHUNK_MASK) * ROW_SIZE;
  }
}

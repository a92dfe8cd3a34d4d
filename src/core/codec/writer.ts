/**
 * Owns: writing fixed-width little-endian fields into a growing buffer.
 * Does not own: any structure. Layer 1. docs/protocol.md section 1.
 */
import { assert } from '../base/assert.ts';
import { asciiToBytes, bigintToLittleEndian, hexToBytes } from '../base/bytes.ts';
import type { Address, BlockId, TxId } from '../base/types.ts';
import { U32_MAX, U64_MAX, blockIdToBytes } from '../base/types.ts';

export class Writer {
  #bytes: Uint8Array;
  #view: DataView;
  #size = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  #reserve(size: number): number {
    const start = this.#size;
    const needed = start + size;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#size = needed;
    return start;
  }

  u8(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xff, 'the value is a u8');
    const at = this.#reserve(1);
    this.#view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff, 'the value is a u16');
    const at = this.#reserve(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= U32_MAX, 'the value is a u32');
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  u64(value: bigint): this {
    assert(value >= 0n && value <= U64_MAX, 'the value is a u64');
    const at = this.#reserve(8);
    this.#view.setBigUint64(at, value, true);
    return this;
  }

  u256(value: bigint): this {
    return this.raw(bigintToLittleEndian(value, 32));
  }

  raw(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  blockId(id: BlockId): this {
    return this.raw(blockIdToBytes(id));
  }

  txId(id: TxId): this {
    return this.raw(hexToBytes(id));
  }

  address(address: Address): this {
    return this.raw(hexToBytes(address));
  }

  /** A string: length u8, then ASCII. */
  string(text: string): this {
    return this.u8(text.length).raw(asciiToBytes(text));
  }

  list<T>(items: Iterable<T>, writeItem: (item: T) => void): this {
    for (const item of items) writeItem(item);
    return this;
  }

  /** The bytes written so far, as an array of their own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }
}

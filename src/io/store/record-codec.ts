/**
 * Owns: how a record lies in the database: its value, then 4 bytes of CRC-32 over key and value.
 * LevelDB does not verify what it reads from its tables; this does.
 * Does not own: the database (level-store).
 */
import { crc32 } from 'node:zlib';
import { OperationalError } from '../errors.ts';

const CHECKSUM_SIZE = 4;
const SCRATCH_SIZE_MIN = 4096;

/** Encodes keys and records into one reused buffer: what it answers holds until the next call. */
export class RecordCodec {
  #scratch: Buffer = Buffer.allocUnsafe(SCRATCH_SIZE_MIN);

  /** A key's bytes, in scratch. */
  key(key: string): Buffer {
    this.#reserve(key.length);
    return this.#scratch.subarray(0, this.#scratch.write(key, 'latin1'));
  }

  /** A record's key and checked value, in scratch. */
  record(key: string, value: Uint8Array): { readonly key: Buffer; readonly value: Buffer } {
    const end = key.length + value.length;
    this.#reserve(end + CHECKSUM_SIZE);
    this.#scratch.write(key, 'latin1');
    this.#scratch.set(value, key.length);
    this.#scratch.writeUInt32LE(crc32(this.#scratch.subarray(0, end)), end);
    return {
      key: this.#scratch.subarray(0, key.length),
      value: this.#scratch.subarray(key.length, end + CHECKSUM_SIZE),
    };
  }

  /**
   * The value of a stored record, sharing its memory: `store-damaged` when key and value do not
   * match.
   */
  value(key: Uint8Array, stored: Buffer): Uint8Array {
    const size = stored.length - CHECKSUM_SIZE;
    if (size < 0 || crc32(stored.subarray(0, size), crc32(key)) !== stored.readUInt32LE(size)) {
      throw createDamage(`record ${Buffer.from(key).toString('hex')}`);
    }
    return new Uint8Array(stored.buffer, stored.byteOffset, size);
  }

  #reserve(size: number): void {
    if (size > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(2 * size);
  }
}

/** `store-damaged`, naming what is damaged and the command that repairs it. */
export function createDamage(what: string, cause?: unknown): OperationalError {
  return new OperationalError({
    code: 'store-damaged',
    message: `the stored data is damaged: ${what}`,
    hint: 'cairn node reindex',
    exitCode: 7,
    cause,
  });
}

/**
 * Owns: reading the numbers and strings of LevelDB's files: 7 bits a byte, lowest first.
 * Does not own: where they stand (level-manifest, level-table, level-salvage).
 */

const SHIFT_END = 49;

/** Reads forwards; `at` is undefined once something did not fit, and stays so. */
export class VarintReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  at: number | undefined;

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#end = end;
    this.at = start;
  }

  /** Whether something is left to read and nothing has failed. */
  get hasMore(): boolean {
    return this.at !== undefined && this.at < this.#end;
  }

  /** The next number; 0 after a failure. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < SHIFT_END && this.hasMore; shift += 7) {
      const byte = this.#bytes[this.at!++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    this.at = undefined;
    return 0;
  }

  /** The next `size` bytes, a view; empty after a failure. */
  take(size: number): Buffer {
    const start = this.at;
    if (start === undefined || start + size > this.#end) {
      this.at = undefined;
      return Buffer.alloc(0);
    }
    this.at = start + size;
    return this.#bytes.subarray(start, this.at);
  }

  /** A string with its length before it. */
  string(): Buffer {
    return this.take(this.number());
  }
}

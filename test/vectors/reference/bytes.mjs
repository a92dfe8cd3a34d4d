/** Owns: the notation of section 1: fixed-width little-endian integers, reading, writing, hex. */

const integer = (width) => (value) => {
  let rest = BigInt(value);
  if (rest < 0n || rest >> BigInt(8 * width)) throw new Error(`${value} is no u${8 * width}`);
  const bytes = Buffer.alloc(width);
  for (let i = 0; i < width; i++, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
};

export const u8 = integer(1);
export const u16 = integer(2);
export const u32 = integer(4);
export const u64 = integer(8);
export const u256 = integer(32);

export const cat = (...parts) => Buffer.concat(parts);
export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const unhex = (text) => Buffer.from(text, 'hex');
export const reversed = (bytes) => Buffer.from(bytes).reverse();
/** A block id as shown. */
export const shown = (id) => hex(reversed(id));
export const ascii = (text) => cat(u8(text.length), Buffer.from(text, 'latin1'));
export const fromLittleEndian = (bytes) => BigInt(`0x${hex(reversed(bytes)) || '0'}`);
export const number = (value) => `0x${value.toString(16)}`;
export const bitsText = (bits) => bits.toString(16).padStart(8, '0');

/** Thrown by a reader when the bytes do not parse; caught where a check gives it a code. */
export class Unparsable extends Error {}

/** Reads in order; must be asked to `end()`. */
export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  take(length) {
    if (this.at + length > this.bytes.length) throw new Unparsable('too short');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  int(width) {
    return Number(fromLittleEndian(this.take(width)));
  }
  big(width) {
    return fromLittleEndian(this.take(width));
  }
  string() {
    return this.take(this.int(1)).toString('latin1');
  }
  list(count, item) {
    return Array.from({ length: count }, item);
  }
  end() {
    if (this.at !== this.bytes.length) throw new Unparsable('bytes left');
  }
}

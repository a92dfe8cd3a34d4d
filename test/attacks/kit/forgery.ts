/** Owns: small changes to bytes that were right. */
import { cat, u32 } from '../../vectors/reference/bytes.mjs';

/** Where the fields of header and body stand, in bytes. */
export const AT = {
  parent: 4,
  commitment: 36,
  time: 68,
  bits: 72,
  nonce: 76,
  height: 80,
  count: 84,
  transactionsRoot: 88,
  accountsRoot: 120,
  historyRoot: 152,
  coinbase: 184,
} as const;

export function edit(bytes: Uint8Array, at: number, change: Uint8Array): Buffer {
  return cat(bytes.subarray(0, at), change, bytes.subarray(at + change.length));
}

export function flipBit(bytes: Uint8Array, bit: number): Buffer {
  const at = bit >> 3;
  return edit(bytes, at, Buffer.of(bytes[at]! ^ (1 << (bit & 7))));
}

/** The last byte of a signature, or of whatever ends here, changed. */
export function breakEnd(bytes: Uint8Array): Buffer {
  return flipBit(bytes, 8 * (bytes.length - 1));
}

/** The block's bytes with its last transaction twice; the header is left alone. */
export function repeatTail(block: Reference.Block): Buffer {
  const tail = block.transactions.at(-1)!.bytes;
  return edit(cat(block.bytes, tail), AT.count, u32(block.count + 1));
}

/** The same numbers on every run: a small generator for mutations (mulberry32). */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One change of a random kind: a bit, a byte, a cut, an end, a doubled or a removed part. */
export function mutate(bytes: Uint8Array, random: (below: number) => number): Buffer {
  const at = random(bytes.length);
  const length = 1 + random(Math.min(32, bytes.length - at));
  switch (random(6)) {
    case 0:
      return flipBit(bytes, random(8 * bytes.length));
    case 1:
      return edit(bytes, at, Buffer.of(random(256)));
    case 2:
      return Buffer.from(bytes.subarray(0, at));
    case 3:
      return cat(bytes, Buffer.alloc(length, random(256)));
    case 4:
      return cat(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
    default:
      return cat(bytes.subarray(0, at), bytes.subarray(at + length));
  }
}

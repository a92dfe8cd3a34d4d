/**
 * Owns: the deterministic generator that core draws from; its seed comes from outside.
 * Does not own: entropy for keys (the wallet asks the operating system). Layer 0.
 */
import { assert } from './assert.ts';

/** A source of reproducible draws. Not for secrets. */
export interface Random {
  /** A uniform integer from 0 to `bound` - 1. */
  below(bound: number): number;
  bytes(size: number): Uint8Array;
}

/** Makes a xoshiro128** generator from 16 bytes of seed that are not all zero. */
export function createRandom(seed: Uint8Array): Random {
  assert(seed.length === 16, 'the seed has 16 bytes');
  const view = new DataView(seed.buffer, seed.byteOffset, 16);
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  if ((a | b | c | d) === 0) a = 1;
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
  return {
    below(bound) {
      assert(bound > 0 && bound <= 0x1_0000_0000, 'the bound is 1 to 2^32');
      const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
      let draw = next();
      while (draw >= limit) draw = next();
      return draw % bound;
    },
    bytes(size) {
      return Uint8Array.from({ length: size }, () => next() >>> 24);
    },
  };
}

/**
 * Owns: the nonce search in plain JavaScript: the fallback where WASM SIMD is missing, and the
 * first compression that every search begins with.
 * Does not own: the fast search (assembly) or the full check of a find (kernel).
 */

// prettier-ignore
const K = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);
const INITIAL = Int32Array.of(
  ...[0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a],
  ...[0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
);
const HEADER_BITS = 640;
const DIGEST_BITS = 256;
const PADDING = 0x8000_0000 | 0;

const schedule = new Int32Array(64);
const state = new Int32Array(8);

/** The SHA-256 state after the 16 words of a first block. */
export function hashFirstBlock(words: Uint32Array): Uint32Array {
  schedule.set(words);
  state.set(INITIAL);
  compress();
  return Uint32Array.from(state);
}

/**
 * Tries `count` nonces from `start`; `input` holds the state after the header's first 64 bytes,
 * then the three words before the nonce. Answers how many come before the first whose hash, read as
 * a little-endian number, has top 32 bits of at most `top`; `count` when there is none.
 */
export function searchPlain(
  input: Uint32Array,
  range: { readonly start: number; readonly count: number; readonly top: number },
): number {
  for (let offset = 0; offset < range.count; offset++) {
    for (let i = 0; i < 8; i++) state[i] = input[i]!;
    for (let i = 0; i < 3; i++) schedule[i] = input[8 + i]!;
    schedule[3] = swapBytes(range.start + offset);
    pad(4, HEADER_BITS);
    compress();
    for (let i = 0; i < 8; i++) schedule[i] = state[i]!;
    state.set(INITIAL);
    pad(8, DIGEST_BITS);
    compress();
    if (swapBytes(state[7]!) >>> 0 <= range.top) return offset;
  }
  return range.count;
}

function swapBytes(x: number): number {
  return (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
}

function rotate(x: number, bits: number): number {
  return (x >>> bits) | (x << (32 - bits));
}

function pad(from: number, bits: number): void {
  schedule[from] = PADDING;
  for (let i = from + 1; i < 15; i++) schedule[i] = 0;
  schedule[15] = bits;
}

/** SHA-256's compression of the schedule's first 16 words into the state. */
function compress(): void {
  for (let t = 16; t < 64; t++) {
    const w2 = schedule[t - 2]!;
    const w15 = schedule[t - 15]!;
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    schedule[t] = (s1 + s0 + schedule[t - 7]! + schedule[t - 16]!) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t]! + schedule[t]!) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
  state[4] = state[4]! + e;
  state[5] = state[5]! + f;
  state[6] = state[6]! + g;
  state[7] = state[7]! + h;
}

/**
 * Owns: the search for a nonce, four at a time: double SHA-256 of 80-byte headers that differ only
 * in their last word. AssemblyScript, compiled to WASM SIMD by .config/build-kernel.js; each v128
 * holds the same word of four headers with nonces n, n+1, n+2, n+3.
 * Does not own: the first 64 bytes (their SHA-256 state comes in) or the full check of a find.
 */

// prettier-ignore
const K: StaticArray<u32> = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];
const INITIAL: StaticArray<u32> = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
const LANE: usize = 16;

/**
 * Eight words of SHA-256 state after the first 64 bytes, then the three header words before the
 * nonce.
 */
const input: usize = memory.data(44, 4);
const schedule: usize = memory.data(64 * 16, 16);
const state: usize = memory.data(8 * 16, 16);

/** Where the caller writes the eleven words. */
export function inputPointer(): usize {
  return input;
}

/**
 * Tries `count` nonces (a multiple of 4) from `start`: answers how many come before the first whose
 * hash, read as a little-endian number, has top 32 bits of at most `top`; `count` when there is
 * none.
 */
export function search(start: u32, count: u32, top: u32): u32 {
  const limit = i32x4.splat(top);
  const ramp = i32x4(0, 1, 2, 3);
  for (let offset: u32 = 0; offset < count; offset += 4) {
    for (let i: usize = 0; i < 8; i++) put(state, i, v128.load32_splat(input + i * 4));
    for (let i: usize = 0; i < 3; i++) put(schedule, i, v128.load32_splat(input + 32 + i * 4));
    put(schedule, 3, swapBytes(i32x4.add(i32x4.splat(start + offset), ramp)));
    pad(4, 80);
    compress();
    for (let i: usize = 0; i < 8; i++) put(schedule, i, get(state, i));
    for (let i: usize = 0; i < 8; i++) put(state, i, i32x4.splat(unchecked(INITIAL[<i32>i])));
    pad(8, 32);
    compress();
    const hits = i32x4.le_u(swapBytes(get(state, 7)), limit);
    if (v128.any_true(hits)) return offset + ctz(i32x4.bitmask(hits));
  }
  return count;
}

@inline
function get(base: usize, index: usize): v128 {
  return v128.load(base + index * LANE);
}

@inline
function put(base: usize, index: usize, value: v128): void {
  v128.store(base + index * LANE, value);
}

@inline
function swapBytes(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}

@inline
function xor3(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c);
}

/** SHA-256's padding from word `from` on, of a message of `size` bytes. */
@inline
function pad(from: usize, size: u32): void {
  put(schedule, from, i32x4.splat(0x80000000));
  for (let i = from + 1; i < 15; i++) put(schedule, i, i32x4.splat(0));
  put(schedule, 15, i32x4.splat(size * 8));
}

/** Adds word and constant number `i` of those at `w` and `k`. */
@inline
function addWord(h: v128, w: usize, k: usize, i: usize): v128 {
  return i32x4.add(h, i32x4.add(v128.load(w + i * LANE), v128.load32_splat(k + i * 4)));
}

/** What a round adds to d, and a part of what replaces h. */
@inline
function mix(e: v128, f: v128, g: v128, h: v128): v128 {
  const s1 = xor3(rotate(e, 6), rotate(e, 11), rotate(e, 25));
  const choice = v128.xor(g, v128.and(e, v128.xor(f, g)));
  return i32x4.add(i32x4.add(h, s1), choice);
}

/** The other part of what replaces h. */
@inline
function fold(a: v128, b: v128, c: v128): v128 {
  const s0 = xor3(rotate(a, 2), rotate(a, 13), rotate(a, 22));
  return i32x4.add(s0, v128.xor(b, v128.and(v128.xor(a, b), v128.xor(b, c))));
}

/** SHA-256's compression of the schedule's first 16 words into the state. */
function compress(): void {
  for (let at = schedule; at < schedule + 48 * LANE; at += LANE) {
    const w2 = v128.load(at, 14 * LANE);
    const w15 = v128.load(at, LANE);
    const s1 = xor3(rotate(w2, 17), rotate(w2, 19), i32x4.shr_u(w2, 10));
    const s0 = xor3(rotate(w15, 7), rotate(w15, 18), i32x4.shr_u(w15, 3));
    const older = i32x4.add(v128.load(at, 9 * LANE), v128.load(at));
    v128.store(at, i32x4.add(older, i32x4.add(s0, s1)), 16 * LANE);
  }
  let a = get(state, 0);
  let b = get(state, 1);
  let c = get(state, 2);
  let d = get(state, 3);
  let e = get(state, 4);
  let f = get(state, 5);
  let g = get(state, 6);
  let h = get(state, 7);
  let x: v128;
  // Eight rounds rename the eight words in a circle, so that none has to move.
  for (let t: usize = 0; t < 64; t += 8) {
    const w = schedule + t * LANE;
    const k = changetype<usize>(K) + t * 4;
    x = mix(e, f, g, addWord(h, w, k, 0));
    d = i32x4.add(d, x);
    h = i32x4.add(x, fold(a, b, c));
    x = mix(d, e, f, addWord(g, w, k, 1));
    c = i32x4.add(c, x);
    g = i32x4.add(x, fold(h, a, b));
    x = mix(c, d, e, addWord(f, w, k, 2));
    b = i32x4.add(b, x);
    f = i32x4.add(x, fold(g, h, a));
    x = mix(b, c, d, addWord(e, w, k, 3));
    a = i32x4.add(a, x);
    e = i32x4.add(x, fold(f, g, h));
    x = mix(a, b, c, addWord(d, w, k, 4));
    h = i32x4.add(h, x);
    d = i32x4.add(x, fold(e, f, g));
    x = mix(h, a, b, addWord(c, w, k, 5));
    g = i32x4.add(g, x);
    c = i32x4.add(x, fold(d, e, f));
    x = mix(g, h, a, addWord(b, w, k, 6));
    f = i32x4.add(f, x);
    b = i32x4.add(x, fold(c, d, e));
    x = mix(f, g, h, addWord(a, w, k, 7));
    e = i32x4.add(e, x);
    a = i32x4.add(x, fold(b, c, d));
  }
  put(state, 0, i32x4.add(get(state, 0), a));
  put(state, 1, i32x4.add(get(state, 1), b));
  put(state, 2, i32x4.add(get(state, 2), c));
  put(state, 3, i32x4.add(get(state, 3), d));
  put(state, 4, i32x4.add(get(state, 4), e));
  put(state, 5, i32x4.add(get(state, 5), f));
  put(state, 6, i32x4.add(get(state, 6), g));
  put(state, 7, i32x4.add(get(state, 7), h));
}

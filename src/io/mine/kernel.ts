/**
 * Owns: the choice of a nonce search that works here, its self-check, and the full check of what it
 * finds.
 * Does not own: the searches themselves (assembly, plain-kernel), threads (miner) or templates.
 * docs/protocol.md sections 6 and 8.
 */
import { assert } from '../../core/base/assert.ts';
import { doubleSha256 } from '../../core/base/crypto.ts';
import type { Target } from '../../core/base/types.ts';
import { blockIdFromBytes } from '../../core/base/types.ts';
import { HEADER_SIZE, NONCE_OFFSET } from '../../core/codec/header.ts';
import { idMeetsTarget } from '../../core/rules/work.ts';
import { KERNEL_WASM } from './kernel-wasm.ts';
import { hashFirstBlock, searchPlain } from './plain-kernel.ts';

export const NONCE_COUNT = 0x1_0000_0000;

/** The part of the platform's WebAssembly that is used here; Node's types leave it to the DOM's. */
declare const WebAssembly: {
  readonly validate: (code: Uint8Array) => boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Searches by the top 32 bits of the hash alone; what it answers stands at `searchPlain`. */
type RawSearch = typeof searchPlain;

export interface NonceRange {
  readonly start: number;
  /** A multiple of 4. */
  readonly count: number;
}

export interface NonceKernel {
  readonly name: 'simd' | 'plain';
  /** The first nonce of the range with which the header meets the target, or undefined. */
  readonly search: (header: Uint8Array, range: NonceRange, target: Target) => number | undefined;
}

const INPUT_WORDS = 11;

/** The SIMD kernel where it loads and passes its self-check, else the plain one. */
export function loadKernel(): NonceKernel {
  const simd = loadSimdKernel();
  return simd !== undefined && findsWhatCoreFinds(simd) ? simd : createPlainKernel();
}

export function createPlainKernel(): NonceKernel {
  return createKernel('plain', searchPlain);
}

/** The SIMD kernel, or undefined where the platform has no WASM SIMD. */
export function loadSimdKernel(): NonceKernel | undefined {
  const wasm = Buffer.from(KERNEL_WASM, 'base64');
  if (!WebAssembly.validate(wasm)) return undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const { inputPointer, search, memory } = exports as {
    readonly inputPointer: () => number;
    readonly search: (start: number, count: number, top: number) => number;
    readonly memory: { readonly buffer: ArrayBuffer };
  };
  const shared = new Uint32Array(memory.buffer, inputPointer(), INPUT_WORDS);
  return createKernel('simd', (input, { start, count, top }) => {
    shared.set(input);
    return search(start, count, top) >>> 0;
  });
}

function createKernel(name: NonceKernel['name'], rawSearch: RawSearch): NonceKernel {
  return {
    name,
    search(header, { start, count }, target) {
      assert(header.length === HEADER_SIZE && count % 4 === 0, 'a header, and nonces by fours');
      const input = prepareInput(header);
      const top = Number(target >> 224n);
      let tried = 0;
      while (tried < count) {
        const left = { start: start + tried, count: alignUp(count - tried), top };
        const offset = rawSearch(input, left);
        if (offset >= count - tried) return undefined;
        const nonce = start + tried + offset;
        if (meetsTarget(header, nonce, target)) return nonce;
        tried += offset + 1;
      }
      return undefined;
    },
  };
}

/**
 * After a find that fails the full check the rest is no longer a multiple of 4: a few are tried
 * beyond it.
 */
function alignUp(count: number): number {
  return Math.ceil(count / 4) * 4;
}

/** The state after the first 64 bytes, then the three big-endian words before the nonce. */
function prepareInput(header: Uint8Array): Uint32Array {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const words = Uint32Array.from({ length: 19 }, (_, i) => view.getUint32(4 * i));
  const input = new Uint32Array(INPUT_WORDS);
  input.set(hashFirstBlock(words.subarray(0, 16)));
  input.set(words.subarray(16), 8);
  return input;
}

/** The header, or the block that begins with it, with this nonce: a copy. */
export function withNonce(header: Uint8Array, nonce: number): Uint8Array {
  const copy = Uint8Array.from(header);
  new DataView(copy.buffer).setUint32(NONCE_OFFSET, nonce, true);
  return copy;
}

function meetsTarget(header: Uint8Array, nonce: number, target: Target): boolean {
  return idMeetsTarget(blockIdFromBytes(doubleSha256(withNonce(header, nonce))), target);
}

/** Searches a made-up header for what one nonce in 64 meets, and compares with core's hashing. */
function findsWhatCoreFinds(kernel: NonceKernel): boolean {
  const header = Uint8Array.from({ length: HEADER_SIZE }, (_, i) => i * 7);
  const target = (1n << 250n) as Target;
  const count = 1024;
  let expected: number | undefined = 0;
  while (expected < count && !meetsTarget(header, expected, target)) expected++;
  if (expected === count) expected = undefined;
  return kernel.search(header, { start: 0, count }, target) === expected;
}

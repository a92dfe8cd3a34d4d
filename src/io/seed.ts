/**
 * Owns: randomness from the operating system.
 * Does not own: the reproducible generator that core draws from (core/base/random).
 */
import { randomBytes } from 'node:crypto';

const CORE_SEED_SIZE = 16;

/** Fresh bytes of the operating system, as an array of their own. */
export function drawRandomBytes(size: number): Uint8Array {
  return Uint8Array.from(randomBytes(size));
}

/** The 16 bytes that seed core's generator; not all zero. */
export function drawSeed(): Uint8Array {
  const seed = drawRandomBytes(CORE_SEED_SIZE);
  return seed.some((byte) => byte !== 0) ? seed : drawSeed();
}

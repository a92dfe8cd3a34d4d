/**
 * Owns: the forms in which chance enters a simulation, and independent streams of it from one seed.
 * Does not own: the generator (core/base/random).
 */
import { assert } from '../core/base/assert.ts';
import { asciiToBytes } from '../core/base/bytes.ts';
import { sha256 } from '../core/base/crypto.ts';
import type { Random } from '../core/base/random.ts';
import { createRandom } from '../core/base/random.ts';

/** Draws for one purpose. */
export class Draws {
  readonly random: Random;

  /**
   * Each purpose has a stream of its own, so that leaving out one draw of a fault changes nothing
   * that another part draws.
   */
  constructor(seed: number, purpose: string) {
    this.random = createRandom(sha256(asciiToBytes(`cairn sim ${seed} ${purpose}`)).slice(0, 16));
  }

  below(bound: number): number {
    return this.random.below(bound);
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.random.below(max - min + 1);
  }

  percent(chance: number): boolean {
    return this.random.below(100) < chance;
  }

  pick<T>(list: readonly T[]): T {
    assert(list.length > 0, 'there is something to pick from');
    return list[this.random.below(list.length)] as T;
  }

  /** A waiting time without memory, at least 1 ms. */
  exponentialMs(meanMs: number): number {
    const share = (this.random.below(0x1_0000_0000) + 1) / 0x1_0000_0000;
    return Math.max(1, Math.round(-Math.log(share) * meanMs));
  }
}

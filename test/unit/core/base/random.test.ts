/** The generator is reproducible, uniform enough, and is xoshiro128**. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../src/core/base/random.ts';

const seed = fc.uint8Array({ minLength: 16, maxLength: 16 });
const TWO_32 = 0x1_0000_0000;

/** The published recurrence, on bigints. */
function* xoshiro128starstar(state: readonly number[]): Generator<number> {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  const s = state.map(BigInt) as [bigint, bigint, bigint, bigint];
  for (;;) {
    yield Number((rotate((s[1] * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
  }
}

describe('random', () => {
  test('draws what xoshiro128** draws', () => {
    const random = createRandom(new Uint8Array(new Uint32Array([1, 2, 3, 0xffffffff]).buffer));
    const reference = xoshiro128starstar([1, 2, 3, 0xffffffff]);
    for (let i = 0; i < 1000; i++) expect(random.below(TWO_32)).toBe(reference.next().value);
  });

  test('one seed gives one sequence, within its bounds', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: TWO_32 }), (bytes, bound) => {
        const [a, b] = [createRandom(bytes), createRandom(bytes)];
        for (let i = 0; i < 20; i++) {
          const draw = a.below(bound);
          expect(draw).toBe(b.below(bound));
          expect(draw >= 0 && draw < bound).toBe(true);
        }
        expect(a.bytes(40)).toEqual(b.bytes(40));
      }),
    );
  });

  test('a seed of zeros does not stand still, a seed of another length is our bug', () => {
    const random = createRandom(new Uint8Array(16));
    expect(new Set(random.bytes(64)).size).toBeGreaterThan(10);
    expect(() => createRandom(new Uint8Array(15))).toThrow('16 bytes');
    for (const bound of [0, -1, TWO_32 + 1]) expect(() => random.below(bound)).toThrow('bound');
  });

  test('draws are even', () => {
    const random = createRandom(Uint8Array.from({ length: 16 }, (_, i) => i));
    const counts = new Uint32Array(6);
    for (let i = 0; i < 60_000; i++) counts[random.below(6)]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

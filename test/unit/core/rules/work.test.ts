/**
 * Compact bits round trip, work falls with the target, ASERT is monotonic, clamped and answers at
 * any distance.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toTarget } from '../../../../src/core/base/types.ts';
import {
  asertBits,
  bitsToTarget,
  bitsToWork,
  idMeetsTarget,
  isCanonicalBits,
  targetToBits,
  targetToText,
} from '../../../../src/core/rules/work.ts';
import * as arbitrary from '../../../kit/arbitraries.ts';

/** Targets of every length, not only long ones. */
const target = fc
  .tuple(fc.integer({ min: 1, max: 256 }), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }))
  .map(([bits, value]) => toTarget((value >> BigInt(256 - bits)) | 1n));

describe('compact bits (docs/protocol.md section 8)', () => {
  test('canonical bits and their target are one to one', () => {
    fc.assert(
      fc.property(target, (value) => {
        const bits = targetToBits(value);
        expect(isCanonicalBits(bits)).toBe(true);
        expect(targetToBits(bitsToTarget(bits))).toBe(bits);
        expect(bitsToTarget(bits) <= value).toBe(true);
        // Rounding down loses less than one part in 2^15.
        expect((value - bitsToTarget(bits)) << 15n <= value).toBe(true);
      }),
    );
  });

  test('any 32 bits are canonical exactly when they are what their target compresses to', () => {
    const near = fc.tuple(fc.integer({ min: 0, max: 35 }), fc.nat(0xffffff));
    const bits = fc.oneof(
      arbitrary.u32,
      near.map(([size, mantissa]) => ((size << 24) | mantissa) >>> 0),
    );
    fc.assert(
      fc.property(bits, (value) => {
        const expanded = bitsToTarget(value);
        const inRange = expanded > 0n && expanded < 2n ** 256n && (value & 0x800000) === 0;
        expect(isCanonicalBits(value)).toBe(inRange && targetToBits(expanded) === value);
      }),
      { numRuns: 2000 },
    );
  });

  test('more work for a lower target; an id meets its own number and no lower one', () => {
    fc.assert(
      fc.property(target, target, arbitrary.blockId, (a, b, id) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(bitsToWork(targetToBits(low)) >= bitsToWork(targetToBits(high))).toBe(true);
        const number = BigInt(`0x${id}`);
        expect(idMeetsTarget(id, toTarget(number))).toBe(true);
        if (number > 0n) expect(idMeetsTarget(id, toTarget(number - 1n))).toBe(false);
        expect(BigInt(`0x${targetToText(low)}`)).toBe(low);
        expect(targetToText(low)).toHaveLength(64);
      }),
    );
  });
});

describe('ASERT (docs/protocol.md section 8)', () => {
  const schedule = {
    anchorBits: 0x1d00ffff,
    limitBits: 0x1d07fff8,
    spacingSeconds: 10,
    halfLifeSeconds: 600,
  };
  const at = (timeDelta: bigint, heightDelta: bigint): bigint =>
    bitsToTarget(asertBits({ ...schedule, timeDelta, heightDelta }));
  const height = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
  const late = fc.bigInt({ min: -100_000n, max: 100_000n });

  test('blocks on schedule keep the anchor bits', () => {
    fc.assert(
      fc.property(height, (h) => {
        expect(at(10n * (h + 1n), h)).toBe(bitsToTarget(schedule.anchorBits));
      }),
    );
  });

  test('later is never harder, more blocks are never easier', () => {
    fc.assert(
      fc.property(height, late, fc.bigInt({ min: 1n, max: 5_000n }), (h, delay, more) => {
        const time = 10n * (h + 1n) + delay;
        expect(at(time + more, h) >= at(time, h)).toBe(true);
        expect(at(time, h + more) <= at(time, h)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('one half-life of delay doubles the target, one ahead halves it', () => {
    const anchor = bitsToTarget(schedule.anchorBits);
    expect(at(10n + 600n, 0n)).toBe(2n * anchor);
    expect(at(10n - 600n, 0n)).toBe(bitsToTarget(targetToBits(toTarget(anchor / 2n))));
    expect(at(10n + 1800n, 0n)).toBe(bitsToTarget(schedule.limitBits));
  });

  test('is canonical and between 1 and the limit at any distance', () => {
    const wide = fc.oneof(late, fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }));
    const halfLifeSeconds = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(wide, height, halfLifeSeconds, (timeDelta, heightDelta, halfLife) => {
        const bits = asertBits({ ...schedule, halfLifeSeconds: halfLife, timeDelta, heightDelta });
        expect(isCanonicalBits(bits)).toBe(true);
        expect(bitsToTarget(bits) <= bitsToTarget(schedule.limitBits)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(at(2n ** 70n, 0n)).toBe(bitsToTarget(schedule.limitBits));
    expect(at(-(2n ** 70n), 0n)).toBe(1n);
  });
});

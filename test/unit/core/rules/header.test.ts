/** Median time of few and of eleven, and the window of times a header may have. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hexToBytes } from '../../../../src/core/base/bytes.ts';
import { toHeight, toUnixSeconds } from '../../../../src/core/base/types.ts';
import type { Header } from '../../../../src/core/codec/header.ts';
import { decodeHeader } from '../../../../src/core/codec/header.ts';
import type { ParentContext } from '../../../../src/core/rules/header.ts';
import {
  checkHeaderInContext,
  extendContext,
  medianTime,
} from '../../../../src/core/rules/header.ts';
import { vectorBlocks, vectorNetwork } from '../../../kit/vectors.ts';

const { params } = vectorNetwork('easy');
const genesis: ParentContext = { height: toHeight(0), recentTimes: [params.time] };
const decoded = decodeHeader(hexToBytes(vectorBlocks('easy')[0]!.header));
if (!decoded.ok) throw new Error(decoded.code);
const header = decoded.value;
const withTime = (time: number): Header => ({ ...header, time: toUnixSeconds(time) });
const times = fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: 1, maxLength: 40 });

const contextOf = (all: readonly number[]): ParentContext =>
  all
    .map(toUnixSeconds)
    .reduce<ParentContext>((context, time) => extendContext(context, time), genesis);

describe('median time (docs/protocol.md section 9)', () => {
  test('is the middle, the later of two, of at most the last eleven, genesis included', () => {
    fc.assert(
      fc.property(times, (all) => {
        const last = [params.time, ...all].slice(-11).sort((a, b) => a - b);
        const context = contextOf(all);
        expect(context.height).toBe(all.length);
        expect(medianTime(context)).toBe(last[Math.floor(last.length / 2)]);
      }),
    );
  });

  test('never falls when each header is above it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 60 }), (steps) => {
        let context = genesis;
        for (const step of steps) {
          const before = medianTime(context);
          context = extendContext(context, toUnixSeconds(before + step));
          expect(medianTime(context)).toBeGreaterThanOrEqual(before);
        }
      }),
    );
  });
});

describe('a header time (H8, H9)', () => {
  test('lies above the median and at most maxFutureSeconds above the clock', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: -3, max: 3 }), (all, offset) => {
        const parent = contextOf(all);
        const median = medianTime(parent);
        const time = median + offset;
        fc.pre(time >= 0 && time <= 0xffff_ffff);
        const nowSeconds = 0xffff_ffff;
        const verdict = checkHeaderInContext(withTime(time), { parent, params, nowSeconds });
        expect(verdict).toMatchObject(
          offset > 0 ? { ok: true } : { code: 'header-time-too-old', facts: { time, median } },
        );
      }),
    );
  });

  test.each([-1, 0, 1])('against the limit of an own clock, %d s off', (offset) => {
    const nowSeconds = params.time + 50;
    const limit = nowSeconds + params.maxFutureSeconds;
    const context = { parent: genesis, params, nowSeconds };
    const time = limit + offset;
    expect(checkHeaderInContext(withTime(time), context)).toMatchObject(
      offset <= 0 ? { ok: true } : { code: 'header-time-too-new', facts: { time, limit } },
    );
    const later = { ...context, nowSeconds: nowSeconds + 1 };
    expect(checkHeaderInContext(withTime(time), later).ok).toBe(true);
  });
});

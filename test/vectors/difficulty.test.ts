/**
 * Compact bits, targets, work and ASERT are those of the vectors and of Bitcoin Cash's
 * specification.
 */
import { describe, expect, test } from 'vitest';
import { parseBlockId, toHeight, toTarget, toUnixSeconds } from '../../src/core/base/types.ts';
import type { Params } from '../../src/core/rules/params.ts';
import {
  asertBits,
  bitsToTarget,
  bitsToWork,
  idMeetsTarget,
  isCanonicalBits,
  nextBits,
  targetToBits,
} from '../../src/core/rules/work.ts';
import { bitsToText, readCsvVectors, readVectors, vectorNetwork } from '../kit/vectors.ts';

interface AsertVector {
  readonly name: string;
  readonly parameters: {
    readonly time: number;
    readonly bits: string;
    readonly powLimit: string;
    readonly spacingSeconds: number;
    readonly halfLifeSeconds: number;
    readonly retarget: boolean;
  };
  readonly parentHeight: number;
  readonly parentTime: number;
  readonly bits: string;
}

interface DifficultyVectors {
  readonly compact: readonly { bits: string; canonical: boolean; target: string | null }[];
  readonly toBits: readonly { target: string; bits: string }[];
  readonly work: readonly { bits: string; work: string }[];
  readonly meets: readonly { id: string; bits: string; meets: boolean }[];
  readonly asert: readonly AsertVector[];
}

const vectors = readVectors('difficulty.json') as DifficultyVectors;
const fromHex = (bits: string): number => parseInt(bits, 16);

describe('compact bits and work (docs/protocol.md section 8)', () => {
  test.each(vectors.compact)('$bits expands', ({ bits, canonical, target }) => {
    expect(isCanonicalBits(fromHex(bits))).toBe(canonical);
    if (target !== null) expect(bitsToTarget(fromHex(bits))).toBe(BigInt(target));
  });

  test.each(vectors.toBits)('$target is compressed', ({ target, bits }) => {
    expect(bitsToText(targetToBits(toTarget(BigInt(target))))).toBe(bits);
  });

  test.each(vectors.work)('$bits is worth its work', ({ bits, work }) => {
    expect(bitsToWork(fromHex(bits))).toBe(BigInt(work));
  });

  test.each(vectors.meets)('$id against $bits', ({ id, bits, meets }) => {
    expect(idMeetsTarget(parseBlockId(id)!, bitsToTarget(fromHex(bits)))).toBe(meets);
  });
});

describe('the next bits', () => {
  test.each(vectors.asert)('$name', ({ parameters, parentHeight, parentTime, bits }) => {
    const params: Params = {
      ...vectorNetwork('asert').params,
      ...parameters,
      time: toUnixSeconds(parameters.time),
      bits: fromHex(parameters.bits),
      powLimit: fromHex(parameters.powLimit),
    };
    const parent = {
      height: toHeight(parentHeight),
      recentTimes: [toUnixSeconds(parentTime)],
    };
    expect(bitsToText(nextBits(params, parent))).toBe(bits);
  });

  test('aserti3-2d agrees with every run of the Bitcoin Cash specification', () => {
    const rows = readCsvVectors<
      | 'run'
      | 'anchor_height'
      | 'anchor_parent_time'
      | 'anchor_bits'
      | 'eval_height'
      | 'eval_time'
      | 'next_bits'
    >('public/asert.csv');
    expect(rows).toHaveLength(1500);
    for (const row of rows) {
      const bits = asertBits({
        anchorBits: Number(row.anchor_bits),
        limitBits: 0x1d00ffff,
        spacingSeconds: 600,
        halfLifeSeconds: 172_800,
        timeDelta: BigInt(row.eval_time) - BigInt(row.anchor_parent_time),
        heightDelta: BigInt(row.eval_height) - BigInt(row.anchor_height),
      });
      expect([row.run, row.eval_height, bits]).toEqual([
        row.run,
        row.eval_height,
        Number(row.next_bits),
      ]);
    }
  });
});

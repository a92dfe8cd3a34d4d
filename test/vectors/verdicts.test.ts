/**
 * Every case of invalid.json is refused with its code and facts, every case of valid.json passes.
 */
import { describe, expect, test } from 'vitest';
import type { InvalidCase, ValidCase } from '../kit/stages.ts';
import { runStage } from '../kit/stages.ts';
import { readVectors } from '../kit/vectors.ts';

const invalid = readVectors('invalid.json') as readonly InvalidCase[];
const valid = readVectors('valid.json') as readonly ValidCase[];

/** Facts in the form that JSON has for them. */
function plainFacts(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(facts);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'bigint' ? `${value}` : value]),
  );
}

describe('refused', () => {
  test.each(invalid)('$stage: $name', (row) => {
    const verdict = runStage(row);
    if (verdict.ok) throw new Error('it passes');
    expect(verdict.code).toBe(row.code);
    expect(plainFacts(verdict.facts)).toMatchObject(row.facts ?? {});
  });
});

describe('accepted', () => {
  test.each(valid)('$stage: $name', (row) => {
    expect(runStage(row)).toMatchObject({ ok: true });
  });
});

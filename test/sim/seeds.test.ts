/**
 * Two hundred networks of five nodes under faults: whatever happens, nothing that must hold breaks,
 * and they heal. CAIRN_SIM_SEED=n runs that one alone.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { FAULT_NAMES } from '../../src/sim/faults.ts';
import type { SimulationResult } from '../../src/sim/simulation.ts';
import { describeFailure, simulate } from '../kit/simulation.ts';

const SEED_COUNT = 200;
const SEEDS_PER_TEST = 25;
const BATCH_TIMEOUT_MS = 120_000;

const chosen = process.env['CAIRN_SIM_SEED'];
const results: SimulationResult[] = [];

function run(seed: number): void {
  const result = simulate(seed);
  results.push(result);
  expect(describeFailure(result)).toBeUndefined();
}

function sum(read: (result: SimulationResult) => number): number {
  return results.reduce((total, result) => total + read(result), 0);
}

if (chosen !== undefined) {
  test(`seed ${chosen}`, { timeout: BATCH_TIMEOUT_MS }, () => run(Number(chosen)));
} else {
  const batches = Array.from({ length: SEED_COUNT / SEEDS_PER_TEST }, (_, i) => i * SEEDS_PER_TEST);
  test.each(batches)('25 seeds from %i', { timeout: BATCH_TIMEOUT_MS }, (first) => {
    for (let seed = first; seed < first + SEEDS_PER_TEST; seed++) run(seed);
  });

  describe('what these seeds went through', () => {
    test('blocks, reorgs, and at least three kinds of faults in most', () => {
      const isHard = ({ faults, reorgCount, blockCount }: SimulationResult): boolean =>
        Object.keys(faults).length >= 3 && reorgCount > 0 && blockCount >= 10;
      expect(results.filter(isHard).length).toBeGreaterThan(0.8 * SEED_COUNT);
      expect(sum(({ eventCount }) => eventCount)).toBeGreaterThan(1000 * SEED_COUNT);
      expect(sum(({ revertedCount }) => revertedCount)).toBeGreaterThan(SEED_COUNT);
      expect(sum(({ acceptedCount }) => acceptedCount)).toBeGreaterThan(10 * SEED_COUNT);
    });

    test.each(FAULT_NAMES)('%s took effect', (name) => {
      expect(sum(({ faults }) => faults[name] ?? 0)).toBeGreaterThan(0);
    });
  });
}

afterAll(() => void results.splice(0));

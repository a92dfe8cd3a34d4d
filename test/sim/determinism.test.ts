/** Same seed, same events: what a failing seed is worth. */
import { expect, test } from 'vitest';
import { createSharedWork } from '../../src/sim/simulation.ts';
import { simulate } from '../kit/simulation.ts';

test.each([7, 42])('seed %i gives the same trace twice, whatever is remembered', (seed) => {
  const first = simulate(seed);
  const again = simulate(seed, { shared: createSharedWork(), keepsTrace: true });
  expect(again.traceHash).toBe(first.traceHash);
  expect({ ...again, trace: [] }).toEqual(first);
  expect(again.trace.length).toBeGreaterThan(1000);
});

test('another seed, another trace', () => {
  expect(simulate(1).traceHash).not.toBe(simulate(2).traceHash);
});

test('a plan of faults can be given, and an empty one leaves the rest as it was', () => {
  const calm = simulate(3, { incidents: [] });
  expect(calm.failure).toBeUndefined();
  expect(Object.keys(calm.faults).filter((name) => name !== 'worker-out-of-order')).toEqual([]);
  expect(calm.acceptedCount).toBeGreaterThan(0);
});

/**
 * Owns: the form in which tests run simulations, and what they say of a seed that failed.
 * Does not own: any part of a simulation (src/sim).
 */
import { installNativeHash } from '../../src/io/install-hash.ts';
import type { SimulationOptions, SimulationResult } from '../../src/sim/simulation.ts';
import { createSharedWork, runSimulation } from '../../src/sim/simulation.ts';

installNativeHash();
const shared = createSharedWork();
const TRACE_LINES = 60;

/** Five nodes for two virtual minutes, a block in six seconds. */
export function simulate(seed: number, options: Partial<SimulationOptions> = {}): SimulationResult {
  return runSimulation({
    seed,
    hostCount: 5,
    activeMs: 120_000,
    blockEveryMs: 6000,
    shared,
    ...options,
  });
}

/** What did not hold, the end of the trace, and how to see it again; undefined when all held. */
export function describeFailure({ seed, failure }: SimulationResult): string | undefined {
  if (failure === undefined) return undefined;
  const { trace } = simulate(seed, { keepsTrace: true });
  return [
    `seed ${seed} after ${failure.atMs} ms: ${failure.what}`,
    ...trace.slice(-TRACE_LINES),
    `again: CAIRN_SIM_SEED=${seed} npm run vitest -- test/sim/seeds.test.ts`,
  ].join('\n');
}

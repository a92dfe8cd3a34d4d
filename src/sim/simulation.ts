/**
 * Owns: one whole simulation from a seed: setting it up, letting it run, and what came of it.
 * Does not own: any of its parts. Same options, same result, event for event.
 */
import type { Node } from '../core/node/node.ts';
import { Chaos } from './chaos.ts';
import { Checkers } from './checkers.ts';
import { Draws } from './draws.ts';
import type { FaultName } from './faults.ts';
import { FaultCounts } from './faults.ts';
import type { Incident } from './incidents.ts';
import { planIncidents } from './incidents.ts';
import { checkLiveness } from './liveness.ts';
import type { Surroundings } from './machine.ts';
import { Machine } from './machine.ts';
import { Miners } from './miners.ts';
import type { StateMachine } from './process.ts';
import { Schedule } from './schedule.ts';
import { Signatures } from './signatures.ts';
import { SimStore } from './sim-store.ts';
import { Trace } from './trace.ts';
import { Wire } from './wire.ts';
import { Workload } from './workload.ts';
import type { World } from './world.ts';
import { createWorld } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly hostCount: number;
  /** How long faults, payments and mining go on, in virtual time. */
  readonly activeMs: number;
  readonly blockEveryMs: number;
  /** Drawn from the seed when it is left out. */
  readonly incidents?: readonly Incident[];
  /** Keeps the trace as text. */
  readonly keepsTrace?: boolean;
  /** Shared by runs to save time; changes no outcome. */
  readonly shared?: SharedWork;
  /** Break a part on purpose: what the checkers are for. */
  readonly createStore?: () => SimStore;
  readonly tamper?: (node: Node, host: number) => StateMachine;
}

/** What is the same in every run. */
export interface SharedWork {
  readonly world: World;
  readonly signatures: Signatures;
}

export interface SimulationResult {
  readonly seed: number;
  readonly traceHash: string;
  readonly trace: readonly string[];
  /** What did not hold, when, and where in the code; undefined when all did. */
  readonly failure: { readonly atMs: number; readonly what: string } | undefined;
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  readonly eventCount: number;
  /** Blocks that were the tip of any node, or below it. */
  readonly blockCount: number;
  /** Over all nodes. */
  readonly reorgCount: number;
  readonly revertedCount: number;
  readonly acceptedCount: number;
}

/** The last host begins late in this share of runs, in per cent. */
const LATE_JOIN = 40;

export function createSharedWork(): SharedWork {
  const world = createWorld();
  return { world, signatures: new Signatures(world.network.id) };
}

/** Runs one simulation to its end, or to the first thing that does not hold. */
export function runSimulation(options: SimulationOptions): SimulationResult {
  const { seed, hostCount, activeMs, blockEveryMs } = options;
  const { world, signatures } = options.shared ?? createSharedWork();
  const schedule = new Schedule();
  const faults = new FaultCounts();
  const trace = new Trace({ keepsLines: options.keepsTrace ?? false });
  const draws = (purpose: string): Draws => new Draws(seed, purpose);
  const wire = new Wire({ schedule, faults, draws: draws('wire') });
  const checkers = new Checkers(world);
  const { network } = world;
  const machines = createMachines(options, {
    ...{ network, schedule, wire, signatures, faults, trace },
    observer: checkers,
  });
  const common = { world, machines, schedule, checkers };
  const workload = new Workload({ ...common, signatures, draws: draws('workload') });
  const miners = new Miners({ ...common, draws: draws('miners') });
  const chaos = new Chaos({ machines, schedule, wire, faults, draws: draws('chaos') });
  const plan = { hostCount, untilMs: activeMs };

  let failure: SimulationResult['failure'];
  try {
    startMachines({
      machines,
      draws: draws('start'),
      schedule,
      activeMs,
      onLate: () => {
        if (checkers.oracle.blockCount > 1) faults.count('late-join');
      },
    });
    chaos.start(options.incidents ?? planIncidents(draws('incidents'), plan));
    workload.start();
    miners.start(blockEveryMs);
    schedule.runUntil(activeMs);
    workload.stop();
    miners.stop();
    chaos.stop();
    checkLiveness({ machines, miners, schedule, checkers });
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    failure = { atMs: schedule.nowMs, what };
  }
  return {
    seed,
    traceHash: trace.hash(),
    trace: trace.lines,
    failure,
    faults: faults.summary(),
    eventCount: schedule.doneCount,
    blockCount: checkers.oracle.blockCount - 1,
    reorgCount: checkers.reorgCount,
    revertedCount: checkers.revertedCount,
    acceptedCount: workload.acceptedCount,
  };
}

function createMachines(options: SimulationOptions, around: Surroundings): readonly Machine[] {
  const { seed, hostCount, tamper, createStore } = options;
  const draws = new Draws(seed, 'topology');
  return Array.from({ length: hostCount }, (_, host) => {
    const machine = {
      host,
      targets: drawTargets(draws, host),
      store: createStore?.() ?? new SimStore(),
      draws: new Draws(seed, `host ${host}`),
      tamper: tamper === undefined ? undefined : (node: Node) => tamper(node, host),
    };
    return new Machine(machine, around);
  });
}

/** Each host dials some that came before it, so that all hang together. */
function drawTargets(draws: Draws, host: number): readonly number[] {
  const targets = new Set<number>();
  const count = Math.min(host, draws.between(1, 3));
  while (targets.size < count) targets.add(draws.below(host));
  return [...targets];
}

function startMachines(options: {
  readonly machines: readonly Machine[];
  readonly draws: Draws;
  readonly schedule: Schedule;
  readonly activeMs: number;
  readonly onLate: () => void;
}): void {
  const { machines, draws, schedule, activeMs, onLate } = options;
  const late = draws.percent(LATE_JOIN) ? machines.at(-1) : undefined;
  for (const machine of machines) {
    if (machine === late) continue;
    schedule.after(draws.below(500), () => machine.start());
  }
  if (late === undefined) return;
  schedule.after(draws.between(1000, Math.floor(activeMs / 2)), () => {
    onLate();
    late.start();
  });
}

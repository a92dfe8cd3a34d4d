/**
 * Owns: the plan of faults as data: what goes wrong when, drawn from the seed before a run begins.
 * Does not own: bringing them about (sim/chaos). A shorter plan is a smaller case of the same run.
 */
import type { Draws } from './draws.ts';
import type { Crash, CrashPoint } from './machine.ts';

export type Incident = { readonly atMs: number } & (
  | {
      /**
       * `both`: nothing passes. `one`: from the first side to the second only. `operator`: by
       * `set-cut`.
       */
      readonly kind: 'partition';
      readonly ways: 'both' | 'one' | 'operator';
      /** The hosts on the first side. */
      readonly side: readonly number[];
      readonly forMs: number;
    }
  | { readonly kind: 'disconnect' }
  | {
      readonly kind: 'crash';
      readonly how: Crash;
      readonly host: number;
      readonly point: CrashPoint;
      readonly downMs: number;
      /** Starts that fail before one succeeds. */
      readonly failedStarts: number;
    }
  | { readonly kind: 'pause'; readonly host: number; readonly forMs: number }
  | {
      readonly kind: 'slow-disk' | 'failing-workers';
      readonly host: number;
      readonly forMs: number;
    }
);

export interface PlanOptions {
  readonly hostCount: number;
  readonly untilMs: number;
}

const INCIDENT_EVERY_MS = 8000;
/** How often each kind comes, relative to each other. */
const WEIGHTS = {
  partition: 5,
  disconnect: 3,
  crash: 6,
  pause: 2,
  'slow-disk': 2,
  'failing-workers': 2,
} as const;
const KINDS = (Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[]).flatMap((kind) =>
  Array.from({ length: WEIGHTS[kind] }, () => kind),
);

/** Draws the faults of a run, in the order of time. */
export function planIncidents(draws: Draws, options: PlanOptions): readonly Incident[] {
  const incidents: Incident[] = [];
  let atMs = draws.exponentialMs(INCIDENT_EVERY_MS);
  while (atMs < options.untilMs) {
    incidents.push(drawIncident(draws, atMs, options));
    atMs += draws.exponentialMs(INCIDENT_EVERY_MS);
  }
  return incidents;
}

function drawIncident(draws: Draws, atMs: number, { hostCount }: PlanOptions): Incident {
  const kind = draws.pick(KINDS);
  const host = draws.below(hostCount);
  switch (kind) {
    case 'partition':
      return {
        atMs,
        kind,
        ways: draws.pick(['both', 'both', 'one', 'operator'] as const),
        side: drawSide(draws, hostCount),
        forMs: draws.between(5000, 80_000),
      };
    case 'disconnect':
      return { atMs, kind };
    case 'crash':
      return {
        atMs,
        kind,
        how: draws.pick(['kill', 'power'] as const),
        host,
        point: drawCrashPoint(draws),
        downMs: draws.between(100, 20_000),
        failedStarts: draws.percent(20) ? draws.between(1, 2) : 0,
      };
    case 'pause':
      return { atMs, kind, host, forMs: draws.between(300, 15_000) };
    case 'slow-disk':
    case 'failing-workers':
      return { atMs, kind, host, forMs: draws.between(5000, 30_000) };
  }
}

function drawCrashPoint(draws: Draws): CrashPoint {
  const at = draws.pick(['effect', 'write', 'send-after-write'] as const);
  return { at, count: draws.below(at === 'effect' ? 40 : 4) };
}

/** A side that leaves somebody on the other. */
function drawSide(draws: Draws, hostCount: number): readonly number[] {
  const first = draws.below(hostCount);
  const size = draws.between(1, hostCount - 1);
  return Array.from({ length: size }, (_, index) => (first + index) % hostCount);
}

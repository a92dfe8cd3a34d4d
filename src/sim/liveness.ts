/**
 * Owns: the end of a run: the faults stop, blocks are found, and all nodes must come to agree in
 * time.
 * Does not own: what must hold at every step (sim/checkers).
 */
import { equalBytes } from '../core/base/bytes.ts';
import type { NodeView } from '../core/node/view.ts';
import type { Checkers } from './checkers.ts';
import { Divergence } from './checkers.ts';
import type { Machine } from './machine.ts';
import type { Miners } from './miners.ts';
import type { Schedule } from './schedule.ts';

/** Longer than any pause: blocks that miners were about to find are found. */
const CALM_MS = 20_000;
/**
 * A connection to a host that lost its power is noticed after 60 s, then blocks have stalled and
 * are asked again.
 */
const SETTLE_WITHIN_MS = 200_000;
/** Two rounds of asking for headers, at 30 s each. */
const SHARE_WITHIN_MS = 60_000;
/** What pools can agree on without a block, they do in this time. */
const POOLS_WITHIN_MS = 10_000;
const POOL_ROUNDS_MAX = 3;
const REST_WITHIN_MS = 10_000;
const POOL_LIST_MAX = 10_000;

export interface LivenessOptions {
  readonly machines: readonly Machine[];
  readonly miners: Miners;
  readonly schedule: Schedule;
  readonly checkers: Checkers;
}

/** Faults have stopped and every host runs. Throws `Divergence` when the network does not heal. */
export function checkLiveness(options: LivenessOptions): void {
  const { machines, schedule } = options;
  schedule.runUntil(schedule.nowMs + CALM_MS);
  waitFor(options, {
    what: 'all tips have equal work',
    withinMs: SETTLE_WITHIN_MS,
    holds: () => areEqual(machines, (view) => String(view.status().tip.work)),
  });
  // One block decides between tips of equal work.
  const [first] = machines;
  if (first !== undefined) mineAndShare(options, first);
  agreeOnPools(options);
  waitFor(options, {
    what: 'all nodes are at rest',
    withinMs: REST_WITHIN_MS,
    holds: () => machines.every(({ isAtRest }) => isAtRest),
  });
  for (const machine of machines) {
    options.checkers.checkAll(machine);
    checkQuiet(machine);
    checkTwin(machine);
  }
}

function mineAndShare(options: LivenessOptions, machine: Machine): void {
  const { machines, miners } = options;
  const { height } = viewOf(machine).status().tip;
  miners.mine(machine);
  waitFor(options, {
    what: `all nodes share tip and accounts root after a block of host ${machine.host}`,
    withinMs: SHARE_WITHIN_MS,
    holds: () => viewOf(machine).status().tip.height > height && shareTip(machines),
  });
}

/**
 * Pools may hold conflicting payments, and a block that pays one side may set further ones free:
 * blocks decide. Each node in turn mines, since a payment that others refused in its time is known
 * to one pool only.
 */
function agreeOnPools(options: LivenessOptions): void {
  const { machines, schedule } = options;
  const agree = (): boolean => areEqual(machines, pendingOf);
  for (let round = 0; round < POOL_ROUNDS_MAX; round++) {
    for (const machine of machines) {
      schedule.runUntil(schedule.nowMs + POOLS_WITHIN_MS, agree);
      if (agree()) return;
      mineAndShare(options, machine);
    }
  }
  waitFor(options, { what: 'all pools agree', withinMs: POOLS_WITHIN_MS, holds: agree });
}

function waitFor(
  { schedule, machines }: LivenessOptions,
  goal: { readonly what: string; readonly withinMs: number; readonly holds: () => boolean },
): void {
  schedule.runUntil(schedule.nowMs + goal.withinMs, goal.holds);
  if (goal.holds()) return;
  const tips = machines.map((machine) => {
    const { tip, peerCount, poolCount } = viewOf(machine).status();
    const about = `${tip.height} ${tip.id.slice(0, 8)}, peers ${peerCount}, pool ${poolCount}`;
    return `host ${machine.host} at ${about}`;
  });
  const tooLong = `it takes more than ${goal.withinMs} ms until ${goal.what}`;
  throw new Divergence(`${tooLong}: ${tips.join('; ')}`);
}

function viewOf({ host, node }: Machine): NodeView {
  if (node === undefined) throw new Divergence(`host ${host} does not run`);
  return node.view;
}

function areEqual(machines: readonly Machine[], read: (view: NodeView) => string): boolean {
  return new Set(machines.map((machine) => read(viewOf(machine)))).size === 1;
}

function shareTip(machines: readonly Machine[]): boolean {
  return areEqual(machines, (view) => {
    const { tip, accountsRoot } = view.status();
    return `${tip.id} ${accountsRoot.join()}`;
  });
}

/** The executable transactions, whatever their order. */
function pendingOf(view: NodeView): string {
  const pending = view.pool(POOL_LIST_MAX).filter(({ state }) => state === 'pending');
  return pending
    .map(({ transaction }) => transaction.id)
    .sort()
    .join();
}

/** Everything that was asked for is answered. */
function checkQuiet(machine: Machine): void {
  const { host, openRequests } = machine;
  if (openRequests > 0) {
    throw new Divergence(`host ${host} left ${openRequests} requests unanswered`);
  }
}

/** What a node would start with is what it holds. */
function checkTwin(machine: Machine): void {
  const own = viewOf(machine);
  const twin = machine.bootTwin().view;
  const [left, right] = [own.status(), twin.status()];
  const isSame =
    left.tip.id === right.tip.id &&
    equalBytes(left.accountsRoot, right.accountsRoot) &&
    pendingOf(own) === pendingOf(twin);
  if (!isSame) throw new Divergence(`host ${machine.host} would start with another state`);
}

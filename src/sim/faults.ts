/**
 * Owns: the names of all faults, and how often each one took effect.
 * Does not own: when they are tried (sim/incidents) or what they do (network, machine, process).
 */

/** A fault counts when it changed what happened, not when it was planned. */
export const FAULT_NAMES = [
  /** A message or a dial was held up by a cut through the network, in both directions or in one. */
  'partition',
  'one-way-partition',
  /** The operator cut listening endpoints off, and connections with them ended. */
  'split',
  /** A connection was reset; what was on its way in it is lost. */
  'disconnect',
  /** The process ended; all that it had written stays. */
  'process-kill',
  /** The machine lost its power: nobody is told, and a suffix of unsynced writes goes. */
  'power-loss',
  'unsynced-writes-lost',
  /** Where in the effects of a step a crash came. */
  'crash-in-write',
  'crash-before-send',
  'crash-in-recovery',
  /** The process stood still for a while. */
  'pause',
  'slow-disk',
  'worker-failure',
  'worker-out-of-order',
  /** A node began with an empty store when blocks existed already. */
  'late-join',
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];

export class FaultCounts {
  readonly #counts = new Map<FaultName, number>();

  count(name: FaultName): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  of(name: FaultName): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Every fault that took effect, by name. */
  summary(): Readonly<Partial<Record<FaultName, number>>> {
    return Object.fromEntries(this.#counts);
  }
}

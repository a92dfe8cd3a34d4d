/**
 * Owns: bringing planned faults about, and taking all of them back when the faults are to stop.
 * Does not own: the plan (sim/incidents), or counting what took effect (who carries the fault out).
 */
import type { Draws } from './draws.ts';
import type { FaultCounts } from './faults.ts';
import type { Incident } from './incidents.ts';
import type { Machine } from './machine.ts';
import type { Schedule } from './schedule.ts';
import type { Wire } from './wire.ts';
import { endpointOf } from './world.ts';

type Of<Kind extends Incident['kind']> = Extract<Incident, { readonly kind: Kind }>;

/** A crash that waits for effects comes at the latest after this. */
const CRASH_WITHIN_MS = 5000;

export class Chaos {
  readonly #machines: readonly Machine[];
  readonly #schedule: Schedule;
  readonly #wire: Wire;
  readonly #draws: Draws;
  readonly #faults: FaultCounts;
  /** What takes back the faults that last; each is done once. */
  readonly #remedies = new Set<() => void>();
  /** Operators' cuts in force, by who is cut off from whom. */
  readonly #cuts = new Set<readonly number[]>();
  #isOver = false;

  constructor(options: {
    readonly machines: readonly Machine[];
    readonly schedule: Schedule;
    readonly wire: Wire;
    readonly draws: Draws;
    readonly faults: FaultCounts;
  }) {
    this.#machines = options.machines;
    this.#schedule = options.schedule;
    this.#wire = options.wire;
    this.#draws = options.draws;
    this.#faults = options.faults;
  }

  start(incidents: readonly Incident[]): void {
    for (const incident of incidents) {
      this.#schedule.at(incident.atMs, () => {
        if (!this.#isOver) this.#cause(incident);
      });
    }
  }

  /** Ends every fault; hosts that are down start. */
  stop(): void {
    this.#isOver = true;
    for (const remedy of [...this.#remedies]) remedy();
    for (const machine of this.#machines) {
      machine.disarm();
      machine.start();
    }
  }

  #cause(incident: Incident): void {
    switch (incident.kind) {
      case 'partition':
        return incident.ways === 'operator' ? this.#split(incident) : this.#block(incident);
      case 'disconnect':
        return this.#wire.resetOne(this.#draws);
      case 'crash':
        return this.#crash(incident);
      case 'pause':
        return this.#machineOf(incident).pause(incident.forMs);
      case 'slow-disk': {
        const { health } = this.#machineOf(incident);
        health.isDiskSlow = true;
        return this.#endAfter(incident.forMs, () => (health.isDiskSlow = false));
      }
      case 'failing-workers': {
        const { health } = this.#machineOf(incident);
        health.areWorkersFailing = true;
        return this.#endAfter(incident.forMs, () => (health.areWorkersFailing = false));
      }
    }
  }

  #machineOf({ host }: { readonly host: number }): Machine {
    return this.#machines[host] as Machine;
  }

  #endAfter(forMs: number, remedy: () => void): void {
    const once = (): void => {
      if (this.#remedies.delete(once)) remedy();
    };
    this.#remedies.add(once);
    this.#schedule.after(forMs, once);
  }

  #otherSide(side: readonly number[]): readonly number[] {
    return this.#machines.map(({ host }) => host).filter((host) => !side.includes(host));
  }

  #block({ side, ways, forMs }: Of<'partition'>): void {
    const blocked: (readonly [number, number])[] = [];
    for (const from of side) {
      for (const to of this.#otherSide(side)) {
        blocked.push([from, to]);
        if (ways === 'both') blocked.push([to, from]);
      }
    }
    for (const [from, to] of blocked) this.#wire.block(from, to);
    this.#endAfter(forMs, () => {
      for (const [from, to] of blocked) this.#wire.unblock(from, to);
    });
  }

  #split({ side, forMs }: Of<'partition'>): void {
    this.#faults.count('split');
    this.#cuts.add(side);
    this.#tellCuts();
    this.#endAfter(forMs, () => {
      this.#cuts.delete(side);
      this.#tellCuts();
    });
  }

  /** Each operator states all that its node is to be cut off from. */
  #tellCuts(): void {
    for (const machine of this.#machines) {
      const off = new Set<number>();
      for (const side of this.#cuts) {
        const others = side.includes(machine.host) ? this.#otherSide(side) : side;
        for (const host of others) off.add(host);
      }
      machine.deliver({ kind: 'set-cut', endpoints: [...off].map(endpointOf) });
    }
  }

  #crash(incident: Of<'crash'>): void {
    const machine = this.#machineOf(incident);
    if (machine.node === undefined) return;
    machine.armCrash(incident.how, incident.point);
    this.#schedule.after(CRASH_WITHIN_MS, () => {
      if (!this.#isOver) machine.crashIfArmed();
    });
    const { downMs, failedStarts } = incident;
    this.#schedule.after(CRASH_WITHIN_MS + downMs, () => {
      if (this.#isOver) return;
      for (let failed = 0; failed < failedStarts; failed++) machine.failToStart(incident.how);
      machine.start();
      this.#tellCuts();
    });
  }
}

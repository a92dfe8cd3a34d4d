/**
 * Owns: one host: its disk, and the process that is started on it, crashes and is started again.
 * Does not own: driving the process (sim/process), or what is wrong with a run (sim/checkers).
 */
import type { Result } from '../core/base/rejects.ts';
import { BOOT_PREFIXES } from '../core/chain/layout.ts';
import { Boot } from '../core/node/boot.ts';
import { Node } from '../core/node/node.ts';
import type { Effect, Input, NodeEvent, Reply, RequestId } from '../core/node/ports.ts';
import type { NodeView } from '../core/node/view.ts';
import type { Network } from '../core/rules/network.ts';
import type { Draws } from './draws.ts';
import type { FaultCounts } from './faults.ts';
import type { Health, StateMachine } from './process.ts';
import { SimProcess } from './process.ts';
import type { Schedule } from './schedule.ts';
import type { Signatures } from './signatures.ts';
import type { SimStore } from './sim-store.ts';
import type { Trace } from './trace.ts';
import type { Wire } from './wire.ts';
import { endpointOf, wallMsAt } from './world.ts';

/** `kill`: all that was written stays. `power`: unsynced writes may go, and nobody is told. */
export type Crash = 'kill' | 'power';

/**
 * Where in the effects of a node a crash comes: after so many of any kind, so many writes, or so
 * many sends that are the first after a durable write.
 */
export interface CrashPoint {
  readonly at: 'effect' | 'write' | 'send-after-write';
  readonly count: number;
}

/** Who follows what a host does. */
export interface MachineObserver {
  onStart(machine: Machine): void;
  onCrash(machine: Machine, how: Crash): void;
  onWrite(machine: Machine, effect: Extract<Effect, { readonly kind: 'write' }>): void;
  onSend(machine: Machine, bytes: Uint8Array): void;
  onStep(machine: Machine, events: readonly NodeEvent[]): void;
}

/** What all hosts of a simulation share. */
export interface Surroundings {
  readonly network: Network;
  readonly schedule: Schedule;
  readonly wire: Wire;
  readonly signatures: Signatures;
  readonly faults: FaultCounts;
  readonly trace: Trace;
  readonly observer: MachineObserver;
}

export interface MachineOptions {
  readonly host: number;
  /** Hosts that it keeps connections with. */
  readonly targets: readonly number[];
  readonly store: SimStore;
  readonly draws: Draws;
  /** Puts something between the node and its driver: tests that tamper. */
  readonly tamper?: ((node: Node) => StateMachine) | undefined;
}

export class Machine {
  readonly host: number;
  readonly health: Health = { isDiskSlow: false, areWorkersFailing: false };
  readonly #options: MachineOptions;
  readonly #around: Surroundings;
  #process: SimProcess | undefined;
  /** A crash that comes at a point, and how many such points it lets pass before. */
  #armed: { readonly how: Crash; readonly at: CrashPoint['at']; left: number } | undefined;
  /** Whether a durable write was the last that others may now be told of. */
  #hasNews = false;

  constructor(options: MachineOptions, around: Surroundings) {
    this.host = options.host;
    this.#options = options;
    this.#around = around;
  }

  /** The node that runs, if one does. */
  get node(): StateMachine | undefined {
    return this.#process?.node;
  }

  /** What a user can read now; undefined while the node is down or within a step. */
  get view(): NodeView | undefined {
    return this.#process?.isReadable === true ? this.#process.node.view : undefined;
  }

  get isAtRest(): boolean {
    return this.#process?.isAtRest ?? false;
  }

  get openRequests(): number {
    return this.#process?.openRequests ?? 0;
  }

  /** Starts the process from what the disk holds. */
  start(): void {
    if (this.#process !== undefined) return;
    const { host, targets, store, draws, tamper } = this.#options;
    const { schedule, wire, trace, observer } = this.#around;
    trace.note(`${schedule.nowMs} ${host} start`);
    const node = this.#boot();
    this.#hasNews = false;
    const process = new SimProcess({
      ...this.#around,
      host,
      node: tamper === undefined ? node : tamper(node),
      store,
      health: this.health,
      draws,
      observer: {
        beforeEffect: (effect) => this.#beforeEffect(effect),
        afterStep: (events) => observer.onStep(this, events),
      },
    });
    this.#process = process;
    wire.plugIn(host, (input) => process.deliver(input));
    observer.onStart(this);
    for (const target of targets) {
      process.deliver({ kind: 'add-peer', endpoint: endpointOf(target) });
    }
  }

  #read(network: Network): Boot {
    const boot = new Boot(network);
    for (const prefix of BOOT_PREFIXES) {
      for (const [key, value] of this.#options.store.range(prefix)) boot.add(key, value);
    }
    return boot;
  }

  #boot(): Node {
    const { store } = this.#options;
    const boot = this.#read(this.#around.network);
    store.write(boot.changes(store), { durable: true });
    return this.#open(boot);
  }

  /** A second node from what the disk holds now, to be compared with the one that runs. */
  bootTwin(): Node {
    return this.#open(this.#read(this.#around.network));
  }

  #open(boot: Boot): Node {
    const { host, store, draws } = this.#options;
    const { schedule } = this.#around;
    return new Node({
      ...boot.open(store),
      random: draws.random,
      agent: `sim ${host}`,
      listenPort: endpointOf(host).port,
      now: { monotonicMs: 0, wallMs: wallMsAt(schedule.nowMs) },
    });
  }

  /** Begins to start and fails on the way, with the first batch written or not. */
  failToStart(how: Crash): void {
    if (this.#process !== undefined) return;
    const { host, store, draws } = this.#options;
    const { network, schedule, faults, trace, observer } = this.#around;
    trace.note(`${schedule.nowMs} ${host} crash at start`);
    const boot = this.#read(network);
    if (draws.percent(50)) store.write(boot.changes(store), { durable: false });
    if (how === 'power') store.losePower(draws);
    faults.count('crash-in-recovery');
    observer.onCrash(this, how);
  }

  deliver(input: Input): void {
    this.#process?.deliver(input);
  }

  /** Asks the node as its user does; without an answer when it is down or goes down. */
  request(create: (request: RequestId) => Input, onReply: (result: Result<Reply>) => void): void {
    this.#process?.request(create, onReply);
  }

  // ---- faults --------------------------------------------------------------------------------

  pause(forMs: number): void {
    if (this.#process === undefined) return;
    this.#around.faults.count('pause');
    this.#process.pause(forMs);
  }

  /** Crashes just before an effect, soon. */
  armCrash(how: Crash, { at, count }: CrashPoint): void {
    this.#armed ??= { how, at, left: count };
  }

  /** Forgets a crash that did not come yet. */
  disarm(): void {
    this.#armed = undefined;
  }

  /** Lets a crash that was armed and did not come yet come now. */
  crashIfArmed(): void {
    const armed = this.#armed;
    this.#armed = undefined;
    if (armed !== undefined) this.crash(armed.how);
  }

  crash(how: Crash): void {
    const process = this.#process;
    if (process === undefined) return;
    const { host, store, draws } = this.#options;
    const { faults, observer, schedule, trace, wire } = this.#around;
    trace.note(`${schedule.nowMs} ${host} crash ${how}`);
    faults.count(how === 'kill' ? 'process-kill' : 'power-loss');
    process.end();
    this.#process = undefined;
    this.#armed = undefined;
    wire.unplug(host, { silent: how === 'power' });
    if (how === 'power' && store.losePower(draws) > 0) faults.count('unsynced-writes-lost');
    observer.onCrash(this, how);
  }

  #beforeEffect(effect: Effect | undefined): boolean {
    if (this.#isCrashDue(effect)) return true;
    const { observer } = this.#around;
    if (effect?.kind === 'write') {
      this.#hasNews ||= effect.durable;
      observer.onWrite(this, effect);
    } else if (effect?.kind === 'send') {
      this.#hasNews = false;
      observer.onSend(this, effect.bytes);
    }
    return false;
  }

  #isCrashDue(effect: Effect | undefined): boolean {
    const armed = this.#armed;
    if (armed === undefined) return false;
    const isPoint =
      armed.at === 'effect' ||
      (armed.at === 'write' && effect?.kind === 'write') ||
      (armed.at === 'send-after-write' && effect?.kind === 'send' && this.#hasNews);
    if (!isPoint || armed.left-- > 0) return false;
    this.#crashAt(effect, armed.how);
    return true;
  }

  /** A write that is under way may have reached the disk or not; it is not synced. */
  #crashAt(effect: Effect | undefined, how: Crash): void {
    const { store, draws } = this.#options;
    const { faults } = this.#around;
    if (effect?.kind === 'write') {
      faults.count('crash-in-write');
      if (draws.percent(50)) store.write(effect.changes, { durable: false });
    } else if (effect?.kind === 'send' && this.#hasNews) {
      faults.count('crash-before-send');
    }
    this.crash(how);
  }
}

/**
 * Owns: driving one node as the runtime does: one input, its effects in order and complete, then
 * the next; a write takes time, and signature jobs are answered late and in any order.
 * Does not own: starting and crashing it (sim/machine), or what its events mean (sim/checkers).
 */
import { assert, assertNever } from '../core/base/assert.ts';
import type { Now } from '../core/base/now.ts';
import type { Result } from '../core/base/rejects.ts';
import type { PeerId } from '../core/net/endpoint.ts';
import type { Node } from '../core/node/node.ts';
import type { Effect, Input, JobId, NodeEvent, Reply, RequestId } from '../core/node/ports.ts';
import type { Draws } from './draws.ts';
import type { FaultCounts } from './faults.ts';
import type { Schedule } from './schedule.ts';
import type { Signatures } from './signatures.ts';
import type { SimStore } from './sim-store.ts';
import type { Trace } from './trace.ts';
import { describeEffect } from './transcript.ts';
import type { Wire } from './wire.ts';
import { wallMsAt } from './world.ts';

/** What is driven: core's node, or in a test a node that was tampered with. */
export type StateMachine = Pick<Node, 'step' | 'deadlineMs' | 'wantsMore' | 'isReadable' | 'view'>;

/** How well the host works at present. */
export interface Health {
  isDiskSlow: boolean;
  areWorkersFailing: boolean;
}

/** Who follows what a process does. */
export interface ProcessObserver {
  /** About to be done; true when the process has ended instead, and nothing more of it is done. */
  beforeEffect(effect: Effect | undefined): boolean;
  /** All effects of a step are done; these are its events. */
  afterStep(events: readonly NodeEvent[]): void;
}

export interface ProcessOptions {
  readonly host: number;
  readonly node: StateMachine;
  readonly store: SimStore;
  readonly health: Health;
  readonly observer: ProcessObserver;
  readonly schedule: Schedule;
  readonly wire: Wire;
  readonly signatures: Signatures;
  readonly draws: Draws;
  readonly faults: FaultCounts;
  readonly trace: Trace;
}

const SYNC_MS = { min: 1, max: 8 };
const SLOW_SYNC_MS = { min: 200, max: 1500 };
const VERIFY_MS = { min: 1, max: 60 };
/** A verifier that fails more often than this on one job would be our bug. */
const FAILURES_PER_JOB_MAX = 3;

export class SimProcess {
  readonly node: StateMachine;
  readonly #options: ProcessOptions;
  readonly #startedMs: number;
  #queue: Input[] = [];
  readonly #replies = new Map<RequestId, (result: Result<Reply>) => void>();
  readonly #failures = new Map<JobId, number>();
  #lastRequest = 0;
  #lastAnswered: JobId = 0;
  #isBusy = false;
  #isEnded = false;
  /** Inputs still to be stepped before a due deadline; undefined when none is due. */
  #beforeTick: number | undefined;
  #mayContinue = false;
  #pausedUntilMs = 0;
  #turnAtMs = Infinity;
  #turn = 0;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.node = options.node;
    this.#startedMs = options.schedule.nowMs;
    this.#wake();
  }

  /** Between two steps, when what the node shows is durable and of one moment. */
  get isReadable(): boolean {
    return !this.#isBusy && this.node.isReadable;
  }

  /** Readable, and nothing waits to be done. */
  get isAtRest(): boolean {
    return this.isReadable && this.#queue.length === 0 && !this.node.wantsMore();
  }

  /** Requests that have no reply yet. */
  get openRequests(): number {
    return this.#replies.size;
  }

  deliver(input: Input): void {
    this.#queue.push(input);
    this.#wake();
  }

  /** Hands over a request of this process' user; forgotten when the process ends first. */
  request(create: (request: RequestId) => Input, onReply: (result: Result<Reply>) => void): void {
    const request = ++this.#lastRequest;
    this.#replies.set(request, onReply);
    this.deliver(create(request));
  }

  /** Stands still for a while; what arrives waits. */
  pause(forMs: number): void {
    this.#pausedUntilMs = this.#options.schedule.nowMs + forMs;
    this.#turn += 1;
    this.#turnAtMs = Infinity;
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
  }

  // ---- turns ---------------------------------------------------------------------------------

  get #now(): Now {
    const { nowMs } = this.#options.schedule;
    return { monotonicMs: nowMs - this.#startedMs, wallMs: wallMsAt(nowMs) };
  }

  /** Plans the next turn: at once when there is something to do, else at the node's deadline. */
  #wake(): void {
    if (this.#isBusy || this.#isEnded) return;
    const { schedule } = this.#options;
    const hasWork = this.#queue.length > 0 || this.node.wantsMore();
    const dueMs = hasWork ? 0 : Math.ceil(this.node.deadlineMs()) + this.#startedMs;
    const atMs = Math.max(dueMs, this.#pausedUntilMs, schedule.nowMs);
    if (atMs >= this.#turnAtMs || atMs === Infinity) return;
    this.#turnAtMs = atMs;
    const turn = ++this.#turn;
    schedule.at(atMs, () => {
      if (turn !== this.#turn || this.#isEnded) return;
      this.#turnAtMs = Infinity;
      this.#takeTurn();
    });
  }

  #takeTurn(): void {
    const input = this.#nextInput();
    if (input === undefined) return this.#wake();
    const { host, schedule, trace } = this.#options;
    trace.note(`${schedule.nowMs} ${host} step ${input.kind}`);
    this.#isBusy = true;
    const effects = this.node.step(input, this.#now);
    this.#perform(effects, 0);
  }

  /**
   * As the runtime chooses: a due deadline waits for what arrived before it was noticed; work in
   * slices takes turns with inputs.
   */
  #nextInput(): Input | undefined {
    const isDue = this.node.deadlineMs() <= this.#now.monotonicMs;
    if (isDue) this.#beforeTick ??= this.#queue.length;
    if (this.#beforeTick === 0) {
      this.#beforeTick = undefined;
      return { kind: 'tick' };
    }
    if (this.#mayContinue && this.node.wantsMore()) {
      this.#mayContinue = false;
      return { kind: 'tick' };
    }
    this.#mayContinue = true;
    const input = this.#queue.shift();
    if (input !== undefined && this.#beforeTick !== undefined) this.#beforeTick -= 1;
    return input ?? (this.node.wantsMore() ? { kind: 'tick' } : undefined);
  }

  // ---- effects -------------------------------------------------------------------------------

  /**
   * Does the effects from an index on; a write that takes time goes on with the rest when it is
   * done.
   */
  #perform(effects: readonly Effect[], from: number): void {
    const { observer, schedule, store } = this.#options;
    for (let index = from; index < effects.length; index++) {
      const effect = effects[index] as Effect;
      if (observer.beforeEffect(effect)) return;
      this.#note(effect);
      if (effect.kind !== 'write') {
        this.#carryOut(effect);
        continue;
      }
      const takesMs = this.#writeMs(effect.durable);
      if (takesMs > 0) {
        return schedule.after(takesMs, () => {
          if (this.#isEnded) return;
          store.write(effect.changes, effect);
          this.#perform(effects, index + 1);
        });
      }
      store.write(effect.changes, effect);
    }
    if (observer.beforeEffect(undefined)) return;
    observer.afterStep(effects.flatMap((effect) => (effect.kind === 'event' ? effect.event : [])));
    this.#isBusy = false;
    this.#wake();
  }

  #writeMs(durable: boolean): number {
    const { draws, faults, health } = this.#options;
    if (!durable) return draws.below(2);
    if (!health.isDiskSlow) return draws.between(SYNC_MS.min, SYNC_MS.max);
    faults.count('slow-disk');
    return draws.between(SLOW_SYNC_MS.min, SLOW_SYNC_MS.max);
  }

  #carryOut(effect: Exclude<Effect, { readonly kind: 'write' }>): void {
    const { host, wire } = this.#options;
    switch (effect.kind) {
      case 'send':
        return wire.send(effect.peer, effect.bytes);
      case 'close':
        this.#dropMessages(effect.peer);
        return wire.close(effect.peer);
      case 'dial':
        return wire.dial(host, effect.endpoint);
      case 'verify':
        return this.#verify(effect.job, effect.transactions);
      case 'reply': {
        const onReply = this.#replies.get(effect.request);
        assert(onReply !== undefined, 'a request is answered once');
        this.#replies.delete(effect.request);
        return onReply(effect.result);
      }
      case 'event':
        return;
      default:
        assertNever(effect);
    }
  }

  #dropMessages(peer: PeerId): void {
    this.#queue = this.#queue.filter(
      (input) => !(input.kind === 'peer-message' && input.peer === peer),
    );
    if (this.#beforeTick !== undefined) {
      this.#beforeTick = Math.min(this.#beforeTick, this.#queue.length);
    }
  }

  #verify(job: JobId, transactions: readonly Uint8Array[]): void {
    const { draws, faults, health, schedule, signatures } = this.#options;
    const failures = this.#failures.get(job) ?? 0;
    const fails = health.areWorkersFailing && failures < FAILURES_PER_JOB_MAX && draws.percent(50);
    if (fails) {
      this.#failures.set(job, failures + 1);
      faults.count('worker-failure');
    }
    schedule.after(draws.between(VERIFY_MS.min, VERIFY_MS.max), () => {
      if (this.#isEnded) return;
      if (fails) return this.deliver({ kind: 'verify-failed', job });
      if (job < this.#lastAnswered) faults.count('worker-out-of-order');
      this.#lastAnswered = Math.max(this.#lastAnswered, job);
      const verdicts = transactions.map((bytes) => signatures.isValid(bytes));
      this.deliver({ kind: 'verified', job, verdicts });
    });
  }

  #note(effect: Effect): void {
    const { host, schedule, trace } = this.#options;
    const line = `${schedule.nowMs} ${host}   ${describeEffect(effect)}`;
    trace.note(line, effect.kind === 'send' ? effect.bytes : undefined);
  }
}

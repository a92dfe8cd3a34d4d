/**
 * Owns: driving the state machine: one input at a time, its effects in order and complete before
 * the next, ticks when they are due, turns for the event loop, and a loud end at the first failure.
 * Does not own: what any input means (core/node) or how effects are done (store, transport,
 * verify).
 */
import { assert, assertNever, required } from '../core/base/assert.ts';
import type { Now } from '../core/base/now.ts';
import type { Result } from '../core/base/rejects.ts';
import { StoreDamage } from '../core/chain/store.ts';
import type { Effect, Input, NodeEvent, Reply, RequestId } from '../core/node/ports.ts';
import { readClock, yieldToEventLoop } from './clock.ts';
import { OperationalError, toOperationalError } from './errors.ts';
import { InputQueue } from './input-queue.ts';
import { createDamage } from './store/record-codec.ts';
import type { Store } from './store/store.ts';
import type { WsTransport } from './transport/ws-transport.ts';
import type { VerifierPool } from './verify/verifier-pool.ts';

/** What the runtime drives: core's node, or a small machine in a test. */
export interface StateMachine {
  step(input: Input, now: Now): readonly Effect[];
  /** Monotonic time of the next due tick; Infinity when there is none. */
  deadlineMs(): number;
  /** Whether a tick would go on with work at once. */
  wantsMore(): boolean;
  /** Whether what it shows is of one moment; while not, `wantsMore` is true. */
  readonly isReadable: boolean;
}

type WithoutRequest<T> = T extends { readonly request: RequestId } ? Omit<T, 'request'> : never;
/** An input that is answered by a reply; the runtime numbers it. */
export type RequestInput = WithoutRequest<Input>;
/** An input of the operator that has no reply. */
export type CommandInput = Extract<Input, { readonly kind: 'add-peer' | 'drop-peer' | 'set-cut' }>;

export interface RuntimeOptions<Machine extends StateMachine> {
  readonly node: Machine;
  readonly store: Store;
  readonly transport: WsTransport;
  readonly verifier: VerifierPool;
  /** Called once, when the node cannot go on: everything is closed by then. */
  readonly onFatal: (error: OperationalError) => void;
  readonly clock?: () => Now;
}

interface Waiting {
  readonly resolve: (result: Result<Reply>) => void;
  readonly reject: (error: OperationalError) => void;
}

const SLICE_MS = 10;
const TIMER_MS_MAX = 0x7fff_ffff;

export class Runtime<Machine extends StateMachine> {
  readonly #options: RuntimeOptions<Machine>;
  readonly #clock: () => Now;
  readonly #queue: InputQueue;
  readonly #requests = new Map<RequestId, Waiting>();
  readonly #queries: (() => void)[] = [];
  readonly #subscribers = new Set<(event: NodeEvent) => void>();
  #lastRequest = 0;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #state: 'new' | 'running' | 'stopped' = 'new';

  constructor(options: RuntimeOptions<Machine>) {
    this.#options = options;
    this.#clock = options.clock ?? readClock;
    this.#queue = new InputQueue((peer, on) => options.transport.setReading(peer, on));
  }

  /** Begins to listen and to step. When it cannot listen, all is closed and that error thrown. */
  async start(): Promise<void> {
    assert(this.#state === 'new', 'a runtime starts once');
    this.#state = 'running';
    try {
      await this.#options.transport.start((input) => this.#push(input));
    } catch (error) {
      await this.#end();
      throw error;
    }
    this.#running = this.#run();
  }

  /** Hands over a request; rejects with `node-stopping` when the node ends before it replies. */
  submit(input: RequestInput): Promise<Result<Reply>> {
    return new Promise((resolve, reject) => {
      if (!this.#isRunning()) {
        reject(createStopping());
        return;
      }
      const request = ++this.#lastRequest;
      this.#requests.set(request, { resolve, reject });
      this.#push({ ...input, request });
    });
  }

  command(input: CommandInput): void {
    this.#push(input);
  }

  /** Reads the node between two steps, when all that it shows is durable. */
  query<T>(read: (node: Machine) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#isRunning()) {
        reject(createStopping());
        return;
      }
      this.#queries.push(() => {
        try {
          if (!this.#isRunning()) throw createStopping();
          resolve(read(this.#options.node));
        } catch (error) {
          reject(toFailure(error));
        }
      });
      this.#wake?.();
    });
  }

  /**
   * Calls back for each event from now on, after all effects of its step; answers how to end it.
   */
  subscribe(onEvent: (event: NodeEvent) => void): () => void {
    this.#subscribers.add(onEvent);
    return () => void this.#subscribers.delete(onEvent);
  }

  /** Ends after the step under way; connections flush, then the store closes. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#wake?.();
    await this.#running;
  }

  #push(input: Input): void {
    // What is pushed before the start waits for it: a node begins with its peers and cuts.
    if (this.#state === 'stopped') return;
    this.#queue.push(input);
    this.#wake?.();
  }

  async #run(): Promise<void> {
    let failure: OperationalError | undefined;
    try {
      while (this.#isRunning()) {
        await this.#runSlice();
        await yieldToEventLoop();
        if (this.#isRunning() && this.#isIdle()) await this.#sleep();
      }
    } catch (error) {
      failure = toFailure(error);
    }
    try {
      await this.#end();
    } catch (error) {
      failure ??= toFailure(error);
    }
    if (failure !== undefined) this.#options.onFatal(failure);
  }

  /** Steps what waits, for a few milliseconds at most. */
  async #runSlice(): Promise<void> {
    const endMs = performance.now() + SLICE_MS;
    this.#answerQueries();
    await this.#stepIfDue();
    do {
      const input = this.#queue.shift();
      if (input !== undefined) await this.#step(input);
      if (this.#options.node.wantsMore()) await this.#step({ kind: 'tick' });
      else if (input === undefined) return;
      this.#answerQueries();
    } while (this.#isRunning() && performance.now() < endMs);
  }

  /**
   * Ticks when a deadline has passed, but not before what arrived until then is stepped: a peer
   * that answered in time is not punished for the node's own delay.
   */
  async #stepIfDue(): Promise<void> {
    if (this.#clock().monotonicMs < this.#options.node.deadlineMs()) return;
    await yieldToEventLoop();
    const mark = this.#queue.mark();
    while (this.#isRunning() && this.#queue.hasOlderThan(mark)) {
      const endMs = performance.now() + SLICE_MS;
      while (performance.now() < endMs && this.#queue.hasOlderThan(mark)) {
        await this.#step(required(this.#queue.shift(), 'an older input waits'));
      }
      await yieldToEventLoop();
    }
    if (this.#isRunning()) await this.#step({ kind: 'tick' });
  }

  async #step(input: Input): Promise<void> {
    const effects = this.#options.node.step(input, this.#clock());
    const events: NodeEvent[] = [];
    for (const effect of effects) {
      if (effect.kind === 'event') events.push(effect.event);
      else if (effect.kind === 'write') await this.#options.store.write(effect.changes, effect);
      else this.#carryOut(effect);
    }
    for (const event of events) {
      for (const onEvent of this.#subscribers) onEvent(event);
    }
  }

  #carryOut(effect: Exclude<Effect, { readonly kind: 'event' | 'write' }>): void {
    const { transport } = this.#options;
    switch (effect.kind) {
      case 'send':
        transport.send(effect.peer, effect.bytes);
        return;
      case 'close':
        this.#queue.dropMessages(effect.peer);
        transport.close(effect.peer, effect.code);
        return;
      case 'dial':
        transport.dial(effect.endpoint);
        return;
      case 'verify':
        void this.#verify(effect.job, effect.transactions);
        return;
      case 'reply':
        this.#requests.get(effect.request)?.resolve(effect.result);
        this.#requests.delete(effect.request);
        return;
      default:
        assertNever(effect);
    }
  }

  async #verify(job: number, transactions: readonly Uint8Array[]): Promise<void> {
    try {
      const verdicts = await this.#options.verifier.verify(transactions);
      this.#push({ kind: 'verified', job, verdicts });
    } catch {
      this.#push({ kind: 'verify-failed', job });
    }
  }

  #answerQueries(): void {
    if (this.#isRunning() && !this.#options.node.isReadable) return;
    for (const answer of this.#queries.splice(0)) answer();
  }

  #isRunning(): boolean {
    return this.#state === 'running';
  }

  #isIdle(): boolean {
    return this.#queue.isEmpty && this.#queries.length === 0 && !this.#options.node.wantsMore();
  }

  /** Waits for an input or the next deadline. */
  async #sleep(): Promise<void> {
    const waitMs = this.#options.node.deadlineMs() - this.#clock().monotonicMs;
    if (waitMs <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      // Timers may fire a fraction early: one millisecond more saves a second sleep.
      if (waitMs < TIMER_MS_MAX) timer = setTimeout(resolve, Math.ceil(waitMs) + 1);
    });
    this.#wake = undefined;
    clearTimeout(timer);
  }

  async #end(): Promise<void> {
    this.#state = 'stopped';
    this.#answerQueries();
    for (const { reject } of this.#requests.values()) reject(createStopping());
    this.#requests.clear();
    const { transport, verifier, store } = this.#options;
    await Promise.all([transport.stop(), verifier.close()]);
    await store.close();
  }
}

function createStopping(): OperationalError {
  return new OperationalError({ code: 'node-stopping', message: 'the node is stopping' });
}

/** What ends a node, in one line: damage, a failing disk, or our own mistake. */
function toFailure(error: unknown): OperationalError {
  if (error instanceof StoreDamage) return createDamage(error.message, error);
  return toOperationalError(error, {
    code: 'internal-error',
    message: 'the node made a mistake',
    hint: 'please report this, with the log of the node',
  });
}

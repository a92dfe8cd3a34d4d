/**
 * Owns: when the node mines and for whom: on demand, on each transaction, at an interval,
 * continuously; fetching templates and handing in blocks.
 * Does not own: what a template holds (core/node) or the search (mine/miner).
 */
import { assert } from '../core/base/assert.ts';
import { concatBytes } from '../core/base/bytes.ts';
import type { Reject, Result } from '../core/base/rejects.ts';
import type { Address, BlockId, Height } from '../core/base/types.ts';
import { HEADER_SIZE } from '../core/codec/header.ts';
import { Writer } from '../core/codec/writer.ts';
import type { BlockTemplate, NodeEvent, Reply } from '../core/node/ports.ts';
import { OperationalError, toOperationalError } from './errors.ts';
import { withNonce } from './mine/kernel.ts';
import type { Miner } from './mine/miner.ts';
import type { RequestInput } from './runtime.ts';
import { drawRandomBytes } from './seed.ts';

export type MiningPlan =
  | { readonly mode: 'off' }
  | { readonly mode: 'on-tx' | 'continuous'; readonly payTo: Address }
  | { readonly mode: 'interval'; readonly payTo: Address; readonly intervalMs: number };

export interface MinedBlock {
  readonly id: BlockId;
  readonly height: Height;
}

export interface MinedBlocks {
  readonly blocks: readonly MinedBlock[];
  readonly hashes: number;
  readonly seconds: number;
}

/** What the controller needs of the runtime. */
interface MiningRuntime {
  submit(input: RequestInput): Promise<Result<Reply>>;
  subscribe(onEvent: (event: NodeEvent) => void): () => void;
}

interface Attempt {
  readonly payTo: Address;
  readonly signal: AbortSignal;
  /** Answers undefined at once when there is no transaction to mine. */
  readonly onlyTransactions: boolean;
  readonly onHashes: (hashes: number) => void;
}

/** Two miners with one address must not build byte-identical blocks. */
const MINER_TAG_SIZE = 8;
/** A search goes on this long before new transactions make a new template worth it. */
const TEMPLATE_AGE_MS = 1_000;
const WAIT_MS_MAX = 1_000;
const WAIT_MS_MIN = 20;

export class MiningController {
  readonly #runtime: MiningRuntime;
  readonly #miner: Miner;
  readonly #onError: (error: OperationalError) => void;
  readonly #tag = drawRandomBytes(MINER_TAG_SIZE);
  readonly #unsubscribe: () => void;
  readonly #stopped = new AbortController();
  #extraCount = 0;
  #plan: MiningPlan = { mode: 'off' };
  /** Aborted when the plan changes. */
  #planned = new AbortController();
  /** Aborted when somebody asks for blocks: that goes first. */
  #preempted = new AbortController();
  /** Attempts run one after another: each waits for the one before. */
  #last: Promise<unknown> = Promise.resolve();
  #searching: { readonly stale: AbortController; readonly startedMs: number } | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;
  #tip: BlockId | undefined;
  /** Counts the events that can make a waiting attempt go on. */
  #news = 0;
  #wakers = new Set<() => void>();

  constructor(options: {
    readonly runtime: MiningRuntime;
    readonly miner: Miner;
    /** Told of what goes wrong while a plan runs, which goes on. */
    readonly onError: (error: OperationalError) => void;
  }) {
    this.#runtime = options.runtime;
    this.#miner = options.miner;
    this.#onError = options.onError;
    this.#unsubscribe = options.runtime.subscribe((event) => this.#take(event));
  }

  plan(): MiningPlan {
    return this.#plan;
  }

  /** Hashes per second now; 0 while nothing is searched. */
  hashRate(): number {
    return this.#searching === undefined ? 0 : this.#miner.hashRate;
  }

  setPlan(plan: MiningPlan): void {
    this.#plan = plan;
    this.#planned.abort();
    this.#planned = new AbortController();
    if (plan.mode === 'off') return;
    void this.#follow(plan, this.#planned.signal);
  }

  /**
   * Mines blocks one after another; ends early, with what it has, when the signal aborts. A running
   * plan gives way. Rejects with `miner-failed` or `node-stopping`.
   */
  mine(options: {
    readonly count: number;
    readonly payTo: Address;
    readonly signal: AbortSignal;
  }): Promise<MinedBlocks> {
    const startedMs = performance.now();
    const { signal, release } = joinSignals(options.signal, this.#stopped.signal);
    this.#preempted.abort();
    const mining = this.#inTurn(async () => {
      const blocks: MinedBlock[] = [];
      let hashes = 0;
      const onHashes = (count: number): void => void (hashes += count);
      while (blocks.length < options.count && !signal.aborted) {
        const { payTo } = options;
        const block = await this.#mineBlock({ payTo, signal, onlyTransactions: false, onHashes });
        if (block !== undefined) blocks.push(block);
      }
      return { blocks, hashes, seconds: (performance.now() - startedMs) / 1000 };
    });
    return mining.finally(release);
  }

  /** Ends the plan and whatever is being mined, and the miner's threads. */
  async stop(): Promise<void> {
    this.setPlan({ mode: 'off' });
    this.#stopped.abort();
    this.#unsubscribe();
    clearTimeout(this.#refreshTimer);
    await this.#last;
    await this.#miner.close();
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #follow(plan: Exclude<MiningPlan, { mode: 'off' }>, signal: AbortSignal): Promise<void> {
    const { payTo } = plan;
    const onlyTransactions = plan.mode === 'on-tx';
    let dueMs = performance.now() + (plan.mode === 'interval' ? plan.intervalMs : 0);
    while (!signal.aborted) {
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) {
        await this.#wait({ ms: waitMs, signal, news: undefined });
        continue;
      }
      const news = this.#news;
      const onHashes = (): undefined => undefined;
      const block = await this.#tryPlanned({ payTo, signal, onlyTransactions, onHashes });
      if (plan.mode === 'interval') {
        dueMs = Math.max(dueMs + plan.intervalMs, performance.now());
      } else if (block === undefined && onlyTransactions) {
        await this.#wait({ ms: Infinity, signal, news });
      }
    }
  }

  /** One block of a plan, unless somebody asks for blocks meanwhile. */
  async #tryPlanned(attempt: Attempt): Promise<MinedBlock | undefined> {
    try {
      return await this.#inTurn(() => {
        this.#preempted = new AbortController();
        const { signal, release } = joinSignals(attempt.signal, this.#preempted.signal);
        return this.#mineBlock({ ...attempt, signal }).finally(release);
      });
    } catch (error) {
      if (attempt.signal.aborted) return undefined;
      this.#onError(toOperationalError(error, { code: 'mining-failed', message: 'mining failed' }));
      await this.#wait({ ms: WAIT_MS_MAX, signal: attempt.signal, news: undefined });
      return undefined;
    }
  }

  /** Searches until a block is accepted, on new templates as the chain moves. */
  async #mineBlock(attempt: Attempt): Promise<MinedBlock | undefined> {
    const { signal } = attempt;
    while (!signal.aborted) {
      const news = this.#news;
      const answer = await this.#requestTemplate(attempt.payTo);
      if (answer.kind === 'no-template') {
        const ms = Math.min(Math.max(answer.untilMs - Date.now(), WAIT_MS_MIN), WAIT_MS_MAX);
        await this.#wait({ ms, signal, news });
        continue;
      }
      const { template } = answer;
      if (attempt.onlyTransactions && template.transactionCount === 0) return undefined;
      if (this.#tip !== undefined && template.parent !== this.#tip) continue;
      const nonce = await this.#search(template, attempt);
      if (nonce === undefined) continue;
      const result = await this.#runtime.submit({
        kind: 'submit-block',
        bytes: withNonce(template.block, nonce),
      });
      if (result.ok && result.value.kind === 'block-accepted') return result.value;
      // Another block came first, or its time is not there yet: the next template knows.
      await this.#wait({ ms: WAIT_MS_MIN, signal, news: undefined });
    }
    return undefined;
  }

  async #requestTemplate(
    payTo: Address,
  ): Promise<Extract<Reply, { readonly kind: 'template' | 'no-template' }>> {
    const extra = concatBytes(this.#tag, new Writer().u32(this.#extraCount++ >>> 0).finish());
    const result = await this.#runtime.submit({ kind: 'request-template', payTo, extra });
    if (!result.ok) throw createRefusal(result);
    const { value } = result;
    assert(value.kind === 'template' || value.kind === 'no-template', 'a template was asked for');
    return value;
  }

  /** The nonce of this template, or undefined when it is stale, exhausted or no longer wanted. */
  async #search(template: BlockTemplate, attempt: Attempt): Promise<number | undefined> {
    const stale = new AbortController();
    this.#searching = { stale, startedMs: performance.now() };
    const { signal, release } = joinSignals(attempt.signal, stale.signal);
    try {
      const header = template.block.slice(0, HEADER_SIZE);
      const outcome = await this.#miner.mine(header, template.bits, { signal });
      attempt.onHashes(outcome.hashes);
      return outcome.kind === 'found' ? outcome.nonce : undefined;
    } finally {
      release();
      this.#searching = undefined;
      clearTimeout(this.#refreshTimer);
      this.#refreshTimer = undefined;
    }
  }

  #take(event: NodeEvent): void {
    if (event.kind === 'tip-changed') {
      this.#tip = event.tip.id;
      this.#searching?.stale.abort();
    } else if (event.kind === 'transaction-changed' && event.state === 'pending') {
      this.#refreshSoon();
    } else if (event.kind !== 'reorganising') return;
    this.#news++;
    for (const wake of this.#wakers) wake();
  }

  /** A long search takes up new transactions, but not at each of them. */
  #refreshSoon(): void {
    if (this.#searching === undefined) return;
    const { stale, startedMs } = this.#searching;
    const waitMs = Math.max(0, startedMs + TEMPLATE_AGE_MS - performance.now());
    this.#refreshTimer ??= setTimeout(() => stale.abort(), waitMs);
  }

  /** Waits; an abort ends it, and where `news` is given any newer event that matters. */
  async #wait(until: {
    readonly ms: number;
    readonly signal: AbortSignal;
    readonly news: number | undefined;
  }): Promise<void> {
    const { ms, signal, news } = until;
    if (signal.aborted || (news !== undefined && news !== this.#news)) return;
    let timer: NodeJS.Timeout | undefined;
    let wake = (): void => undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (Number.isFinite(ms)) timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', wake, { once: true });
      if (news !== undefined) this.#wakers.add(wake);
    });
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
    this.#wakers.delete(wake);
  }
}

/**
 * Aborts when either does. Unlike `AbortSignal.any` it leaves nothing behind in a long-lived
 * signal.
 */
function joinSignals(
  one: AbortSignal,
  other: AbortSignal,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const joined = new AbortController();
  const abort = (): void => joined.abort();
  const both = [one, other];
  for (const signal of both) signal.addEventListener('abort', abort);
  if (both.some(({ aborted }) => aborted)) abort();
  const release = (): void => {
    for (const signal of both) signal.removeEventListener('abort', abort);
  };
  return { signal: joined.signal, release };
}

function createRefusal({ code }: Reject): OperationalError {
  const message = `the node gives no template: ${code}`;
  return new OperationalError({ code: 'template-refused', message });
}

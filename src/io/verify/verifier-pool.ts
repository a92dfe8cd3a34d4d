/**
 * Owns: the verification of jobs: cutting them into chunks, the worker threads, their failures.
 * Does not own: what a verdict means, or the order in which answers are applied (core).
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { required } from '../../core/base/assert.ts';
import type { BlockId } from '../../core/base/types.ts';
import { OperationalError } from '../errors.ts';
import { workerFile } from '../worker-file.ts';
import type { VerifyBackend } from './backend.ts';
import { loadBestBackend } from './backend.ts';
import { packTransactions, verifyTransactions } from './packing.ts';

/** Enough to make a round trip (26 us) cheap, few enough to spread a block over the workers. */
const CHUNK_TRANSACTIONS = 64;
/** A worker has its next chunk at hand when it answers one. */
const CHUNKS_PER_WORKER = 2;
/** Up to this many signatures the native back-end is done before a worker would have woken up. */
const INLINE_TRANSACTIONS_MAX = 4;
const CHUNK_TIMEOUT_MS = 30_000;
const IDLE_MS = 5_000;
const RESTART_DELAY_MS_MAX = 5_000;

interface Job {
  readonly verdicts: boolean[];
  open: number;
  readonly resolve: (verdicts: readonly boolean[]) => void;
  readonly reject: (error: OperationalError) => void;
  failed: boolean;
}

interface Chunk {
  readonly job: Job;
  readonly first: number;
  readonly transactions: readonly Uint8Array[];
}

interface Thread {
  readonly worker: Worker;
  /** Posted and not answered; a worker answers in order. */
  readonly posted: Chunk[];
  timer: NodeJS.Timeout | undefined;
}

export interface VerifierPoolOptions {
  readonly networkId: BlockId;
  /** Threads at most; one less than the cores unless said. */
  readonly workers?: number;
  readonly chunkTimeoutMs?: number;
  readonly idleMs?: number;
  /** Another worker program, to test what a broken one does. */
  readonly workerUrl?: URL;
}

export class VerifierPool {
  readonly backend: VerifyBackend;
  readonly #options: Required<VerifierPoolOptions>;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Chunk[] = [];
  #failuresInARow = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(backend: VerifyBackend, options: VerifierPoolOptions) {
    this.backend = backend;
    this.#options = {
      workers: Math.max(1, availableParallelism() - 1),
      chunkTimeoutMs: CHUNK_TIMEOUT_MS,
      idleMs: IDLE_MS,
      workerUrl: workerFile(import.meta.url, 'verify-worker'),
      ...options,
    };
  }

  /** Loads the fastest back-end; threads start with the first job that needs them. */
  static async create(options: VerifierPoolOptions): Promise<VerifierPool> {
    return new VerifierPool(await loadBestBackend(), options);
  }

  get threadCount(): number {
    return this.#threads.size;
  }

  /** Transactions whose verdicts are outstanding. */
  get backlog(): number {
    const posted = [...this.#threads].flatMap((thread) => thread.posted);
    return [...this.#waiting, ...posted].reduce((sum, chunk) => sum + chunk.transactions.length, 0);
  }

  /**
   * Verifies the signatures of raw transactions: one verdict each, in order. Rejects with
   * `verifier-failed` when a worker broke down, which says nothing about the signatures.
   */
  verify(transactions: readonly Uint8Array[]): Promise<readonly boolean[]> {
    if (this.backend.name === 'native' && transactions.length <= INLINE_TRANSACTIONS_MAX) {
      const { networkId } = this.#options;
      const { verify } = this.backend;
      const verdicts = verifyTransactions({ transactions, networkId, verify });
      return Promise.resolve(Array.from(verdicts, (verdict) => verdict === 1));
    }
    return new Promise((resolve, reject) => {
      const verdicts = new Array<boolean>(transactions.length).fill(false);
      const job: Job = { verdicts, open: 0, resolve, reject, failed: false };
      for (let first = 0; first < transactions.length; first += CHUNK_TRANSACTIONS) {
        const part = transactions.slice(first, first + CHUNK_TRANSACTIONS);
        this.#waiting.push({ job, first, transactions: part });
        job.open++;
      }
      if (job.open === 0) resolve(verdicts);
      else if (this.#closed) this.#failJob(job, 'the verifier is closed');
      else this.#dispatch();
    });
  }

  /** Ends the threads; jobs still open fail. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restartTimer);
    for (const { job } of this.#waiting.splice(0)) this.#failJob(job, 'the verifier is closed');
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#freeThread();
      if (thread === undefined) return;
      const chunk = required(this.#waiting.shift(), 'a chunk waits');
      if (chunk.job.failed) continue;
      const packed = packTransactions(chunk.transactions);
      thread.posted.push(chunk);
      thread.worker.postMessage(packed, [packed.buffer]);
      if (thread.posted.length === 1) this.#watch(thread);
    }
  }

  /** The least busy thread that takes another chunk, or a new one; undefined when all are busy. */
  #freeThread(): Thread | undefined {
    let best: Thread | undefined;
    for (const thread of this.#threads) {
      if (best === undefined || thread.posted.length < best.posted.length) best = thread;
    }
    if (best?.posted.length === 0) return best;
    if (this.#threads.size < this.#options.workers) return this.#startThread() ?? best;
    return best !== undefined && best.posted.length < CHUNKS_PER_WORKER ? best : undefined;
  }

  #startThread(): Thread | undefined {
    if (this.#restartTimer !== undefined || this.#closed) return undefined;
    const { workerUrl, networkId } = this.#options;
    const worker = new Worker(workerUrl, { workerData: { networkId }, name: 'verify' });
    const thread: Thread = { worker, posted: [], timer: undefined };
    this.#threads.add(thread);
    let reason = 'its thread ended';
    worker.on('message', (verdicts: Uint8Array) => this.#takeVerdicts(thread, verdicts));
    worker.on('error', (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => this.#dropThread(thread, reason));
    return thread;
  }

  #takeVerdicts(thread: Thread, verdicts: Uint8Array): void {
    this.#failuresInARow = 0;
    const { job, first } = required(thread.posted.shift(), 'a worker answers what was posted');
    for (const [index, verdict] of verdicts.entries()) job.verdicts[first + index] = verdict === 1;
    job.open--;
    if (job.open === 0 && !job.failed) job.resolve(job.verdicts);
    this.#dispatch();
    this.#watch(thread);
  }

  /** A busy thread is given up when a chunk takes too long; an idle one is closed after a while. */
  #watch(thread: Thread): void {
    clearTimeout(thread.timer);
    const { chunkTimeoutMs, idleMs } = this.#options;
    const waitMs = thread.posted.length > 0 ? chunkTimeoutMs : idleMs;
    thread.timer = setTimeout(() => this.#endThread(thread), waitMs);
    if (thread.posted.length > 0) thread.worker.ref();
    else {
      thread.timer.unref();
      thread.worker.unref();
    }
  }

  /** From here on it gets no more chunks; those it has fail when it has ended. */
  #endThread(thread: Thread): void {
    this.#threads.delete(thread);
    void thread.worker.terminate();
  }

  #dropThread(thread: Thread, reason: string): void {
    clearTimeout(thread.timer);
    this.#threads.delete(thread);
    const broke = thread.posted.length > 0;
    for (const { job } of thread.posted) this.#failJob(job, reason);
    if (broke && !this.#closed) this.#delayRestart();
    this.#dispatch();
  }

  /** A next thread starts after a pause that grows with each failure in a row. */
  #delayRestart(): void {
    const delayMs = Math.min(RESTART_DELAY_MS_MAX, 10 * 2 ** this.#failuresInARow++);
    this.#restartTimer ??= setTimeout(() => {
      this.#restartTimer = undefined;
      this.#dispatch();
    }, delayMs);
  }

  #failJob(job: Job, reason: string): void {
    if (job.failed) return;
    job.failed = true;
    const message = `verification broke down: ${reason}`;
    job.reject(new OperationalError({ code: 'verifier-failed', message }));
  }
}

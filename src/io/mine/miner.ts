/**
 * Owns: the search for a header's nonce in worker threads: ranges, restarts, CPU share, hash rate.
 * Does not own: templates, or when to mine (mining-controller).
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { assert } from '../../core/base/assert.ts';
import { OperationalError } from '../errors.ts';
import { workerFile } from '../worker-file.ts';
import type { MineOrder, MineReport } from './mine-worker.ts';
import { NONCE_COUNT } from './kernel.ts';

export type MineOutcome =
  | { readonly kind: 'found'; readonly nonce: number; readonly hashes: number }
  /** No nonce of this header will do: another time or coinbase is needed. */
  | { readonly kind: 'exhausted'; readonly hashes: number }
  | { readonly kind: 'aborted'; readonly hashes: number };

export interface MinerOptions {
  /** Threads; one less than the cores unless said. */
  readonly workers?: number;
  /** The share of its core that each thread may use, above 0 up to 1. */
  readonly share?: number;
}

interface Search {
  readonly id: number;
  readonly startedMs: number;
  hashes: number;
  /** Threads whose range still holds untried nonces. */
  open: number;
  readonly settle: (outcome: MineOutcome) => void;
  readonly fail: (error: OperationalError) => void;
}

const IDLE_MS = 30_000;

export class Miner {
  readonly #workerCount: number;
  readonly #share: number;
  #workers: Worker[] = [];
  #search: Search | undefined;
  #searchCount = 0;
  #hashRate = 0;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(options: MinerOptions = {}) {
    this.#workerCount = options.workers ?? Math.max(1, availableParallelism() - 1);
    this.#share = options.share ?? 1;
    assert(this.#workerCount >= 1 && this.#share > 0 && this.#share <= 1, 'threads and share fit');
  }

  /** Hashes per second of the search that runs or ran last. */
  get hashRate(): number {
    return this.#hashRate;
  }

  /**
   * Searches a nonce with which the header meets its bits. A new call ends the one before as
   * `aborted`, so does the signal. Rejects with `miner-failed` when a thread broke down.
   */
  mine(
    header: Uint8Array,
    bits: number,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<MineOutcome> {
    this.#finish('aborted');
    const { signal } = options;
    if (signal?.aborted === true) return Promise.resolve({ kind: 'aborted', hashes: 0 });
    clearTimeout(this.#idleTimer);
    return new Promise((resolve, reject) => {
      const id = ++this.#searchCount;
      const abort = (): void => {
        if (this.#search?.id === id) this.#finish('aborted');
      };
      signal?.addEventListener('abort', abort, { once: true });
      const release = (): void => signal?.removeEventListener('abort', abort);
      this.#search = {
        id,
        startedMs: performance.now(),
        hashes: 0,
        open: this.#workerCount,
        settle: (outcome) => {
          release();
          resolve(outcome);
        },
        fail: (error) => {
          release();
          reject(error);
        },
      };
      this.#order(id, header, bits);
    });
  }

  async close(): Promise<void> {
    this.#finish('aborted');
    clearTimeout(this.#idleTimer);
    await this.#endWorkers();
  }

  /** Gives every thread a range of its own. */
  #order(search: number, header: Uint8Array, bits: number): void {
    while (this.#workers.length < this.#workerCount) this.#workers.push(this.#startWorker());
    const size = 4 * Math.ceil(NONCE_COUNT / this.#workerCount / 4);
    for (const [index, worker] of this.#workers.entries()) {
      const start = index * size;
      const count = Math.min(size, NONCE_COUNT - start);
      const order: MineOrder = { search, header, bits, start, count, share: this.#share };
      worker.postMessage(order);
    }
  }

  #startWorker(): Worker {
    const worker = new Worker(workerFile(import.meta.url, 'mine-worker'), { name: 'mine' });
    worker.on('message', (report: MineReport) => this.#takeReport(report));
    worker.on('error', (error: unknown) => this.#breakDown(error));
    return worker;
  }

  #takeReport({ search: id, hashes, nonce, done }: MineReport): void {
    const search = this.#search;
    if (search?.id !== id) return;
    search.hashes += hashes;
    const elapsedMs = Math.max(1, performance.now() - search.startedMs);
    this.#hashRate = Math.round((search.hashes * 1000) / elapsedMs);
    if (nonce !== undefined) this.#finish('found', nonce);
    else if (done && --search.open === 0) this.#finish('exhausted');
  }

  #finish(kind: 'aborted' | 'exhausted'): void;
  #finish(kind: 'found', nonce: number): void;
  #finish(kind: MineOutcome['kind'], nonce = 0): void {
    const search = this.#search;
    if (search === undefined) return;
    this.#search = undefined;
    const rest = { search: search.id, header: undefined, bits: 0, start: 0, count: 0, share: 1 };
    for (const worker of this.#workers) worker.postMessage(rest satisfies MineOrder);
    this.#idleTimer = setTimeout(() => void this.#endWorkers(), IDLE_MS).unref();
    const { hashes } = search;
    search.settle(kind === 'found' ? { kind, nonce, hashes } : { kind, hashes });
  }

  #breakDown(cause: unknown): void {
    const search = this.#search;
    this.#search = undefined;
    void this.#endWorkers();
    const message = 'a mining thread broke down';
    search?.fail(new OperationalError({ code: 'miner-failed', message, cause }));
  }

  async #endWorkers(): Promise<void> {
    const workers = this.#workers;
    this.#workers = [];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

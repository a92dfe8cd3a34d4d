/**
 * Owns: a thread that searches its range of nonces in slices, so that a new order is heard within
 * milliseconds, resting between slices when it may not use the whole core.
 * Does not own: who searches which range (miner).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { required } from '../../core/base/assert.ts';
import { bitsToTarget } from '../../core/rules/work.ts';
import { yieldToEventLoop } from '../clock.ts';
import { installNativeHash } from '../install-hash.ts';
import { loadKernel } from './kernel.ts';

/** Ends a search when `header` is undefined; begins a new one otherwise. */
export interface MineOrder {
  readonly search: number;
  readonly header: Uint8Array | undefined;
  readonly bits: number;
  readonly start: number;
  readonly count: number;
  /** The share of one core that may be used, above 0 up to 1. */
  readonly share: number;
}

/** Tells of the hashes since the last report; `done` when the range holds no more. */
export interface MineReport {
  readonly search: number;
  readonly hashes: number;
  readonly nonce: number | undefined;
  readonly done: boolean;
}

const SLICE_MS = 4;
const REPORT_MS = 250;
const SLICE_NONCES_MIN = 256;

installNativeHash();
const port = required(parentPort ?? undefined, 'this file runs as a worker thread');
const kernel = loadKernel();
let current: MineOrder | undefined;
/** Nonces that take about one slice; measured as it goes. */
let sliceNonces = SLICE_NONCES_MIN;

port.on('message', (order: MineOrder) => {
  current = order.header === undefined ? undefined : order;
  if (current !== undefined) void search(current, order.header!);
});

async function search(order: MineOrder, header: Uint8Array): Promise<void> {
  const target = bitsToTarget(order.bits);
  let tried = 0;
  let hashes = 0;
  let reportedMs = performance.now();
  const report = (rest: { readonly nonce: number | undefined; readonly done: boolean }): void => {
    port.postMessage({ search: order.search, hashes, ...rest } satisfies MineReport);
    hashes = 0;
    reportedMs = performance.now();
  };
  while (current === order && tried < order.count) {
    const range = { start: order.start + tried, count: Math.min(sliceNonces, order.count - tried) };
    const startMs = performance.now();
    const nonce = kernel.search(header, range, target);
    const tookMs = performance.now() - startMs;
    hashes += nonce === undefined ? range.count : nonce - range.start + 1;
    if (nonce !== undefined) {
      report({ nonce, done: true });
      return;
    }
    tried += range.count;
    adaptSlice(range.count, tookMs);
    if (performance.now() - reportedMs > REPORT_MS) report({ nonce: undefined, done: false });
    if (order.share < 1) await sleep(tookMs * (1 / order.share - 1));
    else await yieldToEventLoop();
  }
  report({ nonce: undefined, done: current === order });
}

/** Moves towards slices of the wished length, at most by a factor of two. */
function adaptSlice(nonces: number, tookMs: number): void {
  const factor = Math.min(2, Math.max(0.5, SLICE_MS / Math.max(tookMs, 0.01)));
  sliceNonces = Math.max(SLICE_NONCES_MIN, 4 * Math.round((nonces * factor) / 4));
}

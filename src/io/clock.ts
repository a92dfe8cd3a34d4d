/**
 * Owns: the two clocks of the process, and giving the event loop its turn.
 * Does not own: what is due when (core says so by deadlines).
 */
import type { Now } from '../core/base/now.ts';

/** Reads the monotonic clock for deadlines and the wall clock for stamps, in milliseconds. */
export function readClock(): Now {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/** Resolves after timers, sockets and workers have had their turn. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

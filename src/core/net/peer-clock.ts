/**
 * Owns: the time that peers' deadlines are measured in: monotonic, less what this process lost by
 * stalling.
 * Does not own: the deadlines. Layer 3.
 */
import { STALL_NOTICED_MS } from './limits.ts';

/** More than what a sum of times is rounded by, after any uptime. */
const ROUNDING_MS = 0.001;

/**
 * When the first deadline is seen late, the process was busy or asleep, and what peers sent
 * meanwhile is still unread. That time is taken out of the clock, so that every deadline moves at
 * once and nobody is punished for it.
 */
export class PeerClock {
  #lostMs = 0;
  #lastMs = -Infinity;

  /** The peers' time at a monotonic one, given the first deadline (in peers' time). */
  read(monotonicMs: number, deadlineMs: number): number {
    const lateMs = monotonicMs - this.#lostMs - deadlineMs;
    // The notice time is given on top: the sockets are read after the timers of one turn.
    if (lateMs > STALL_NOTICED_MS) this.#lostMs += lateMs + STALL_NOTICED_MS;
    this.#lastMs = Math.max(this.#lastMs, monotonicMs - this.#lostMs);
    return this.#lastMs;
  }

  /** The monotonic time at which a deadline (in peers' time) has passed by every reading. */
  toMonotonicMs(deadlineMs: number): number {
    const monotonicMs = deadlineMs + this.#lostMs;
    // The sum may have been rounded down: a tick at that time would find nothing to do.
    return monotonicMs - this.#lostMs < deadlineMs ? monotonicMs + ROUNDING_MS : monotonicMs;
  }
}

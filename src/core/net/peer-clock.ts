/**
 * Owns: the time that peers' deadlines are measured in: monotonic, less what this process lost by
 * stalling.
 * Does not own: the deadlines. Layer 3.
 */
import { STALL_NOTICED_MS } from './limits.ts';

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

  /** The monotonic time of a deadline in peers' time. */
  toMonotonicMs(deadlineMs: number): number {
    return deadlineMs + this.#lostMs;
  }
}

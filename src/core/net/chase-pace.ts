/**
 * Owns: when one peer may be asked for headers again, and how often its walks may begin again.
 * Does not own: whether there is anything to ask (net/header-sync). Layer 3. docs/protocol.md
 * section 15, item 4.
 */
import {
  CHASE_DELAY_MAX_MS,
  CHASE_DELAY_MIN_MS,
  PREMATURE_RETRY_MIN_MS,
  WALK_RESTARTS_MAX,
  WALK_RESTARTS_SPAN_MS,
} from './limits.ts';

export class ChasePace {
  #askAtMs: number;
  #delayMs = CHASE_DELAY_MIN_MS;
  #restartsMs: number[] = [];

  constructor(nowMs: number) {
    this.#askAtMs = nowMs;
  }

  /** Not asked before this time. */
  get askAtMs(): number {
    return this.#askAtMs;
  }

  /** There is something new: the next question follows at once. */
  goOn(nowMs: number): void {
    this.#askAtMs = Math.min(this.#askAtMs, nowMs);
    this.#delayMs = CHASE_DELAY_MIN_MS;
  }

  /** An answer brought nothing so far: the next question waits, longer each time. */
  wait(nowMs: number): void {
    this.#askAtMs = nowMs + this.#delayMs;
    this.#delayMs = Math.min(2 * this.#delayMs, CHASE_DELAY_MAX_MS);
  }

  /** A header is valid only after `earlyMs`. */
  waitForTime(nowMs: number, earlyMs: number): void {
    const waitMs = Math.min(CHASE_DELAY_MIN_MS, Math.max(PREMATURE_RETRY_MIN_MS, earlyMs));
    this.#askAtMs = nowMs + waitMs;
  }

  /** Whether a walk may begin or begin again. */
  mayWalk(nowMs: number): boolean {
    const since = nowMs - WALK_RESTARTS_SPAN_MS;
    this.#restartsMs = this.#restartsMs.filter((at) => at > since);
    return this.#restartsMs.length < WALK_RESTARTS_MAX;
  }

  noteRestart(nowMs: number): void {
    this.#restartsMs.push(nowMs);
  }
}

/**
 * Owns: virtual time and what is to happen at which moment of it, in one order for all.
 * Does not own: what happens. Times are whole milliseconds since the simulation began.
 */
import { assert } from '../core/base/assert.ts';

interface Planned {
  readonly atMs: number;
  /** Of two actions at one time the one planned first comes first. */
  readonly order: number;
  readonly act: () => void;
}

/** More actions than any number of hosts has use for within a millisecond. */
const DONE_AT_ONCE_MAX = 100_000;

function isBefore(a: Planned, b: Planned): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** A queue of actions by time, as a binary heap. */
export class Schedule {
  readonly #heap: Planned[] = [];
  #nowMs = 0;
  #planned = 0;
  #done = 0;
  /** Of these, at the present moment. */
  #doneNow = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many actions have been done. */
  get doneCount(): number {
    return this.#done;
  }

  at(atMs: number, act: () => void): void {
    assert(Number.isInteger(atMs) && atMs >= this.#nowMs, 'a plan lies at a moment to come');
    const heap = this.#heap;
    const planned: Planned = { atMs, order: this.#planned++, act };
    let at = heap.push(planned) - 1;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      if (isBefore(heap[above]!, planned)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = planned;
  }

  after(delayMs: number, act: () => void): void {
    this.at(this.#nowMs + delayMs, act);
  }

  /**
   * Does everything planned up to `untilMs`, then stands there; stops early when `isOver` says so.
   */
  runUntil(untilMs: number, isOver: () => boolean = () => false): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.atMs > untilMs) break;
      if (isOver()) return;
      this.#removeFirst();
      this.#doneNow = first.atMs === this.#nowMs ? this.#doneNow + 1 : 0;
      assert(this.#doneNow < DONE_AT_ONCE_MAX, 'time goes on: somebody is busy without end');
      this.#nowMs = first.atMs;
      this.#done += 1;
      first.act();
    }
    if (!isOver()) this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (isBefore(last, heap[below]!)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }
}

/**
 * Owns: one direction of a connection: bytes arrive whole, in the order in which they were sent,
 * after a delay, and not while the way is blocked.
 * Does not own: connections (sim/wire), or which ways are blocked.
 */
import type { Draws } from './draws.ts';
import type { Schedule } from './schedule.ts';

/** What travels: a message, or the end of the connection. */
export type Parcel =
  { readonly kind: 'message'; readonly bytes: Uint8Array } | { readonly kind: 'end' };

interface Travelling {
  readonly atMs: number;
  readonly parcel: Parcel;
}

export interface PipeOptions {
  readonly schedule: Schedule;
  readonly draws: Draws;
  /** Of the way, without the jitter. */
  readonly delayMs: number;
  readonly isBlocked: () => boolean;
  readonly onArrival: (parcel: Parcel) => void;
  /** A parcel was due and could not pass. */
  readonly onHeld: () => void;
}

const JITTER_MS = 20;
const BYTES_PER_MS = 1000;

export class Pipe {
  readonly #options: PipeOptions;
  readonly #travelling: Travelling[] = [];
  #isPlanned = false;

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  send(parcel: Parcel): void {
    const { schedule, draws, delayMs } = this.#options;
    const size = parcel.kind === 'message' ? parcel.bytes.length : 0;
    const wayMs = delayMs + draws.below(JITTER_MS) + Math.floor(size / BYTES_PER_MS);
    const before = this.#travelling.at(-1)?.atMs ?? 0;
    this.#travelling.push({ atMs: Math.max(before, schedule.nowMs + wayMs), parcel });
    this.#plan();
  }

  /** The way is free again: what was held arrives now, in order. */
  resume(): void {
    this.#plan();
  }

  /** Whatever is on its way is lost. */
  empty(): void {
    this.#travelling.splice(0);
  }

  #plan(): void {
    const first = this.#travelling[0];
    if (this.#isPlanned || first === undefined) return;
    this.#isPlanned = true;
    const { schedule } = this.#options;
    schedule.at(Math.max(first.atMs, schedule.nowMs), () => {
      this.#isPlanned = false;
      this.#pass();
    });
  }

  #pass(): void {
    const { schedule, isBlocked, onArrival, onHeld } = this.#options;
    for (let first = this.#travelling[0]; first !== undefined; first = this.#travelling[0]) {
      if (first.atMs > schedule.nowMs) break;
      if (isBlocked()) return onHeld();
      this.#travelling.shift();
      onArrival(first.parcel);
    }
    this.#plan();
  }
}

/**
 * Owns: holding messages back for a while in their order: one direction of a slow link.
 * Does not own: which links are slow (ws-transport) or what is done with a message.
 */

interface Held {
  readonly bytes: Uint8Array;
  readonly dueMs: number;
}

export class DelayLine {
  readonly #release: (bytes: Uint8Array) => void;
  readonly #bytesMax: number;
  readonly #held: Held[] = [];
  #heldBytes = 0;
  #delayMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    readonly release: (bytes: Uint8Array) => void;
    /** Where more waits, the oldest is released early. */
    readonly bytesMax: number;
  }) {
    this.#release = options.release;
    this.#bytesMax = options.bytesMax;
  }

  /** From now on; what waits is released at once. */
  setDelay(delayMs: number): void {
    this.#delayMs = delayMs;
    this.flush();
  }

  push(bytes: Uint8Array): void {
    if (this.#delayMs === 0) {
      this.#release(bytes);
      return;
    }
    this.#held.push({ bytes, dueMs: performance.now() + this.#delayMs });
    this.#heldBytes += bytes.length;
    while (this.#heldBytes > this.#bytesMax) this.#releaseFirst();
    this.#timer ??= setTimeout(() => this.#releaseDue(), this.#delayMs);
  }

  /** Releases all that waits. */
  flush(): void {
    while (this.#held.length > 0) this.#releaseFirst();
    this.#stopTimer();
  }

  /** Loses all that waits. */
  clear(): void {
    this.#held.length = 0;
    this.#heldBytes = 0;
    this.#stopTimer();
  }

  #releaseDue(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    while (this.#held.length > 0 && this.#held[0]!.dueMs <= nowMs) this.#releaseFirst();
    const next = this.#held[0];
    // Timers may fire a fraction early: one millisecond more saves a second one.
    if (next !== undefined) {
      this.#timer = setTimeout(() => this.#releaseDue(), Math.ceil(next.dueMs - nowMs) + 1);
    }
  }

  #releaseFirst(): void {
    const first = this.#held.shift();
    if (first === undefined) return;
    this.#heldBytes -= first.bytes.length;
    this.#release(first.bytes);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

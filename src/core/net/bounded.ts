/**
 * Owns: collections with a cap that forget their oldest entries, and the token bucket.
 * Does not own: how large they are (net/limits). Layer 3.
 */

/** What an iteration answers first, if anything. */
export function firstOf<T>(values: IterableIterator<T>): T | undefined {
  const first = values.next();
  return first.done === true ? undefined : first.value;
}

/** A Map in order of insertion that drops its oldest entries beyond `sizeMax`. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #sizeMax: number;
  /**
   * Stands before the oldest entry. A Map's iterator is live, so one that is kept never passes the
   * places of deleted entries twice, as a fresh one would at each drop.
   */
  readonly #oldest = this.#entries.keys();

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** Puts an entry last, also one that was there. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#sizeMax) return;
    const oldest = this.#oldest.next();
    if (oldest.done !== true) this.#entries.delete(oldest.value);
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  keys(): IterableIterator<K> {
    return this.#entries.keys();
  }
}

/** A Set in order of insertion that drops its oldest members beyond `sizeMax`. */
export class BoundedSet<T> {
  readonly #members: BoundedMap<T, true>;

  constructor(sizeMax: number) {
    this.#members = new BoundedMap(sizeMax);
  }

  get size(): number {
    return this.#members.size;
  }

  has(member: T): boolean {
    return this.#members.has(member);
  }

  /** Puts a member last, also one that was there. */
  add(member: T): void {
    this.#members.set(member, true);
  }

  delete(member: T): boolean {
    return this.#members.delete(member);
  }

  clear(): void {
    this.#members.clear();
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#members.keys();
  }
}

/** A budget that refills with time. */
export class Bucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #level: number;
  #filledAtMs: number;

  constructor(rate: { readonly burst: number; readonly perSecond: number }, nowMs: number) {
    this.#burst = rate.burst;
    this.#perSecond = rate.perSecond;
    this.#level = rate.burst;
    this.#filledAtMs = nowMs;
  }

  #fill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#level = Math.min(this.#burst, this.#level + (passedMs * this.#perSecond) / 1000);
    this.#filledAtMs = Math.max(nowMs, this.#filledAtMs);
  }

  /** Takes `amount` if it is there. */
  take(amount: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#level < amount) return false;
    this.#level -= amount;
    return true;
  }

  /** Takes `amount` on credit. */
  spend(amount: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#level -= amount;
  }

  /** When the level is above zero again. */
  openAtMs(nowMs: number): number {
    this.#fill(nowMs);
    if (this.#level > 0) return nowMs;
    return nowMs + Math.floor((-this.#level * 1000) / this.#perSecond) + 1;
  }
}

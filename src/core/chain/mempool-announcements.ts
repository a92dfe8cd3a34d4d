/**
 * Owns: when own and reverted transactions are announced again while they are pending: after 3 tips
 * or 60 s, then after twice as much, and so on.
 * Does not own: the first announcement or the sending (node). Layer 3.
 */
import type { TxId } from '../base/types.ts';

const TIPS_FIRST = 3;
const PERIOD_FIRST_MS = 60_000;
/** The period stops doubling at 64 minutes or 192 tips. */
const LEVELS = 7;

interface Announced {
  readonly atMs: number;
  readonly atTip: number;
}

export class Announcements {
  /** By how often a transaction has been announced again; in each the longest ago first. */
  readonly #levels: readonly Map<TxId, Announced>[] = Array.from(
    { length: LEVELS },
    () => new Map(),
  );
  readonly #levelOf = new Map<TxId, number>();
  #tipCount = 0;

  get count(): number {
    return this.#levelOf.size;
  }

  countTip(): void {
    this.#tipCount++;
  }

  /** Watches a transaction that is announced now; one that is watched already stays as it is. */
  add(id: TxId, monotonicMs: number): void {
    if (!this.#levelOf.has(id)) this.#put(id, { level: 0, atMs: monotonicMs });
  }

  delete(id: TxId): void {
    const level = this.#levelOf.get(id);
    if (level === undefined) return;
    this.#levelOf.delete(id);
    this.#levels[level]?.delete(id);
  }

  #put(id: TxId, at: { readonly level: number; readonly atMs: number }): void {
    this.#levelOf.set(id, at.level);
    this.#levels[at.level]?.set(id, { atMs: at.atMs, atTip: this.#tipCount });
  }

  /** Takes the ids that are due, at most `countMax`; the others stay due. */
  takeDue(monotonicMs: number, countMax: number): readonly TxId[] {
    const due: TxId[] = [];
    this.#levels.forEach((waiting, level) => {
      for (const [id, { atMs, atTip }] of waiting) {
        const isDue =
          atMs + PERIOD_FIRST_MS * 2 ** level <= monotonicMs ||
          this.#tipCount - atTip >= TIPS_FIRST * 2 ** level;
        if (!isDue || due.length === countMax) break;
        due.push(id);
      }
    });
    for (const id of due) {
      const level = Math.min((this.#levelOf.get(id) ?? 0) + 1, LEVELS - 1);
      this.delete(id);
      this.#put(id, { level, atMs: monotonicMs });
    }
    return due;
  }

  /** When the next one is due by time alone; Infinity when nothing is watched. */
  deadlineMs(): number {
    let earliest = Infinity;
    this.#levels.forEach((waiting, level) => {
      const first = waiting.values().next().value;
      if (first !== undefined) {
        earliest = Math.min(earliest, first.atMs + PERIOD_FIRST_MS * 2 ** level);
      }
    });
    return earliest;
  }
}

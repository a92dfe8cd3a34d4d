/**
 * Owns: which stored bodies hang together down to genesis, and which branch is to be connected
 * next.
 * Does not own: connecting it (chain/chain) or the headers (chain/header-tree). Layer 3.
 * docs/protocol.md section 11.
 */
import type { EntryIndex, HeaderTree } from './header-tree.ts';

/**
 * Fork choice over stored bodies. An entry is *linked* when it and all its ancestors have bodies;
 * only linked entries with more work than the told tip are candidates. Header-only branches never
 * count.
 */
export class Candidates {
  readonly #headers: HeaderTree;
  /** Entries with a body whose parent is not linked, by that parent. */
  readonly #waiting = new Map<EntryIndex, EntryIndex[]>();
  readonly #unlinked = new Set<EntryIndex>();
  /** Linked entries that had more work than the tip, in the order in which they became linked. */
  readonly #candidates = new Set<EntryIndex>();

  constructor(headers: HeaderTree) {
    this.#headers = headers;
  }

  isLinked(entry: EntryIndex): boolean {
    return this.#headers.hasBody(entry) && !this.#unlinked.has(entry);
  }

  /** Takes note of a stored body; with it, bodies that waited for this one become linked. */
  add(entry: EntryIndex): void {
    const parent = this.#headers.parent(entry);
    if (parent !== undefined && !this.isLinked(parent)) {
      this.#unlinked.add(entry);
      const siblings = this.#waiting.get(parent);
      if (siblings === undefined) this.#waiting.set(parent, [entry]);
      else siblings.push(entry);
      return;
    }
    const newlyLinked = [entry];
    for (let next = newlyLinked.pop(); next !== undefined; next = newlyLinked.pop()) {
      this.#unlinked.delete(next);
      this.#candidates.add(next);
      newlyLinked.push(...(this.#waiting.get(next) ?? []));
      this.#waiting.delete(next);
    }
  }

  /** Forgets an entry whose body is gone. */
  remove(entry: EntryIndex): void {
    this.#candidates.delete(entry);
    this.#unlinked.delete(entry);
    const parent = this.#headers.parent(entry);
    const siblings = parent === undefined ? undefined : this.#waiting.get(parent);
    if (parent === undefined || siblings === undefined) return;
    const left = siblings.filter((sibling) => sibling !== entry);
    if (left.length > 0) this.#waiting.set(parent, left);
    else this.#waiting.delete(parent);
  }

  /** The valid candidate with most work above the tip's; of equals the one linked first. */
  best(tip: EntryIndex): EntryIndex | undefined {
    const tipWork = this.#headers.work(tip);
    let best: EntryIndex | undefined;
    let bestWork = tipWork;
    for (const entry of this.#candidates) {
      const work = this.#headers.work(entry);
      if (work <= tipWork || this.#headers.isInvalid(entry)) this.#candidates.delete(entry);
      else if (work > bestWork) [best, bestWork] = [entry, work];
    }
    return best;
  }
}

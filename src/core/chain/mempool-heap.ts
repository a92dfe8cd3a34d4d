/**
 * Owns: a binary heap whose items know their slot, so that any of them can be removed.
 * Does not own: what the order means. Layer 3.
 */
import { assert } from '../base/assert.ts';

export interface HeapItem {
  /** The item's place in its heap; only the heap writes it. */
  slot: number;
}

export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  /** `before(a, b)`: a leaves the heap earlier than b. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  /** The item that comes first. */
  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  pop(): T | undefined {
    const item = this.#items[0];
    if (item !== undefined) this.remove(item);
    return item;
  }

  remove(item: T): void {
    const slot = item.slot;
    assert(this.#items[slot] === item, 'the item stands in this heap');
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#rise(last, slot);
    this.#sink(last, last.slot);
  }

  #put(item: T, slot: number): void {
    this.#items[slot] = item;
    item.slot = slot;
  }

  #rise(item: T, from: number): void {
    let slot = from;
    while (slot > 0) {
      const above = (slot - 1) >>> 1;
      const parent = this.#items[above] as T;
      if (!this.#before(item, parent)) break;
      this.#put(parent, slot);
      slot = above;
    }
    this.#put(item, slot);
  }

  #sink(item: T, from: number): void {
    const items = this.#items;
    let slot = from;
    for (;;) {
      const left = 2 * slot + 1;
      let child = items[left];
      if (child === undefined) break;
      const right = items[left + 1];
      if (right !== undefined && this.#before(right, child)) child = right;
      if (!this.#before(child, item)) break;
      const below = child.slot;
      this.#put(child, slot);
      slot = below;
    }
    this.#put(item, slot);
  }
}

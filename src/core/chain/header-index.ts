/**
 * Owns: finding the row of a block id: an open-addressing table of row numbers.
 * Does not own: the rows, which hold the ids (chain/header-rows). Layer 3.
 */
import { assert } from '../base/assert.ts';
import type { HeaderRows } from './header-rows.ts';
import { ID_AT } from './header-rows.ts';

const SLOTS_AT_FIRST = 1_024;
/** The table doubles when it is fuller than this. */
const LOAD_MAX = 0.7;
const EMPTY = 0;

/**
 * An id starts at the slot that its first four bytes name: hashes are spread well enough as they
 * are.
 */
export class HeaderIndex {
  readonly #rows: HeaderRows;
  /** Row number + 1, or 0 for an empty slot. */
  #slots = new Int32Array(SLOTS_AT_FIRST);
  #count = 0;

  constructor(rows: HeaderRows) {
    this.#rows = rows;
  }

  get bytesAllocated(): number {
    return this.#slots.byteLength;
  }

  find(id: Uint8Array): number | undefined {
    const mask = this.#slots.length - 1;
    for (let slot = firstWord(id) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      if (entry === EMPTY) return undefined;
      if (this.#rows.hasId(entry - 1, id)) return entry - 1;
    }
  }

  /** Adds a row whose id is not in the table. */
  add(row: number): void {
    if (this.#count + 1 > LOAD_MAX * this.#slots.length) this.#grow();
    this.#insert(row);
    this.#count += 1;
  }

  /** Takes a row out and closes the gap: entries that had to step over it move up. */
  remove(row: number): void {
    const mask = this.#slots.length - 1;
    let gap = this.#home(row);
    while (this.#slots[gap] !== row + 1) {
      assert(this.#slots[gap] !== EMPTY, 'only an indexed row is removed');
      gap = (gap + 1) & mask;
    }
    for (let slot = (gap + 1) & mask; this.#slots[slot] !== EMPTY; slot = (slot + 1) & mask) {
      const distance = (slot - this.#home(this.#slots[slot]! - 1)) & mask;
      if (distance < ((slot - gap) & mask)) continue;
      this.#slots[gap] = this.#slots[slot]!;
      gap = slot;
    }
    this.#slots[gap] = EMPTY;
    this.#count -= 1;
  }

  #home(row: number): number {
    return this.#rows.u32(row, ID_AT) & (this.#slots.length - 1);
  }

  #insert(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#home(row);
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.#slots[slot] = row + 1;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(2 * before.length);
    for (const entry of before) if (entry !== EMPTY) this.#insert(entry - 1);
  }
}

function firstWord(id: Uint8Array): number {
  return id[0]! | (id[1]! << 8) | (id[2]! << 16) | (id[3]! << 24);
}

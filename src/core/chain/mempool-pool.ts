/**
 * Owns: a set of entries with a cap in bytes: who must leave for another, and who is the oldest.
 * Does not own: what leaving means (chain/mempool-state). Layer 3.
 */
import { assert } from '../base/assert.ts';
import type { Address } from '../base/types.ts';
import { SPARED_MAX } from './limits.ts';
import type { Entry } from './mempool-entry.ts';
import { Heap } from './mempool-heap.ts';

/** What wants to come in. */
export interface RoomRequest {
  readonly rank: number;
  readonly sizeBytes: number;
  /** The sender: none of its own entries may be the price. */
  readonly spared: Address;
}

/** Who must leave, in this order; or the rank that stands in the way, if there is anybody. */
export type Room =
  | { readonly found: true; readonly victims: readonly Entry[] }
  | { readonly found: false; readonly blockingRank: number | undefined };

const FREE: Room = { found: true, victims: [] };

export class RankedPool {
  readonly bytesMax: number;
  #sizeBytes = 0;
  /** Of one account the later nonce first, so that an account loses its highest nonce first. */
  readonly #lowest = new Heap<Entry>((a, b) => {
    return a.rank < b.rank || (a.rank === b.rank && a.transaction.nonce > b.transaction.nonce);
  });
  /** In order of arrival. */
  readonly #entries = new Set<Entry>();

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get count(): number {
    return this.#entries.size;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The first to arrive, and with one lifetime for all the first to expire. */
  get oldest(): Entry | undefined {
    return this.#entries.values().next().value;
  }

  /** In order of arrival. */
  entries(): Iterable<Entry> {
    return this.#entries;
  }

  add(entry: Entry): void {
    this.#entries.add(entry);
    this.#lowest.push(entry);
    this.#sizeBytes += entry.sizeBytes;
  }

  remove(entry: Entry): void {
    assert(this.#entries.delete(entry), 'the entry stands in this pool');
    this.#lowest.remove(entry);
    this.#sizeBytes -= entry.sizeBytes;
  }

  /**
   * Finds out who would leave for a newcomer: lower ranks, lowest first, as many as needed. A
   * sender with more than `SPARED_MAX` of its own among them finds no room.
   */
  findRoom(request: RoomRequest): Room {
    let excess = this.#sizeBytes + request.sizeBytes - this.bytesMax;
    if (excess <= 0) return FREE;
    const victims: Entry[] = [];
    const passed: Entry[] = [];
    let spared = 0;
    let lowest = this.#lowest.first;
    while (excess > 0 && lowest !== undefined && lowest.rank < request.rank) {
      if (spared > SPARED_MAX) break;
      this.#lowest.remove(lowest);
      passed.push(lowest);
      if (lowest.transaction.sender !== request.spared) {
        victims.push(lowest);
        excess -= lowest.sizeBytes;
      } else {
        spared++;
      }
      lowest = this.#lowest.first;
    }
    for (const entry of passed) this.#lowest.push(entry);
    if (excess <= 0) return { found: true, victims };
    return { found: false, blockingRank: lowest && Math.max(lowest.rank, request.rank) };
  }
}

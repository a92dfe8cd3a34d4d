/**
 * Owns: the transactions of one account by nonce: which are executable, what they cost together.
 * Does not own: caps that span accounts (chain/mempool-pool) or who may enter
 * (chain/mempool-admission). Layer 3.
 *
 * The executable ones have the nonces from the account's own up to `next`, without a hole; every
 * other entry is beside them, in the gap pool or waiting. There is at most one entry per nonce.
 */
import { assert, required } from '../base/assert.ts';
import type { Address } from '../base/types.ts';
import type { Account } from '../rules/account.ts';
import type { Entry, Place } from './mempool-entry.ts';

const MINUTE_MS = 60_000;

export class AccountQueue {
  readonly address: Address;
  #account: Account;
  /** The nonce after the executable ones. */
  #next: number;
  /** Amounts and fees of the executable ones. */
  #executableCost = 0n;
  #gapCost = 0n;
  #gapCount = 0;
  #receivedCount = 0;
  readonly #byNonce = new Map<number, Entry>();
  /** When nonces of this account were last replaced, monotonic. */
  #replacementsMs: number[] = [];

  constructor(address: Address, account: Account) {
    this.address = address;
    this.#account = account;
    this.#next = account.nonce;
  }

  /** The account at the told tip. */
  get account(): Account {
    return this.#account;
  }

  get next(): number {
    return this.#next;
  }

  get executableCost(): bigint {
    return this.#executableCost;
  }

  get executableCount(): number {
    return this.#next - this.#account.nonce;
  }

  get gapCount(): number {
    return this.#gapCount;
  }

  get receivedCount(): number {
    return this.#receivedCount;
  }

  /** Amounts and fees of the executable and the future ones: once settled at most the balance. */
  get reservedCost(): bigint {
    return this.#executableCost + this.#gapCost;
  }

  get isEmpty(): boolean {
    return this.#byNonce.size === 0;
  }

  /** Whether there is anything but executable entries. */
  get hasOthers(): boolean {
    return this.#byNonce.size > this.executableCount;
  }

  get(nonce: number): Entry | undefined {
    return this.#byNonce.get(nonce);
  }

  /** Every entry, in no order. */
  entries(): Iterable<Entry> {
    return this.#byNonce.values();
  }

  /** The executable ones from `nonce` on, in order. */
  *executableFrom(nonce: number): Generator<Entry, void> {
    for (let at = nonce; at < this.#next; at++) yield this.#executableAt(at);
  }

  #executableAt(nonce: number): Entry {
    return required(this.#byNonce.get(nonce), 'executable nonces have no hole');
  }

  /** The rank that an executable entry of this fee rate would have at `nonce`. */
  rankAt(nonce: number, feeRate: number): number {
    if (nonce === this.#account.nonce) return feeRate;
    return Math.min(feeRate, this.#executableAt(nonce - 1).rank);
  }

  /** The entry of the gap pool with the highest nonce. */
  highestGap(): Entry | undefined {
    let highest: Entry | undefined;
    if (this.#gapCount === 0) return undefined;
    for (const entry of this.#byNonce.values()) {
      if (entry.place !== 'gap') continue;
      if (highest === undefined || entry.transaction.nonce > highest.transaction.nonce) {
        highest = entry;
      }
    }
    return highest;
  }

  attach(entry: Entry, place: Place): void {
    const { nonce, cost } = entry.transaction;
    assert(!this.#byNonce.has(nonce), 'an account has one entry per nonce');
    entry.rank = place === 'executable' ? this.rankAt(nonce, entry.feeRate) : entry.feeRate;
    if (place === 'executable') {
      assert(nonce === this.#next, 'executable nonces have no hole');
      this.#next++;
      this.#executableCost += cost;
    }
    this.#byNonce.set(nonce, entry);
    entry.place = place;
    this.#count(place, { entries: 1, cost });
  }

  detach(entry: Entry): void {
    const { nonce, cost } = entry.transaction;
    const place = required(entry.place, 'only an entry with a place leaves it');
    if (place === 'executable') {
      assert(nonce === this.#next - 1, 'the highest executable nonce leaves first');
      this.#next--;
      this.#executableCost -= cost;
    }
    this.#byNonce.delete(nonce);
    entry.place = undefined;
    this.#count(place, { entries: -1, cost: 0n - cost });
  }

  #count(place: Place, change: { readonly entries: number; readonly cost: bigint }): void {
    if (place === 'received') this.#receivedCount += change.entries;
    if (place !== 'gap') return;
    this.#gapCount += change.entries;
    this.#gapCost += change.cost;
  }

  /** Sets what the account has become; the executable entries have been detached. */
  rebase(account: Account): void {
    assert(this.executableCount === 0, 'an account with executable entries keeps its nonce');
    this.#account = account;
    this.#next = account.nonce;
  }

  replacementsWithinMinute(monotonicMs: number): number {
    return this.#replacementsMs.filter((atMs) => monotonicMs - atMs < MINUTE_MS).length;
  }

  noteReplacement(monotonicMs: number): void {
    this.#replacementsMs = this.#replacementsMs.filter((atMs) => monotonicMs - atMs < MINUTE_MS);
    this.#replacementsMs.push(monotonicMs);
  }
}

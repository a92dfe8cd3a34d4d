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

/** What the executable entries below some nonce come to together. */
interface Totals {
  readonly cost: bigint;
  readonly fees: bigint;
  readonly sizeBytes: number;
}

const NO_TOTALS: Totals = { cost: 0n, fees: 0n, sizeBytes: 0 };

/** What another transaction at an executable nonce would mean for the account. */
export interface ReplacementForecast {
  /** What the account would need up to and with the nonce. */
  readonly needed: bigint;
  /** Fees of the later ones that the balance would no longer cover. */
  readonly invalidatedFees: bigint;
  /** Policy size of the replaced one and of those. */
  readonly freedBytes: number;
}

export class AccountQueue {
  readonly address: Address;
  #account: Account;
  /** The nonce after the executable ones. */
  #next: number;
  /** Of no executable entry, of the first, of the first two, and so on up to all of them. */
  readonly #totals: Totals[] = [NO_TOTALS];
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

  /** Amounts and fees of the executable ones. */
  get executableCost(): bigint {
    return this.#totalsOf(this.executableCount).cost;
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
    return this.executableCost + this.#gapCost;
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

  #totalsOf(count: number): Totals {
    return required(this.#totals[count], 'every executable entry has its totals');
  }

  /**
   * What a transaction of this cost in place of an executable one would mean. Anybody can ask,
   * without a signature: it takes the logarithm of the chain's length.
   */
  forecastReplacement(nonce: number, cost: bigint): ReplacementForecast {
    const at = nonce - this.#account.nonce;
    const before = this.#totalsOf(at);
    const needed = before.cost + cost;
    const all = this.#totalsOf(this.executableCount);
    const replaced = this.#totalsOf(at + 1);
    const kept = this.#coveredFrom(at + 1, this.#account.balance - needed + replaced.cost);
    return {
      needed,
      invalidatedFees: all.fees - kept.fees,
      freedBytes: all.sizeBytes - kept.sizeBytes + replaced.sizeBytes - before.sizeBytes,
    };
  }

  /** The last totals from `count` entries on that cost at most `costMax`, or those of `count`. */
  #coveredFrom(count: number, costMax: bigint): Totals {
    let low = count;
    let high = this.executableCount;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#totalsOf(middle).cost <= costMax) low = middle;
      else high = middle - 1;
    }
    return this.#totalsOf(low);
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
    const { nonce, cost, fee } = entry.transaction;
    assert(!this.#byNonce.has(nonce), 'an account has one entry per nonce');
    entry.rank = place === 'executable' ? this.rankAt(nonce, entry.feeRate) : entry.feeRate;
    if (place === 'executable') {
      assert(nonce === this.#next, 'executable nonces have no hole');
      const below = this.#totalsOf(this.executableCount);
      this.#totals.push({
        cost: below.cost + cost,
        fees: below.fees + fee,
        sizeBytes: below.sizeBytes + entry.sizeBytes,
      });
      this.#next++;
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
      this.#totals.pop();
      this.#next--;
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

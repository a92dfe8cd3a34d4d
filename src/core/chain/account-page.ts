/**
 * Owns: a page: up to a few dozen accounts of one subtree, as bytes, with the tree hashes inside
 * it. Does not own: which accounts share a page and where it is stored (chain/accounts-tree). Layer
 * 3.
 *
 * Among sorted addresses every two neighbours have a first differing bit, and the subtree over any
 * run of them splits between the two neighbours where that bit is lowest. So the inner nodes of a
 * page are the gaps between neighbours: each gap keeps its bit and, while fresh, its node's hash.
 * None of it is stored.
 */
import type { Hash } from '../base/types.ts';
import { toAmount, toHash, toNonce } from '../base/types.ts';
import type { Account } from '../rules/account.ts';
import type { AccountProofStep } from '../rules/account-proof.ts';
import {
  ACCOUNT_RECORD_SIZE,
  hashAccountRecord,
  hashAccountsNode,
} from '../rules/accounts-root.ts';
import { ADDRESS_SIZE, bitAt, firstDifference } from './address-bits.ts';

/** A stored page is this byte and the records. */
const PAGE_TAG = 0;
/**
 * In memory each record is followed by the gap above it: `bit u8 | fresh u8 | hash 32`; the last
 * one's is unused.
 */
const BIT_AT = ACCOUNT_RECORD_SIZE;
const FRESH_AT: number = BIT_AT + 1;
const HASH_AT: number = BIT_AT + 2;
const ITEM_SIZE: number = HASH_AT + 32;
/** What the object and its array take besides the bytes, about. */
const PAGE_OVERHEAD = 400;

/** Counts the hashes that a piece of work has taken. */
export interface HashTally {
  hashes: number;
}

const record = new Uint8Array(ACCOUNT_RECORD_SIZE);
const recordView = new DataView(record.buffer);
const recordAccount = record.subarray(ADDRESS_SIZE);

export class AccountPage {
  readonly kind = 'page';
  /** The tree that may change this node; for all others it is constant. */
  readonly owner: object | undefined;
  /** The root over the page's accounts; undefined while stale. */
  hash: Hash | undefined;
  /** Whether the overlay of the owner holds it as it is now. */
  isWritten = false;
  /** When it was last used, in the cache's count. */
  usedAt = 0;
  /** At least one, by ascending address. In one array, since arrays cost more than their bytes. */
  #items: Uint8Array;

  private constructor(owner: object | undefined, items: Uint8Array) {
    this.owner = owner;
    this.#items = items;
  }

  /** A page of one account. */
  static of(owner: object, address: Uint8Array, account: Account): AccountPage {
    const page = new AccountPage(owner, new Uint8Array(ITEM_SIZE));
    page.#items.set(address);
    page.#write(0, account);
    return page;
  }

  /** Reads a stored page; undefined when the bytes are none of `sizeMax` accounts or fewer. */
  static decode(bytes: Uint8Array, sizeMax: number): AccountPage | undefined {
    const count = (bytes.length - 1) / ACCOUNT_RECORD_SIZE;
    if (bytes[0] !== PAGE_TAG || !Number.isInteger(count) || count < 1 || count > sizeMax) {
      return undefined;
    }
    const page = new AccountPage(undefined, new Uint8Array(count * ITEM_SIZE));
    for (let i = 0; i < count; i++) {
      const start = 1 + i * ACCOUNT_RECORD_SIZE;
      page.#items.set(bytes.subarray(start, start + ACCOUNT_RECORD_SIZE), i * ITEM_SIZE);
    }
    for (let gap = 0; gap < count - 1; gap++) page.#measureGap(gap);
    return page;
  }

  encode(): Uint8Array {
    const { count } = this;
    const bytes = new Uint8Array(1 + count * ACCOUNT_RECORD_SIZE);
    bytes[0] = PAGE_TAG;
    for (let i = 0; i < count; i++) bytes.set(this.#record(i), 1 + i * ACCOUNT_RECORD_SIZE);
    return bytes;
  }

  /** The same page for another owner to change. */
  copy(owner: object): AccountPage {
    const copy = new AccountPage(owner, this.#items.slice());
    copy.hash = this.hash;
    return copy;
  }

  get count(): number {
    return this.#items.length / ITEM_SIZE;
  }

  get sizeBytes(): number {
    return PAGE_OVERHEAD + this.#items.length;
  }

  /** The first bit at which the address differs from the page's first one. */
  divergence(address: Uint8Array): number {
    return firstDifference(address, this.#items);
  }

  /** The account's index, or -1 - the index it would have. */
  find(address: Uint8Array): number {
    let [from, to] = [0, this.count];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const bit = firstDifference(address, this.#items, middle * ITEM_SIZE);
      if (bit === 8 * ADDRESS_SIZE) return middle;
      if (bitAt(address, bit) === 1) from = middle + 1;
      else to = middle;
    }
    return -1 - from;
  }

  account(index: number): Account {
    const start = index * ITEM_SIZE;
    for (let i = ADDRESS_SIZE; i < ACCOUNT_RECORD_SIZE; i++) record[i] = this.#items[start + i]!;
    return {
      balance: toAmount(recordView.getBigUint64(ADDRESS_SIZE, true)),
      nonce: toNonce(recordView.getUint32(ADDRESS_SIZE + 8, true)),
    };
  }

  address(index: number): Uint8Array {
    const start = index * ITEM_SIZE;
    return this.#items.subarray(start, start + ADDRESS_SIZE);
  }

  replace(index: number, account: Account): void {
    this.#write(index, account);
    this.#wither(index);
  }

  /** Adds an account that is not here, at the index that `find` gave for it. */
  insert(index: number, address: Uint8Array, account: Account): void {
    const at = index * ITEM_SIZE;
    const items = new Uint8Array(this.#items.length + ITEM_SIZE);
    items.set(this.#items.subarray(0, at));
    items.set(address, at);
    items.set(this.#items.subarray(at), at + ITEM_SIZE);
    this.#items = items;
    this.#write(index, account);
    this.#measureGap(index - 1);
    this.#measureGap(index);
    this.#wither(index);
  }

  /** Takes one of several accounts out. */
  remove(index: number): void {
    this.#wither(index);
    const at = index * ITEM_SIZE;
    const items = new Uint8Array(this.#items.length - ITEM_SIZE);
    items.set(this.#items.subarray(0, at));
    items.set(this.#items.subarray(at + ITEM_SIZE), at);
    this.#items = items;
    this.#measureGap(index - 1);
  }

  /** Parts the page where its topmost node does. */
  split(owner: object): {
    readonly bit: number;
    readonly zero: AccountPage;
    readonly one: AccountPage;
  } {
    const gap = this.#splitGap(0, this.count);
    return {
      bit: this.#bit(gap),
      zero: new AccountPage(owner, this.#items.slice(0, (gap + 1) * ITEM_SIZE)),
      one: new AccountPage(owner, this.#items.slice((gap + 1) * ITEM_SIZE)),
    };
  }

  /** Makes `hash` fresh. */
  rehash(tally: HashTally): void {
    this.hash = this.#rangeHash(0, this.count, tally);
  }

  /**
   * Goes down by the address' bits: the nodes passed with the hash of their other side, and the
   * index reached.
   */
  trace(address: Uint8Array): { readonly steps: AccountProofStep[]; readonly index: number } {
    const tally: HashTally = { hashes: 0 };
    const steps: AccountProofStep[] = [];
    let [from, to] = [0, this.count];
    while (to - from > 1) {
      const gap = this.#splitGap(from, to);
      const bit = this.#bit(gap);
      const middle = gap + 1;
      if (bitAt(address, bit) === 0) {
        steps.push({ bit, sibling: this.#rangeHash(middle, to, tally) });
        to = middle;
      } else {
        steps.push({ bit, sibling: this.#rangeHash(from, middle, tally) });
        from = middle;
      }
    }
    return { steps, index: from };
  }

  #write(index: number, account: Account): void {
    recordView.setBigUint64(ADDRESS_SIZE, account.balance, true);
    recordView.setUint32(ADDRESS_SIZE + 8, account.nonce, true);
    this.#items.set(recordAccount, index * ITEM_SIZE + ADDRESS_SIZE);
  }

  #record(index: number): Uint8Array {
    const start = index * ITEM_SIZE;
    return this.#items.subarray(start, start + ACCOUNT_RECORD_SIZE);
  }

  #bit(gap: number): number {
    return this.#items[gap * ITEM_SIZE + BIT_AT]!;
  }

  /** Compares the neighbours of a gap anew, if it has two. */
  #measureGap(gap: number): void {
    if (gap < 0 || gap >= this.count - 1) return;
    const at = gap * ITEM_SIZE;
    const bit = firstDifference(this.address(gap), this.#items, at + ITEM_SIZE);
    this.#items[at + BIT_AT] = bit;
    this.#items[at + FRESH_AT] = 0;
  }

  /** The gap where the accounts `from` to `to` - 1, at least two, part first. */
  #splitGap(from: number, to: number): number {
    let lowest = from;
    for (let gap = from + 1; gap < to - 1; gap++) {
      if (this.#bit(gap) < this.#bit(lowest)) lowest = gap;
    }
    return lowest;
  }

  /** Marks all nodes above an account stale. */
  #wither(index: number): void {
    this.hash = undefined;
    this.isWritten = false;
    let [from, to] = [0, this.count];
    while (to - from > 1) {
      const gap = this.#splitGap(from, to);
      this.#items[gap * ITEM_SIZE + FRESH_AT] = 0;
      if (index <= gap) to = gap + 1;
      else from = gap + 1;
    }
  }

  #rangeHash(from: number, to: number, tally: HashTally): Hash {
    if (to - from === 1) {
      tally.hashes += 1;
      return hashAccountRecord(this.#record(from));
    }
    const gap = this.#splitGap(from, to);
    const at = gap * ITEM_SIZE;
    if (this.#items[at + FRESH_AT] === 1) {
      return toHash(this.#items.slice(at + HASH_AT, at + ITEM_SIZE));
    }
    const zero = this.#rangeHash(from, gap + 1, tally);
    const one = this.#rangeHash(gap + 1, to, tally);
    const hash = hashAccountsNode(this.#bit(gap), zero, one);
    tally.hashes += 1;
    this.#items.set(hash, at + HASH_AT);
    this.#items[at + FRESH_AT] = 1;
    return hash;
  }
}

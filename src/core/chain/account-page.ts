/**
 * Owns: a page: up to a few dozen accounts of one subtree, as bytes, with the tree hashes inside it.
 * Does not own: which accounts share a page and where it is stored (chain/accounts-tree). Layer 3.
 *
 * Among sorted addresses every two neighbours have a first differing bit, and the subtree over any run of them
 * splits between the two neighbours where that bit is lowest. So the inner nodes of a page are the gaps
 * between neighbours: each gap keeps its bit and, while fresh, its node's hash. None of it is stored.
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
/** A gap is `bit u8 | fresh u8 | hash 32`. */
const GAP_SIZE = 34;
const FRESH_AT = 1;
const HASH_AT = 2;
/** What the object and its two arrays take besides their bytes, about. */
const PAGE_OVERHEAD = 600;

/** Counts the hashes that a piece of work has taken. */
export interface HashTally {
  hashes: number;
}

const record = new Uint8Array(ACCOUNT_RECORD_SIZE);
const recordView = new DataView(record.buffer);

function withoutItem(items: Uint8Array, index: number, size: number): Uint8Array {
  const shrunk = new Uint8Array(items.length - size);
  shrunk.set(items.subarray(0, index * size));
  shrunk.set(items.subarray((index + 1) * size), index * size);
  return shrunk;
}

/** The items with an empty one at `index`. */
function withItem(items: Uint8Array, index: number, size: number): Uint8Array {
  const grown = new Uint8Array(items.length + size);
  grown.set(items.subarray(0, index * size));
  grown.set(items.subarray(index * size), (index + 1) * size);
  return grown;
}

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
  /** Sorted by address, never empty. */
  #records: Uint8Array;
  #gaps: Uint8Array;

  private constructor(
    owner: object | undefined,
    arrays: { readonly records: Uint8Array; readonly gaps: Uint8Array },
  ) {
    this.owner = owner;
    this.#records = arrays.records;
    this.#gaps = arrays.gaps;
  }

  /** A page of one account. */
  static of(owner: object, address: Uint8Array, account: Account): AccountPage {
    const page = new AccountPage(owner, {
      records: new Uint8Array(ACCOUNT_RECORD_SIZE),
      gaps: new Uint8Array(0),
    });
    page.#write(0, address, account);
    return page;
  }

  /** Reads a stored page; undefined when the bytes are none of `sizeMax` accounts or fewer. */
  static decode(bytes: Uint8Array, sizeMax: number): AccountPage | undefined {
    const count = (bytes.length - 1) / ACCOUNT_RECORD_SIZE;
    if (bytes[0] !== PAGE_TAG || !Number.isInteger(count) || count < 1 || count > sizeMax) {
      return undefined;
    }
    const records = bytes.slice(1);
    const page = new AccountPage(undefined, {
      records,
      gaps: new Uint8Array((count - 1) * GAP_SIZE),
    });
    for (let gap = 0; gap < count - 1; gap++) page.#measureGap(gap);
    return page;
  }

  encode(): Uint8Array {
    const bytes = new Uint8Array(1 + this.#records.length);
    bytes[0] = PAGE_TAG;
    bytes.set(this.#records, 1);
    return bytes;
  }

  /** The same page for another owner to change. */
  copy(owner: object): AccountPage {
    const copy = new AccountPage(owner, {
      records: this.#records.slice(),
      gaps: this.#gaps.slice(),
    });
    copy.hash = this.hash;
    return copy;
  }

  get count(): number {
    return this.#records.length / ACCOUNT_RECORD_SIZE;
  }

  get sizeBytes(): number {
    return PAGE_OVERHEAD + this.#records.length + this.#gaps.length;
  }

  /** The first bit at which the address differs from the page's first one. */
  divergence(address: Uint8Array): number {
    return firstDifference(address, this.#records);
  }

  /** The account's index, or -1 - the index it would have. */
  find(address: Uint8Array): number {
    let [from, to] = [0, this.count];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const bit = firstDifference(address, this.#records, middle * ACCOUNT_RECORD_SIZE);
      if (bit === 8 * ADDRESS_SIZE) return middle;
      if (bitAt(address, bit) === 1) from = middle + 1;
      else to = middle;
    }
    return -1 - from;
  }

  account(index: number): Account {
    const start = index * ACCOUNT_RECORD_SIZE;
    for (let i = ADDRESS_SIZE; i < ACCOUNT_RECORD_SIZE; i++) record[i] = this.#records[start + i]!;
    return {
      balance: toAmount(recordView.getBigUint64(ADDRESS_SIZE, true)),
      nonce: toNonce(recordView.getUint32(ADDRESS_SIZE + 8, true)),
    };
  }

  address(index: number): Uint8Array {
    const start = index * ACCOUNT_RECORD_SIZE;
    return this.#records.subarray(start, start + ADDRESS_SIZE);
  }

  replace(index: number, account: Account): void {
    this.#write(index, this.address(index), account);
    this.#wither(index);
  }

  /** Adds an account that is not here, at the index that `find` gave for it. */
  insert(index: number, address: Uint8Array, account: Account): void {
    this.#gaps = withItem(this.#gaps, Math.max(0, index - 1), GAP_SIZE);
    this.#records = withItem(this.#records, index, ACCOUNT_RECORD_SIZE);
    this.#write(index, address, account);
    if (index > 0) this.#measureGap(index - 1);
    if (index < this.count - 1) this.#measureGap(index);
    this.#wither(index);
  }

  /** Takes one of several accounts out. */
  remove(index: number): void {
    this.#wither(index);
    this.#records = withoutItem(this.#records, index, ACCOUNT_RECORD_SIZE);
    // Of the two gaps at the account the one with the lower bit stays: it parts the neighbours too.
    const gap = Math.max(0, index - 1);
    this.#gaps = withoutItem(this.#gaps, gap, GAP_SIZE);
    if (index > 0 && index < this.count) this.#measureGap(gap);
  }

  /** Parts the page where its topmost node does. */
  split(owner: object): {
    readonly bit: number;
    readonly zero: AccountPage;
    readonly one: AccountPage;
  } {
    const gap = this.#splitGap(0, this.count);
    return {
      bit: this.#gaps[gap * GAP_SIZE]!,
      zero: this.#part(owner, 0, gap + 1),
      one: this.#part(owner, gap + 1, this.count),
    };
  }

  /** Makes `hash` fresh. */
  rehash(tally: HashTally): void {
    this.hash = this.#rangeHash(0, this.count, tally);
  }

  /** Goes down by the address' bits: the nodes passed with the hash of their other side, and the index reached. */
  trace(address: Uint8Array): { readonly steps: AccountProofStep[]; readonly index: number } {
    const tally: HashTally = { hashes: 0 };
    const steps: AccountProofStep[] = [];
    let [from, to] = [0, this.count];
    while (to - from > 1) {
      const gap = this.#splitGap(from, to);
      const bit = this.#gaps[gap * GAP_SIZE]!;
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

  #write(index: number, address: Uint8Array, account: Account): void {
    record.set(address);
    recordView.setBigUint64(ADDRESS_SIZE, account.balance, true);
    recordView.setUint32(ADDRESS_SIZE + 8, account.nonce, true);
    this.#records.set(record, index * ACCOUNT_RECORD_SIZE);
  }

  #part(owner: object, from: number, to: number): AccountPage {
    return new AccountPage(owner, {
      records: this.#records.slice(from * ACCOUNT_RECORD_SIZE, to * ACCOUNT_RECORD_SIZE),
      gaps: this.#gaps.slice(from * GAP_SIZE, (to - 1) * GAP_SIZE),
    });
  }

  #measureGap(gap: number): void {
    const at = gap * GAP_SIZE;
    const next = (gap + 1) * ACCOUNT_RECORD_SIZE;
    this.#gaps[at] = firstDifference(this.address(gap), this.#records, next);
    this.#gaps[at + FRESH_AT] = 0;
  }

  /** The gap where the accounts `from` to `to` - 1, at least two, part first. */
  #splitGap(from: number, to: number): number {
    let lowest = from;
    for (let gap = from + 1; gap < to - 1; gap++) {
      if (this.#gaps[gap * GAP_SIZE]! < this.#gaps[lowest * GAP_SIZE]!) lowest = gap;
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
      this.#gaps[gap * GAP_SIZE + FRESH_AT] = 0;
      if (index <= gap) to = gap + 1;
      else from = gap + 1;
    }
  }

  #rangeHash(from: number, to: number, tally: HashTally): Hash {
    if (to - from === 1) {
      tally.hashes += 1;
      const start = from * ACCOUNT_RECORD_SIZE;
      return hashAccountRecord(this.#records.subarray(start, start + ACCOUNT_RECORD_SIZE));
    }
    const gap = this.#splitGap(from, to);
    const at = gap * GAP_SIZE;
    if (this.#gaps[at + FRESH_AT] === 1) {
      return toHash(this.#gaps.slice(at + HASH_AT, at + GAP_SIZE));
    }
    const zero = this.#rangeHash(from, gap + 1, tally);
    const one = this.#rangeHash(gap + 1, to, tally);
    const hash = hashAccountsNode(this.#gaps[at]!, zero, one);
    tally.hashes += 1;
    this.#gaps.set(hash, at + HASH_AT);
    this.#gaps[at + FRESH_AT] = 1;
    return hash;
  }
}

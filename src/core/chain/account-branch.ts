/**
 * Owns: an inner node of the accounts tree above the pages, and the positions of its two children.
 * Does not own: what is below and when it is loaded (chain/accounts-tree). Layer 3.
 *
 * The position of a node is the bits by which it is reached: all bits that its members share, up to
 * and including the one at which its parent branches. It never depends on nodes further down, and
 * on none further up.
 */
import type { Hash } from '../base/types.ts';
import { toHash } from '../base/types.ts';
import { hashAccountsNode } from '../rules/accounts-root.ts';
import type { AccountPage, HashTally } from './account-page.ts';
import type { Side } from './address-bits.ts';
import { ADDRESS_BITS, ADDRESS_SIZE } from './address-bits.ts';
import { accountNodeKey } from './layout.ts';
import type { StoreKey } from './store.ts';

/**
 * A stored branch is `1 | bit u8 | representative 20 | hash of the 0 side 32 | hash of the 1 side
 * 32`.
 */
const BRANCH_TAG = 1;
const HASH_SIZE = 32;
const HASHES_AT: number = 2 + ADDRESS_SIZE;
const BRANCH_SIZE: number = HASHES_AT + 2 * HASH_SIZE;
/** What the object and its arrays take, about. */
const BRANCH_SIZE_BYTES = 600;

export type AccountNode = AccountPage | AccountBranch;

const prefix = new Uint8Array(ADDRESS_SIZE);

/** The key of the topmost node. */
export const ROOT_NODE_KEY: StoreKey = accountNodeKey(0, prefix);

interface BranchFields {
  readonly bit: number;
  /** Shares its bits before `bit` with all members; may have been one. */
  readonly representative: Uint8Array;
  readonly hashes: Uint8Array;
}

export class AccountBranch {
  readonly kind = 'branch';
  /** The tree that may change this node; for all others it is constant. */
  readonly owner: object | undefined;
  /** Where the members part: the first bit at which they differ. */
  readonly bit: number;
  /** Fresh or, while undefined, stale. */
  hash: Hash | undefined;
  /** Whether the overlay of the owner holds it as it is now. */
  isWritten = false;
  /** When it was last used, in the cache's count. */
  usedAt = 0;
  readonly #representative: Uint8Array;
  /** Of both children; right for those that are not loaded. */
  readonly #hashes: Uint8Array;
  #zero: AccountNode | undefined;
  #one: AccountNode | undefined;

  private constructor(owner: object | undefined, fields: BranchFields) {
    this.owner = owner;
    this.bit = fields.bit;
    this.#representative = fields.representative;
    this.#hashes = fields.hashes;
  }

  /** A new branch; its children's hashes follow when it is hashed. */
  static over(
    owner: object,
    at: { readonly bit: number; readonly representative: Uint8Array },
    children: readonly [AccountNode, AccountNode],
  ): AccountBranch {
    const branch = new AccountBranch(owner, { ...at, hashes: new Uint8Array(2 * HASH_SIZE) });
    [branch.#zero, branch.#one] = children;
    return branch;
  }

  /** Reads a stored branch; undefined when the bytes are none. */
  static decode(bytes: Uint8Array): AccountBranch | undefined {
    const bit = bytes[1];
    if (bytes[0] !== BRANCH_TAG || bytes.length !== BRANCH_SIZE) return undefined;
    if (bit === undefined || bit >= ADDRESS_BITS) return undefined;
    return new AccountBranch(undefined, {
      bit,
      representative: bytes.slice(2, HASHES_AT),
      hashes: bytes.slice(HASHES_AT),
    });
  }

  encode(): Uint8Array {
    const bytes = new Uint8Array(BRANCH_SIZE);
    bytes[0] = BRANCH_TAG;
    bytes[1] = this.bit;
    bytes.set(this.#representative, 2);
    bytes.set(this.#hashes, HASHES_AT);
    return bytes;
  }

  /** The same branch, over the same children, for another owner to change. */
  copy(owner: object): AccountBranch {
    const copy = new AccountBranch(owner, {
      bit: this.bit,
      representative: this.#representative,
      hashes: this.#hashes.slice(),
    });
    copy.hash = this.hash;
    copy.#zero = this.#zero;
    copy.#one = this.#one;
    return copy;
  }

  get representative(): Uint8Array {
    return this.#representative;
  }

  get sizeBytes(): number {
    return BRANCH_SIZE_BYTES;
  }

  /** The child if it is loaded. */
  child(side: Side): AccountNode | undefined {
    return side === 0 ? this.#zero : this.#one;
  }

  /** Puts a changed child in place: the branch is stale now. */
  replaceChild(side: Side, child: AccountNode): void {
    this.attachChild(side, child);
    this.hash = undefined;
    this.isWritten = false;
  }

  /** Notes a child that has been loaded: nothing changes. */
  attachChild(side: Side, child: AccountNode): void {
    if (side === 0) this.#zero = child;
    else this.#one = child;
  }

  /** Forgets a loaded child whose hash is known here and which can be loaded again. */
  detachChild(side: Side): void {
    if (side === 0) this.#zero = undefined;
    else this.#one = undefined;
  }

  childHash(side: Side): Hash {
    return toHash(this.#hashes.slice(side * HASH_SIZE, (side + 1) * HASH_SIZE));
  }

  childKey(side: Side): StoreKey {
    const byte = this.bit >>> 3;
    const mask = 0x80 >>> (this.bit & 7);
    prefix.fill(0).set(this.#representative.subarray(0, byte + 1));
    // Of the byte with the bit, keep what stands before it.
    prefix[byte]! &= ~(2 * mask - 1);
    if (side === 1) prefix[byte]! |= mask;
    return accountNodeKey(this.bit + 1, prefix);
  }

  /** Makes `hash` fresh from the children, which are fresh. */
  rehash(tally: HashTally): void {
    if (this.#zero?.hash !== undefined) this.#hashes.set(this.#zero.hash, 0);
    if (this.#one?.hash !== undefined) this.#hashes.set(this.#one.hash, HASH_SIZE);
    const zero = this.#hashes.subarray(0, HASH_SIZE);
    this.hash = hashAccountsNode(this.bit, zero, this.#hashes.subarray(HASH_SIZE));
    tally.hashes += 1;
  }
}

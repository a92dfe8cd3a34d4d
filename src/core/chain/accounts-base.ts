/**
 * Owns: the stored accounts tree: loading its nodes, checking each against what its parent says of
 * it, and keeping those in use in memory up to a cap. Does not own: reading, changing or proving
 * accounts (chain/accounts-tree). Layer 3.
 *
 * Nodes are shared by all trees that stand on this base and constant for them: a tree copies what
 * it changes. Memory is kept in spans: when the nodes used in this span fill half of the cap, those
 * not used in it go.
 */
import { assert } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import type { Hash } from '../base/types.ts';
import { EMPTY_ACCOUNTS_ROOT } from '../rules/accounts-root.ts';
import type { AccountNode } from './account-branch.ts';
import { AccountBranch, ROOT_NODE_KEY } from './account-branch.ts';
import { AccountPage } from './account-page.ts';
import type { StoreKey, StoreReader } from './store.ts';
import { StoreDamage } from './store.ts';

/**
 * Accounts per page: few enough to read and hash at once, enough to keep the nodes above in memory.
 */
const PAGE_SIZE_MAX = 32;

export class AccountsBase {
  readonly pageSizeMax: number;
  readonly #store: StoreReader;
  readonly #cacheBytesMax: number;
  #rootHash: Hash;
  #root: AccountNode | undefined;
  #generation = 0;
  #span = 1;
  #spanBytes = 0;

  /** `root` is the accounts root of the block that the store stands at. */
  constructor(options: {
    readonly store: StoreReader;
    readonly root: Hash;
    readonly cacheBytesMax: number;
    readonly pageSizeMax?: number;
  }) {
    this.#store = options.store;
    this.#rootHash = options.root;
    this.#cacheBytesMax = options.cacheBytesMax;
    this.pageSizeMax = options.pageSizeMax ?? PAGE_SIZE_MAX;
  }

  /** Rises with each change of what is stored. */
  get generation(): number {
    return this.#generation;
  }

  /** The topmost node; undefined when there is no account. */
  root(): AccountNode | undefined {
    if (this.#root === undefined && !equalBytes(this.#rootHash, EMPTY_ACCOUNTS_ROOT)) {
      this.#root = this.load(ROOT_NODE_KEY, this.#rootHash);
    }
    return this.#root;
  }

  /** Reads a node that must be there and have this hash. Throws `StoreDamage` if not. */
  load(key: StoreKey, hash: Hash): AccountNode {
    const bytes = this.#store.get(key);
    if (bytes === undefined) throw new StoreDamage(key, 'a node of the accounts tree is missing');
    const node = AccountPage.decode(bytes, this.pageSizeMax) ?? AccountBranch.decode(bytes);
    node?.rehash({ hashes: 0 });
    if (node?.hash === undefined || !equalBytes(node.hash, hash)) {
      throw new StoreDamage(key, 'a node of the accounts tree is not the one its parent names');
    }
    return node;
  }

  /** Marks a node as used now. */
  use(node: AccountNode): void {
    if (node.usedAt === this.#span) return;
    node.usedAt = this.#span;
    this.#spanBytes += node.sizeBytes;
  }

  /** Whether `sweep` is due. */
  get isFull(): boolean {
    return this.#spanBytes > this.#cacheBytesMax / 2;
  }

  /**
   * Forgets what was not used lately, here and in a tree on this base; what the tree changed stays.
   */
  sweep(tree: { readonly root: AccountNode | undefined; readonly owner: object }): void {
    for (const root of [this.#root, tree.root]) {
      if (root !== undefined) this.#sweepBelow(root, tree.owner);
    }
    this.#span += 1;
    this.#spanBytes = 0;
  }

  #sweepBelow(node: AccountNode, owner: object): void {
    if (node.kind === 'page') return;
    for (const side of [0, 1] as const) {
      const child = node.child(side);
      if (child === undefined) continue;
      if (child.owner !== owner && child.usedAt !== this.#span) node.detachChild(side);
      else this.#sweepBelow(child, owner);
    }
  }

  /** Takes over the nodes of a tree whose changes are in the batch that is written next. */
  promote(root: AccountNode | undefined): void {
    assert(root === undefined || root.hash !== undefined, 'only a hashed tree is stored');
    this.#root = root;
    this.#rootHash = root?.hash ?? EMPTY_ACCOUNTS_ROOT;
    this.#generation += 1;
  }
}

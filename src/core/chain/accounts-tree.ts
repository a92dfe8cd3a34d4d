/**
 * Owns: the accounts as one tree: reading, changing, hashing and proving them, and writing what
 * changed. Does not own: the stored nodes (chain/accounts-base) or the rules of transfers
 * (rules/transaction). Layer 3. docs/protocol.md sections 7 and 16.
 *
 * A tree starts as its base and copies each node that it changes, once, so any number of trees
 * stand on one base and each can be dropped at any time. Branches stand above pages; a page over
 * its maximum parts in two. The root is defined on the set of accounts alone: how they are spread
 * over pages shows nowhere outside.
 */
import { assert } from '../base/assert.ts';
import type { Address, Hash } from '../base/types.ts';
import { addressFromBytes } from '../base/types.ts';
import type { Account } from '../rules/account.ts';
import { accountExists } from '../rules/account.ts';
import type { AccountProof, AccountProofStep } from '../rules/account-proof.ts';
import { EMPTY_ACCOUNTS_ROOT } from '../rules/accounts-root.ts';
import type { AccountNode } from './account-branch.ts';
import { AccountBranch, ROOT_NODE_KEY } from './account-branch.ts';
import type { HashTally } from './account-page.ts';
import { AccountPage } from './account-page.ts';
import type { AccountsBase } from './accounts-base.ts';
import type { Side } from './address-bits.ts';
import { addressToBytes, bitAt, otherSide } from './address-bits.ts';
import type { Overlay } from './overlay.ts';
import type { StoreKey } from './store.ts';

const SIDES: readonly Side[] = [0, 1];

export class AccountsTree {
  readonly #base: AccountsBase;
  #generation: number;
  /** Marks the nodes that this tree may change: those it made since the base last changed. */
  #owner: object = {};
  #root: AccountNode | undefined;
  /** The branches passed by the last descent, from the root. */
  readonly #path: AccountBranch[] = [];
  /** Positions that hold no node any more. */
  readonly #vacated = new Set<StoreKey>();
  #changedBytes = 0;

  constructor(base: AccountsBase) {
    this.#base = base;
    this.#generation = base.generation;
    this.#root = base.root();
  }

  /** Whether the base is still the one that this tree started from; if not, drop the tree. */
  get isCurrent(): boolean {
    return this.#generation === this.#base.generation;
  }

  /** About how much memory the changed nodes take until they are promoted. */
  get changedBytes(): number {
    return this.#changedBytes;
  }

  get(address: Address): Account | undefined {
    const key = addressToBytes(address);
    const page = this.#descend(key);
    const index = page?.find(key) ?? -1;
    return index < 0 ? undefined : page?.account(index);
  }

  /** Puts an account that exists. */
  set(address: Address, account: Account): void {
    assert(accountExists(account), 'an account without balance and nonce is removed, not set');
    const key = addressToBytes(address);
    const page = this.#descend(key);
    if (page === undefined) {
      this.#place(0, key, this.#createPage(key, account));
      return;
    }
    const index = page.find(key);
    if (index >= 0) {
      this.#ownLast(page, key).replace(index, account);
      return;
    }
    const divergence = page.divergence(key);
    const depth = this.#path.findIndex((branch) => branch.bit > divergence);
    if (depth >= 0) {
      this.#branchOff({ depth, bit: divergence, key, page: this.#createPage(key, account) });
      return;
    }
    const own = this.#ownLast(page, key);
    own.insert(-1 - index, key, account);
    if (own.count > this.#base.pageSizeMax) this.#split(own, key);
  }

  /** Takes an account out as if it had never been: undo only, since an account once made stays. */
  remove(address: Address): void {
    const key = addressToBytes(address);
    const page = this.#descend(key);
    const index = page?.find(key) ?? -1;
    assert(page !== undefined && index >= 0, 'only an account that is there is removed');
    if (page.count > 1) this.#ownLast(page, key).remove(index);
    else this.#removePage(key);
  }

  /** Whether `root` is known. */
  get isHashed(): boolean {
    return this.#root === undefined || this.#root.hash !== undefined;
  }

  /** Does up to about `budget` of the hashes due, deepest first, and answers how many it did. */
  hashSome(budget: number): number {
    const tally: HashTally = { hashes: 0 };
    if (this.#root !== undefined) hashBelow(this.#root, tally, budget);
    return tally.hashes;
  }

  /** The accounts root; the tree is hashed. */
  root(): Hash {
    if (this.#root === undefined) return EMPTY_ACCOUNTS_ROOT;
    assert(this.#root.hash !== undefined, 'the root is asked for when the tree is hashed');
    return this.#root.hash;
  }

  /** Proves an account or its absence; the tree is hashed. */
  proof(address: Address): AccountProof {
    assert(this.isHashed, 'a proof is asked for when the tree is hashed');
    const key = addressToBytes(address);
    const page = this.#descend(key);
    if (page === undefined) return { steps: [], leaf: undefined };
    const above = this.#path.map((branch): AccountProofStep => {
      const sibling = branch.childHash(otherSide(bitAt(key, branch.bit)));
      return { bit: branch.bit, sibling };
    });
    const { steps, index } = page.trace(key);
    const reached = addressFromBytes(page.address(index));
    return {
      steps: [...above, ...steps],
      leaf: { address: reached, ...page.account(index) },
    };
  }

  /** Whether the overlay holds all changes. */
  get isWritten(): boolean {
    return this.#vacated.size === 0 && (this.#root === undefined || !this.#isUnwritten(this.#root));
  }

  /**
   * Puts up to `budget` of the changed nodes into the overlay, and answers how many; the tree is
   * hashed.
   */
  writeSome(overlay: Overlay, budget: number): number {
    assert(this.isHashed, 'a tree is written when it is hashed');
    for (const key of this.#vacated) overlay.delete(key);
    this.#vacated.clear();
    const puts = { count: 0, max: budget };
    if (this.#root !== undefined) this.#writeBelow(this.#root, ROOT_NODE_KEY, { overlay, puts });
    return puts.count;
  }

  /**
   * Makes this tree its base, once the overlay that it was written to goes into a batch. From here
   * until the batch is written nobody reads accounts; other trees on the base are not current any
   * more.
   */
  promote(): void {
    assert(this.isCurrent, 'a tree is promoted on the base that it started from');
    assert(this.isWritten, 'a tree is promoted when all of it is in the batch');
    this.#base.promote(this.#root);
    this.#generation = this.#base.generation;
    this.#owner = {};
    this.#changedBytes = 0;
  }

  /**
   * Goes down by the address' bits to the only page that may hold it, leaving the branches in the
   * path.
   */
  #descend(key: Uint8Array): AccountPage | undefined {
    assert(this.isCurrent, 'a tree is dropped when its base has changed');
    if (this.#base.isFull) this.#base.sweep({ root: this.#root, owner: this.#owner });
    this.#path.length = 0;
    let node = this.#root;
    if (node !== undefined) this.#base.use(node);
    while (node?.kind === 'branch') {
      this.#path.push(node);
      node = this.#child(node, bitAt(key, node.bit));
    }
    return node;
  }

  #child(branch: AccountBranch, side: Side): AccountNode {
    let child = branch.child(side);
    if (child === undefined) {
      child = this.#base.load(branch.childKey(side), branch.childHash(side));
      branch.attachChild(side, child);
    }
    this.#base.use(child);
    return child;
  }

  #createPage(key: Uint8Array, account: Account): AccountPage {
    const page = AccountPage.of(this.#owner, key, account);
    this.#changedBytes += page.sizeBytes;
    return page;
  }

  /** The node itself if it is this tree's, else a copy that is. */
  #own<T extends AccountNode>(node: T): T {
    if (node.owner === this.#owner) return node;
    this.#changedBytes += node.sizeBytes;
    return node.copy(this.#owner) as T;
  }

  /**
   * Puts a changed node at `depth` of the path, in place of what stands there; all above become own
   * and stale.
   */
  #place(depth: number, key: Uint8Array, node: AccountNode): void {
    let below = node;
    for (let i = depth - 1; i >= 0; i--) {
      const branch = this.#own(this.#path[i]!);
      branch.replaceChild(bitAt(key, branch.bit), below);
      this.#path[i] = branch;
      below = branch;
    }
    this.#root = below;
  }

  /** The page at the end of the path as an own one, about to be changed. */
  #ownLast(page: AccountPage, key: Uint8Array): AccountPage {
    const own = this.#own(page);
    this.#place(this.#path.length, key, own);
    return own;
  }

  /** Moves a node to another position: what it says stays true, but it has to be written there. */
  #move(node: AccountNode): AccountNode {
    const moved = this.#own(node);
    moved.isWritten = false;
    return moved;
  }

  /**
   * Makes room for a page above the branch at `depth`, whose members differ from the key at `bit`.
   */
  #branchOff(at: {
    readonly depth: number;
    readonly bit: number;
    readonly key: Uint8Array;
    readonly page: AccountPage;
  }): void {
    const { depth, bit, key, page } = at;
    const moved = this.#move(this.#path[depth]!);
    const children: [AccountNode, AccountNode] =
      bitAt(key, bit) === 0 ? [page, moved] : [moved, page];
    this.#place(depth, key, this.#createBranch(bit, key, children));
  }

  #createBranch(
    bit: number,
    representative: Uint8Array,
    children: readonly [AccountNode, AccountNode],
  ): AccountBranch {
    const branch = AccountBranch.over(this.#owner, { bit, representative }, children);
    this.#changedBytes += branch.sizeBytes;
    return branch;
  }

  #split(page: AccountPage, key: Uint8Array): void {
    const { bit, zero, one } = page.split(this.#owner);
    this.#changedBytes += zero.sizeBytes + one.sizeBytes - page.sizeBytes;
    this.#place(this.#path.length, key, this.#createBranch(bit, key, [zero, one]));
  }

  /**
   * Takes the page at the end of the path away; its sibling moves up to their parent's position.
   */
  #removePage(key: Uint8Array): void {
    const parent = this.#path.at(-1);
    if (parent === undefined) {
      this.#vacated.add(ROOT_NODE_KEY);
      this.#root = undefined;
      return;
    }
    const sibling = this.#child(parent, otherSide(bitAt(key, parent.bit)));
    for (const side of SIDES) this.#vacated.add(parent.childKey(side));
    this.#place(this.#path.length - 1, key, this.#move(sibling));
  }

  #isUnwritten(node: AccountNode): boolean {
    return node.owner === this.#owner && !node.isWritten;
  }

  /** Answers whether all below and the node itself are in the overlay now. */
  #writeBelow(
    node: AccountNode,
    key: StoreKey,
    to: { readonly overlay: Overlay; readonly puts: { count: number; readonly max: number } },
  ): boolean {
    if (node.kind === 'branch') {
      for (const side of SIDES) {
        const child = node.child(side);
        if (child === undefined || !this.#isUnwritten(child)) continue;
        if (!this.#writeBelow(child, node.childKey(side), to)) return false;
      }
    }
    if (to.puts.count >= to.puts.max) return false;
    to.overlay.put(key, node.encode());
    to.puts.count += 1;
    node.isWritten = true;
    return true;
  }
}

/**
 * Hashes what is stale, children first. Answers whether the node is fresh now; going on starts from
 * the root again.
 */
function hashBelow(node: AccountNode, tally: HashTally, budget: number): boolean {
  if (node.hash !== undefined) return true;
  if (node.kind === 'branch') {
    for (const side of SIDES) {
      const child = node.child(side);
      if (child !== undefined && !hashBelow(child, tally, budget)) return false;
    }
  }
  if (tally.hashes >= budget) return false;
  node.rehash(tally);
  return true;
}

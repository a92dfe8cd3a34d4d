/**
 * Owns: which branches beside the connected chain are held for their missing bodies, and the bounds
 * on them.
 * Does not own: the header tree (chain) or where headers and bodies come from. Layer 3.
 * docs/protocol.md section 15, item 5.
 */
import { required } from '../base/assert.ts';
import type { BlockId } from '../base/types.ts';
import type { Header } from '../codec/header.ts';
import type { ChainView, HeaderInfo } from './chain-view.ts';
import { BRANCHES_MAX, HEADERS_AHEAD_MAX } from './limits.ts';

/** The blocks from above the connected chain (as it was when the branch was noticed) to a leaf. */
export interface Branch {
  /** Height of the first id of `path`. */
  readonly baseHeight: number;
  /** Ascending by height, without gaps; never empty. */
  readonly path: readonly BlockId[];
  /** Index of the first id whose body is missing. */
  readonly firstMissing: number;
}

interface HeldBranch {
  readonly baseHeight: number;
  readonly path: BlockId[];
  firstMissing: number;
}

/** What the owner of the peers knows about branches. */
export interface BranchFacts {
  /** Whether a peer claims this leaf's chain and has not said that it lacks the next block. */
  readonly isServable: (leaf: HeaderInfo, nextMissing: BlockId | undefined) => boolean;
  /** Whether a walk is collecting this branch, so that its little work is no fault. */
  readonly isCollected: (leaf: BlockId) => boolean;
}

export class HeaderBranches {
  readonly #chain: ChainView;
  #held: HeldBranch[] = [];

  constructor(chain: ChainView) {
    this.#chain = chain;
  }

  /** Those worth their bodies (work not below the tip's), most work first. */
  wanted(): readonly Branch[] {
    const { work } = this.#chain.tip();
    const wanted = this.#held.filter((branch) => this.#leaf(branch).work >= work);
    return wanted.sort((a, b) => compareWork(this.#leaf(b), this.#leaf(a)));
  }

  /** The leaf of the branch with most work. */
  best(): HeaderInfo | undefined {
    const best = [...this.#held].sort((a, b) => compareWork(this.#leaf(b), this.#leaf(a)))[0];
    return best && this.#leaf(best);
  }

  get size(): number {
    return this.#held.length;
  }

  /** How many more headers fit on top of a known one. */
  roomAbove(id: BlockId): number {
    const branch = this.#held.find(({ path }) => path.at(-1) === id);
    return branch ? HEADERS_AHEAD_MAX - this.#aheadCount(branch) : HEADERS_AHEAD_MAX;
  }

  /**
   * Enters checked, continuous, unknown headers whose first parent is known. Answers how many were
   * kept: fewer beyond the cap on a branch, none when four better branches are held.
   */
  append(headers: readonly Header[], facts: BranchFacts): number {
    const [first] = headers;
    if (!first) return 0;
    const branch = this.#branchAbove(first.parent);
    const { work } = this.#chain.tip();
    let room = HEADERS_AHEAD_MAX - this.#aheadCount(branch);
    let kept = 0;
    for (const header of headers) {
      if (room <= 0) break;
      this.#chain.addHeader(header);
      branch.path.push(header.id);
      kept += 1;
      if (this.#leaf(branch).work > work) room -= 1;
    }
    if (!this.#held.includes(branch)) this.#held.push(branch);
    this.#evict(facts);
    return this.#held.includes(branch) ? kept : 0;
  }

  /** Holds the branch of a known header for its bodies, if it is worth them and not held yet. */
  notice(leaf: HeaderInfo, facts: BranchFacts): void {
    const isHeld = this.#held.some(({ baseHeight, path }) => {
      return path[leaf.height - baseHeight] === leaf.id;
    });
    if (isHeld || leaf.hasBody || leaf.invalid || leaf.work < this.#chain.tip().work) return;
    this.#held.push(this.#branchAbove(leaf.id));
    this.#evict(facts);
  }

  /**
   * Drops what the chain has finished, marked or outgrown; called after every change of the chain.
   */
  settle(facts: BranchFacts): void {
    const tip = this.#chain.tip();
    this.#held = this.#held.filter((branch) => {
      this.#retreat(branch);
      while (this.#isStored(branch.path[branch.firstMissing])) branch.firstMissing += 1;
      if (branch.firstMissing >= branch.path.length) return false;
      const leaf = this.#leaf(branch);
      if (leaf.work >= tip.work || facts.isCollected(leaf.id)) return true;
      this.#chain.removeBranch(leaf.id);
      return false;
    });
  }

  /**
   * Takes marked and forgotten blocks off the end of a branch; what is valid below them may still
   * win. The lowest marked entry stays in the tree, so that the same fault is not looked into
   * twice.
   */
  #retreat({ path }: HeldBranch): void {
    const leaf = path.at(-1);
    let marked: BlockId | undefined;
    const isSound = (id: BlockId): boolean => this.#chain.find(id)?.invalid === false;
    for (let id = leaf; id !== undefined && !isSound(id); id = path.at(-1)) marked = path.pop();
    const isThere = leaf !== undefined && this.#chain.find(leaf) !== undefined;
    if (isThere && marked !== undefined) this.#chain.removeBranch(leaf, marked);
  }

  #isStored(id: BlockId | undefined): boolean {
    return id !== undefined && this.#chain.find(id)?.hasBody === true;
  }

  #branchAbove(parent: BlockId): HeldBranch {
    const longer = this.#held.find(({ path }) => path.at(-1) === parent);
    if (longer) return longer;
    const path: BlockId[] = [];
    let below = required(this.#chain.find(parent), 'the parent of kept headers is known');
    while (!below.onMain) {
      path.push(below.id);
      below = required(this.#chain.find(below.parent), 'a known header has a known parent');
    }
    return { baseHeight: below.height + 1, path: path.reverse(), firstMissing: 0 };
  }

  #leaf(branch: Branch): HeaderInfo {
    const id = required(branch.path.at(-1), 'a branch is never empty');
    return required(this.#chain.find(id), 'the leaf of a branch is known');
  }

  /** How many blocks of the branch have more work than the connected tip. */
  #aheadCount(branch: Branch): number {
    const { work } = this.#chain.tip();
    let low = 0;
    let high = branch.path.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const info = this.#chain.find(branch.path[middle] as BlockId);
      if (info && info.work > work) high = middle;
      else low = middle + 1;
    }
    return branch.path.length - low;
  }

  /**
   * Beyond the cap the first to go is a branch that no peer serves, then the one with least work.
   */
  #evict(facts: BranchFacts): void {
    const isServed = ({ branch, leaf }: { branch: Branch; leaf: HeaderInfo }): boolean =>
      facts.isServable(leaf, branch.path[branch.firstMissing]);
    while (this.#held.length > BRANCHES_MAX) {
      const ranked = this.#held
        .map((branch) => ({ branch, leaf: this.#leaf(branch) }))
        .map((entry) => ({ ...entry, servable: isServed(entry) }))
        .sort((a, b) => Number(a.servable) - Number(b.servable) || compareWork(a.leaf, b.leaf));
      const worst =
        ranked.find(({ leaf }) => !facts.isCollected(leaf.id)) ?? required(ranked[0], 'not empty');
      this.#held = this.#held.filter((branch) => branch !== worst.branch);
      this.#chain.removeBranch(worst.leaf.id);
    }
  }
}

function compareWork(a: HeaderInfo, b: HeaderInfo): number {
  if (a.work === b.work) return 0;
  return a.work < b.work ? -1 : 1;
}

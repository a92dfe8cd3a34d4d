/**
 * Owns: the order in which blocks found in an old store are taken in again: parents first, and the
 * branch that was the ledger before all others, so that a tie ends as it stood.
 * Does not own: reading the bodies (io) or judging them: they are received like a stranger's.
 * Layer 3.
 */
import type { BlockId } from '../base/types.ts';
import type { Header } from '../codec/header.ts';
import type { Network } from '../rules/network.ts';
import type { EntryIndex } from './header-tree.ts';
import { HeaderTree } from './header-tree.ts';

export class RebuildPlan {
  readonly #headers: HeaderTree;
  readonly #order: EntryIndex[] = [];

  constructor(network: Network) {
    this.#headers = new HeaderTree(network.genesis);
  }

  /**
   * Notes a block; they come by rising height. Undefined when it is known, or when an ancestor is
   * missing: then nothing can be made of it.
   */
  add(header: Header): EntryIndex | undefined {
    const parent = this.#headers.find(header.parent);
    if (parent === undefined || this.#headers.find(header.id) !== undefined) return undefined;
    const entry = this.#headers.add(header, parent);
    this.#order.push(entry);
    return entry;
  }

  /**
   * All blocks, in groups: each is to be judged whole before the next is begun. `told` is where the
   * ledger stood, if that is known.
   */
  groups(told: BlockId | undefined): readonly (readonly EntryIndex[])[] {
    const headers = this.#headers;
    const tip = told === undefined ? undefined : headers.find(told);
    if (tip === undefined) return [this.#order];
    headers.setTip(tip);
    const isMain = (entry: EntryIndex): boolean => headers.isMain(entry);
    return [this.#order.filter(isMain), this.#order.filter((entry) => !isMain(entry))];
  }
}

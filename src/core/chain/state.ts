/**
 * Owns: the stored state (accounts, history) as readers see it, the one working copy of it that
 * moves, and scratch copies. Does not own: how it moves (chain/ledger) or when it is written
 * (chain/chain). Layer 3.
 */
import type { Hash } from '../base/types.ts';
import { AccountsBase } from './accounts-base.ts';
import { AccountsTree } from './accounts-tree.ts';
import { ACCOUNTS_CACHE_BYTES_MAX } from './chain-limits.ts';
import { HistoryTree } from './history-tree.ts';
import type { LedgerState } from './ledger.ts';
import { Overlay } from './overlay.ts';
import type { StoreReader } from './store.ts';

/** Tree nodes put into the overlay between two yields: a few milliseconds. */
const NODES_PER_SLICE = 1_000;

export class State {
  readonly #store: StoreReader;
  readonly #base: AccountsBase;
  #working: LedgerState;
  #durableAccounts: AccountsTree;

  /** `accountsRoot` is that of the block at which the store stands. */
  constructor(store: StoreReader, accountsRoot: Hash) {
    this.#store = store;
    this.#base = new AccountsBase({
      store,
      root: accountsRoot,
      cacheBytesMax: ACCOUNTS_CACHE_BYTES_MAX,
    });
    this.#working = this.openScratch();
    this.#durableAccounts = new AccountsTree(this.#base);
  }

  /** The accounts as they are stored. */
  get durableAccounts(): AccountsTree {
    if (!this.#durableAccounts.isCurrent) this.#durableAccounts = new AccountsTree(this.#base);
    return this.#durableAccounts;
  }

  get durableHistory(): HistoryTree {
    return new HistoryTree(this.#store);
  }

  /** The copy that moves from block to block and is then written. */
  get working(): LedgerState {
    return this.#working;
  }

  /** About how much memory the working copy's changes take. */
  get changedBytes(): number {
    return this.#working.overlay.sizeBytes + this.#working.accounts.changedBytes;
  }

  /** A copy of the stored state that is never written. */
  openScratch(): LedgerState {
    const overlay = new Overlay(this.#store);
    return { overlay, accounts: new AccountsTree(this.#base), history: new HistoryTree(overlay) };
  }

  /** Puts the working copy's accounts into its overlay, yielding between slices. */
  *collect(): Generator<void, void> {
    const { accounts, overlay } = this.#working;
    for (;;) {
      accounts.writeSome(overlay, NODES_PER_SLICE);
      if (accounts.isWritten) return;
      yield;
    }
  }

  /**
   * The batch that held the overlay has been written: what was the working copy's is now
   * everybody's.
   */
  promote(): void {
    this.#working.accounts.promote();
    this.#working.overlay.clear();
  }

  /** Forgets what the working copy changed since the last batch. */
  discard(): void {
    this.#working = this.openScratch();
  }
}

/**
 * Owns: applying a block's transactions and coinbase to accounts, in slices, recording what it
 * changes.
 * Does not own: where the accounts come from and go to (chain/ledger, node/template). Layer 3.
 * docs/protocol.md sections 5, 6 and 10.5.
 */
import { assert } from '../base/assert.ts';
import type { Result } from '../base/rejects.ts';
import { PASSED } from '../base/rejects.ts';
import type { Address } from '../base/types.ts';
import type { Coinbase } from '../codec/block.ts';
import type { Transaction } from '../codec/transaction.ts';
import { sumOutputs } from '../codec/transaction.ts';
import type { Account } from '../rules/account.ts';
import { blameTransaction } from '../rules/block.ts';
import type { AccountsWriter } from '../rules/transaction.ts';
import { applyTransaction, creditOutput } from '../rules/transaction.ts';
import type { AccountsTree } from './accounts-tree.ts';
import type { Undo } from './undo.ts';

/** Accounts read or changed between two yields: a few milliseconds. */
const ACCOUNTS_PER_SLICE = 1_000;
/** Tree hashes computed between two yields: a few milliseconds. */
const HASHES_PER_SLICE = 2_000;

/** Accounts that remember how each was before it was first touched. */
export class AccountRecorder implements AccountsWriter {
  readonly #accounts: AccountsTree;
  readonly #before = new Map<Address, Account | undefined>();

  constructor(accounts: AccountsTree) {
    this.#accounts = accounts;
  }

  get undo(): Undo {
    return this.#before;
  }

  get(address: Address): Account | undefined {
    return this.#accounts.get(address);
  }

  set(address: Address, account: Account): void {
    if (!this.#before.has(address)) this.#before.set(address, this.#accounts.get(address));
    this.#accounts.set(address, account);
  }

  /**
   * How much the balances of all touched accounts together rose (negative: fell). Yields between
   * slices.
   */
  *balanceChange(): Generator<void, bigint> {
    let change = 0n;
    let count = 0;
    for (const [address, before] of this.#before) {
      if (++count % ACCOUNTS_PER_SLICE === 0) yield;
      change += (this.#accounts.get(address)?.balance ?? 0n) - (before?.balance ?? 0n);
    }
    return change;
  }
}

/**
 * Applies transactions, then the coinbase (C2). Yields between slices.
 * A refusal leaves the accounts half changed: the caller throws them away.
 */
export function* applyBlock(
  block: { readonly transactions: readonly Transaction[]; readonly coinbase: Coinbase },
  accounts: AccountRecorder,
): Generator<void, Result<undefined>> {
  let fees = 0n;
  let touched = 0;
  for (const [index, transaction] of block.transactions.entries()) {
    touched += 1 + transaction.outputs.length;
    if (touched > ACCOUNTS_PER_SLICE) {
      touched = 0;
      yield;
    }
    const verdict = applyTransaction(transaction, accounts);
    if (!verdict.ok) return blameTransaction(index, verdict);
    fees += transaction.fee;
  }
  for (const output of block.coinbase.outputs) creditOutput(accounts, output);
  const change = yield* accounts.balanceChange();
  assert(
    change === sumOutputs(block.coinbase.outputs) - fees,
    'a block changes the supply by what its coinbase claims less the fees',
  );
  return PASSED;
}

/** Hashes all changed parts of the tree, yielding between slices. */
export function* hashAccounts(accounts: AccountsTree): Generator<void, void> {
  for (;;) {
    accounts.hashSome(HASHES_PER_SLICE);
    if (accounts.isHashed) return;
    yield;
  }
}

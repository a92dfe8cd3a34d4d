/**
 * Owns: the ledger as plainly as docs/protocol.md states it: a map of accounts, roots computed from
 * all of it. What the real chain keeps in trees, overlays and undo records is held against this.
 */
import { equalBytes } from '../../src/core/base/bytes.ts';
import type { Result } from '../../src/core/base/rejects.ts';
import { PASSED, reject } from '../../src/core/base/rejects.ts';
import type { Address, BlockId, Hash, Work } from '../../src/core/base/types.ts';
import { toWork } from '../../src/core/base/types.ts';
import type { Block } from '../../src/core/codec/block.ts';
import type { Output, Transaction } from '../../src/core/codec/transaction.ts';
import { Writer } from '../../src/core/codec/writer.ts';
import type { Account } from '../../src/core/rules/account.ts';
import { accountExists } from '../../src/core/rules/account.ts';
import type { AccountRecord } from '../../src/core/rules/accounts-root.ts';
import { accountsRootOf } from '../../src/core/rules/accounts-root.ts';
import { blameTransaction } from '../../src/core/rules/block.ts';
import type { ParentContext } from '../../src/core/rules/header.ts';
import { extendContext } from '../../src/core/rules/header.ts';
import { EMPTY_MERKLE_ROOT, hashLeaf, hashNode } from '../../src/core/rules/merkle.ts';
import type { Network } from '../../src/core/rules/network.ts';
import { applyTransaction, creditOutput } from '../../src/core/rules/transaction.ts';
import { bitsToWork } from '../../src/core/rules/work.ts';

/** A perfect subtree of the history: how many leaves, and its root. */
interface Peak {
  readonly size: number;
  readonly root: Hash;
}

/** The ledger after one block. Never changes; a block makes a new one. */
export interface LedgerModel {
  readonly id: BlockId;
  readonly context: ParentContext;
  readonly work: Work;
  readonly accounts: ReadonlyMap<Address, Account>;
  /** The perfect subtrees over the blocks up to this one, largest first. */
  readonly history: readonly Peak[];
}

function extendHistory(history: readonly Peak[], id: BlockId, work: Work): Peak[] {
  const peaks = [...history];
  let last: Peak = { size: 1, root: hashLeaf(new Writer(64).blockId(id).u256(work).finish()) };
  for (let left = peaks.at(-1); left?.size === last.size; left = peaks.at(-1)) {
    peaks.pop();
    last = { size: 2 * last.size, root: hashNode(left.root, last.root) };
  }
  return [...peaks, last];
}

export function genesisModel({ id, params, genesis }: Network): LedgerModel {
  const accounts = genesis.accounts.map(
    ({ address, balance, nonce }) => [address, { balance, nonce }] as const,
  );
  return {
    id,
    context: { height: genesis.committed.height, recentTimes: [params.time] },
    work: genesis.work,
    accounts: new Map(accounts),
    history: extendHistory([], id, genesis.work),
  };
}

/** The history root that a child states. */
export function historyRootOf({ history }: LedgerModel): Hash {
  const roots = history.map(({ root }) => root);
  return roots.length === 0
    ? EMPTY_MERKLE_ROOT
    : roots.reduceRight((right, left) => hashNode(left, right));
}

export function accountRecords(accounts: ReadonlyMap<Address, Account>): AccountRecord[] {
  return Array.from(accounts, ([address, account]) => ({ address, ...account }))
    .filter(accountExists)
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

export function accountsRoot(accounts: ReadonlyMap<Address, Account>): Hash {
  return accountsRootOf(accountRecords(accounts));
}

export function supplyOf({ accounts }: LedgerModel): bigint {
  let supply = 0n;
  for (const { balance } of accounts.values()) supply += balance;
  return supply;
}

/** The accounts after transactions and coinbase (C2), in a map of their own. */
export function applyToAccounts(
  before: ReadonlyMap<Address, Account>,
  block: { readonly transactions: readonly Transaction[]; readonly outputs: readonly Output[] },
): { readonly verdict: Result<undefined>; readonly accounts: ReadonlyMap<Address, Account> } {
  const accounts = new Map(before);
  for (const [index, transaction] of block.transactions.entries()) {
    const verdict = applyTransaction(transaction, accounts);
    if (!verdict.ok) return { verdict: blameTransaction(index, verdict), accounts };
  }
  for (const output of block.outputs) creditOutput(accounts, output);
  return { verdict: PASSED, accounts };
}

/** The model after a block whose statements nobody checks. */
export function extendModel(
  parent: LedgerModel,
  block: Pick<Block, 'header'> & { readonly accounts: ReadonlyMap<Address, Account> },
): LedgerModel {
  const { id, time, bits } = block.header;
  const work = toWork(parent.work + bitsToWork(bits));
  return {
    id,
    context: extendContext(parent.context, time),
    work,
    accounts: block.accounts,
    history: extendHistory(parent.history, id, work),
  };
}

/** Connects a block: C1 to C3. */
export function connectToModel(parent: LedgerModel, block: Block): Result<LedgerModel> {
  if (!equalBytes(historyRootOf(parent), block.historyRoot))
    return reject('block-history-root-wrong');
  const { transactions, coinbase } = block;
  const { verdict, accounts } = applyToAccounts(parent.accounts, {
    transactions,
    outputs: coinbase.outputs,
  });
  if (!verdict.ok) return verdict;
  if (!equalBytes(accountsRoot(accounts), block.accountsRoot)) {
    return reject('block-accounts-root-wrong');
  }
  return { ok: true, value: extendModel(parent, { header: block.header, accounts }) };
}

/**
 * Owns: the ledger as plainly as the rules state it, for every block that any node ever held as its
 * tip.
 * Does not own: comparing a node with it (sim/checkers). Blocks are replayed from genesis in maps,
 * with arithmetic of its own: what trees, overlays and undo records of core come to must be the
 * same.
 */
import { assert, required } from '../core/base/assert.ts';
import type { Address, BlockId, Hash, TxId } from '../core/base/types.ts';
import { toAmount, toNonce } from '../core/base/types.ts';
import type { Block } from '../core/codec/block.ts';
import type { NodeView } from '../core/node/view.ts';
import type { Account } from '../core/rules/account.ts';
import { accountsRootOf } from '../core/rules/accounts-root.ts';
import type { Network } from '../core/rules/network.ts';
import { bitsToTarget, idMeetsTarget } from '../core/rules/work.ts';

/** The ledger after one block. */
export interface LedgerAt {
  readonly id: BlockId;
  readonly height: number;
  readonly parent: LedgerAt | undefined;
  readonly transactions: readonly TxId[];
  readonly accounts: ReadonlyMap<Address, Account>;
  readonly accountsRoot: Hash;
  /** Allocations + coinbase outputs - fees, summed over the blocks up to this one. */
  readonly supply: bigint;
}

const ABSENT: Account = { balance: toAmount(0n), nonce: toNonce(0) };

export class LedgerOracle {
  readonly #byId = new Map<BlockId, LedgerAt>();

  constructor({ id, genesis }: Network) {
    const accounts = new Map<Address, Account>(
      genesis.accounts.map(({ address, balance, nonce }) => [address, { balance, nonce }]),
    );
    this.#byId.set(id, {
      id,
      height: 0,
      parent: undefined,
      transactions: [],
      accounts,
      accountsRoot: genesis.committed.accountsRoot,
      supply: sumBalances(accounts),
    });
  }

  /** The blocks replayed so far, genesis included. */
  get blockCount(): number {
    return this.#byId.size;
  }

  get(id: BlockId): LedgerAt {
    return required(this.#byId.get(id), 'the oracle has replayed the block');
  }

  /**
   * Replays up to a block that a node has; throws when its chain does not reach genesis or is not
   * valid.
   */
  replay(view: NodeView, id: BlockId): LedgerAt {
    const missing: Block[] = [];
    let at = id;
    let below = this.#byId.get(at);
    while (below === undefined) {
      const block = view.block(at)?.body;
      assert(block !== undefined, `the chain is whole down to genesis: ${at} has no body`);
      missing.push(block);
      at = block.header.parent;
      below = this.#byId.get(at);
    }
    for (const block of missing.reverse()) below = this.#extend(below, block);
    return below;
  }

  #extend(parent: LedgerAt, block: Block): LedgerAt {
    const { header, transactions, coinbase } = block;
    assert(header.parent === parent.id, 'a block names its parent');
    assert(block.height === parent.height + 1, 'heights rise by one');
    assert(idMeetsTarget(header.id, bitsToTarget(header.bits)), 'a block has its proof of work');
    const accounts = new Map(parent.accounts);
    let supply = parent.supply;
    for (const { sender, nonce, cost, fee, outputs } of transactions) {
      const { balance, nonce: expected } = accounts.get(sender) ?? ABSENT;
      assert(nonce === expected, 'a transaction carries its sender\u2019s nonce');
      assert(cost <= balance, 'no balance falls below zero');
      accounts.set(sender, { balance: toAmount(balance - cost), nonce: toNonce(nonce + 1) });
      for (const output of outputs) credit(accounts, output);
      supply -= fee;
    }
    for (const output of coinbase.outputs) {
      credit(accounts, output);
      supply += output.amount;
    }
    assert(sumBalances(accounts) === supply, 'supply is allocations + coinbase outputs - fees');
    const ledger: LedgerAt = {
      id: header.id,
      height: block.height,
      parent,
      transactions: transactions.map(({ id }) => id),
      accounts,
      accountsRoot: rootOf(accounts),
      supply,
    };
    this.#byId.set(ledger.id, ledger);
    return ledger;
  }
}

/**
 * What lies between two ledgers: the blocks to take off, highest first, and to put on, lowest
 * first.
 */
export function pathBetween(
  from: LedgerAt,
  to: LedgerAt,
): { readonly off: readonly LedgerAt[]; readonly on: readonly LedgerAt[] } {
  const off: LedgerAt[] = [];
  const on: LedgerAt[] = [];
  let [left, right] = [from, to];
  while (left !== right) {
    if (left.height >= right.height) {
      off.push(left);
      left = required(left.parent, 'two chains meet at genesis at the latest');
    } else {
      on.push(right);
      right = required(right.parent, 'two chains meet at genesis at the latest');
    }
  }
  return { off, on: on.reverse() };
}

function credit(
  accounts: Map<Address, Account>,
  output: { readonly address: Address; readonly amount: bigint },
): void {
  const { balance, nonce } = accounts.get(output.address) ?? ABSENT;
  accounts.set(output.address, { balance: toAmount(balance + output.amount), nonce });
}

function sumBalances(accounts: ReadonlyMap<Address, Account>): bigint {
  let sum = 0n;
  for (const { balance } of accounts.values()) sum += balance;
  return sum;
}

function rootOf(accounts: ReadonlyMap<Address, Account>): Hash {
  const records = Array.from(accounts, ([address, account]) => ({ address, ...account }));
  return accountsRootOf(records.sort((a, b) => (a.address < b.address ? -1 : 1)));
}

/**
 * Owns: a mempool over a plain map of accounts, with a clock that a test moves.
 */
import { expect } from 'vitest';
import type { Now } from '../../src/core/base/now.ts';
import type { Result } from '../../src/core/base/rejects.ts';
import type { Address, TxId } from '../../src/core/base/types.ts';
import { toAmount, toNonce } from '../../src/core/base/types.ts';
import type { MempoolLimits } from '../../src/core/chain/limits.ts';
import type { Admission } from '../../src/core/chain/mempool.ts';
import { Mempool } from '../../src/core/chain/mempool.ts';
import type { MempoolTipOutcome } from '../../src/core/chain/mempool-tip.ts';
import type { Transaction } from '../../src/core/codec/transaction.ts';
import type { Account } from '../../src/core/rules/account.ts';
import { ABSENT_ACCOUNT } from '../../src/core/rules/account.ts';
import type { FakeTransaction } from './transactions.ts';
import { fakeAddress, fakeTransaction } from './transactions.ts';

/** What a simple transfer must pay: ceil(240 * 83,333 / 1,000). */
export const RELAY_FEE = 20_000n;
/** Policy size of a simple transfer. */
export const TRANSFER_SIZE = 240;

export class MempoolBench {
  readonly accounts = new Map<Address, Account>();
  readonly limits: Partial<MempoolLimits>;
  mempool: Mempool;
  /** What has been written so far. */
  readonly stored = new Map<string, Uint8Array>();
  #ms = 1_000_000;

  constructor(limits: Partial<MempoolLimits> = {}) {
    this.limits = limits;
    this.mempool = this.#open();
  }

  #open(): Mempool {
    const accountOf = (address: Address): Account => this.accounts.get(address) ?? ABSENT_ACCOUNT;
    return new Mempool({ accountOf, limits: this.limits });
  }

  get now(): Now {
    return { monotonicMs: this.#ms, wallMs: 1_700_000_000_000 + this.#ms };
  }

  pass(ms: number): void {
    this.#ms += ms;
  }

  /** Sets what the told tip says of the account of key `index`. */
  setAccount(index: number, balance: bigint, nonce = 0): void {
    this.accounts.set(fakeAddress(index), { balance: toAmount(balance), nonce: toNonce(nonce) });
  }

  /** Offers a transaction as a node does: precheck, then add; both must agree. */
  offer(transaction: Transaction, origin: 'local' | 'peer' = 'peer'): Result<Admission> {
    const before = this.mempool.precheck(transaction, this.now);
    const result = this.mempool.add(transaction, { origin, now: this.now });
    expect(before.ok).toBe(result.ok);
    if (!before.ok) expect(before).toEqual(result);
    return result;
  }

  /** Offers a made-up transaction, which must be taken. */
  take(fake: FakeTransaction, origin: 'local' | 'peer' = 'peer'): Transaction {
    const transaction = fakeTransaction(fake);
    expect(this.offer(transaction, origin)).toMatchObject({ ok: true });
    return transaction;
  }

  /** Follows a change of tip that `accounts` shows, `budget` transactions at a time. */
  follow(
    change: {
      readonly confirmed?: readonly Transaction[];
      readonly reverted?: readonly Transaction[];
      readonly touched?: readonly number[];
      readonly isReorg?: boolean;
    },
    budget = 1000,
  ): MempoolTipOutcome {
    const { confirmed = [], reverted = [], touched = [] } = change;
    const isReorg = change.isReorg ?? reverted.length > 0;
    const addresses = touched.map(fakeAddress);
    this.mempool.beginTipChange({ confirmed, reverted, touched: addresses, isReorg }, this.now);
    for (;;) {
      const outcome = this.mempool.work(budget);
      if (outcome !== undefined) return outcome;
    }
  }

  /** Writes what the mempool wants written. */
  store(): void {
    for (const { key, value } of this.mempool.drainChanges()) {
      if (value === undefined) this.stored.delete(key);
      else this.stored.set(key, value);
    }
  }

  /** Replaces the mempool by one that starts from what was written. */
  restart(): void {
    this.mempool = this.#open();
    for (const [key, value] of this.stored) this.mempool.restore(key, value);
    this.mempool.finishRestore(this.now);
  }

  /** Ids in the order in which a miner takes them. */
  selected(): TxId[] {
    const ids: TxId[] = [];
    const selection = this.mempool.select();
    for (let next = selection.current; next !== undefined; next = selection.current) {
      ids.push(next.id);
      selection.take();
    }
    return ids;
  }

  stateOf(transaction: Transaction): string {
    const status = this.mempool.status(transaction.id);
    if (status === undefined) return 'unknown';
    if (status.state === 'pending') return 'pending';
    if (status.state === 'replaced') return `replaced by ${status.by.slice(0, 8)}`;
    return `${status.state}: ${status.reason}`;
  }

  /** Whether a record of the transaction itself is stored. */
  isStored(transaction: Transaction): boolean {
    const key = `m${String.fromCharCode(...hexBytes(transaction.id))}`;
    return this.stored.has(key);
  }
}

function hexBytes(id: TxId): number[] {
  return (id.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
}

/** The text of an id as `stateOf` shows it. */
export function replacedBy(transaction: Transaction): string {
  return `replaced by ${transaction.id.slice(0, 8)}`;
}

/**
 * The mempool against a plain chain of blocks: whatever happens, what it calls executable is, its
 * books add up, and no transaction that it ever took, or that a reorg took back, is lost without a
 * record.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Address, TxId } from '../../../../src/core/base/types.ts';
import { toAmount, toNonce } from '../../../../src/core/base/types.ts';
import { transactionPolicySize } from '../../../../src/core/chain/mempool-fees.ts';
import type { Transaction } from '../../../../src/core/codec/transaction.ts';
import type { Account } from '../../../../src/core/rules/account.ts';
import { ABSENT_ACCOUNT } from '../../../../src/core/rules/account.ts';
import { MempoolBench, RELAY_FEE, TRANSFER_SIZE } from '../../../kit/mempool.ts';
import { fakeAddress, fakeTransaction } from '../../../kit/transactions.ts';

const senders = 4;
const limits = {
  executableBytesMax: 12 * TRANSFER_SIZE,
  gapBytesMax: 4 * TRANSFER_SIZE,
  receivedBytesMax: 4 * TRANSFER_SIZE,
  revertedBytesMax: 3 * TRANSFER_SIZE,
  perAccountMax: 8,
};

interface Block {
  readonly before: ReadonlyMap<Address, Account>;
  readonly transactions: readonly Transaction[];
}

/** A bench whose accounts come from blocks, and who remembers what must never be lost. */
class Model {
  readonly bench = new MempoolBench(limits);
  readonly #blocks: Block[] = [];
  readonly #promised = new Map<TxId, Transaction>();

  #apply(transactions: readonly Transaction[]): Transaction[] {
    const { accounts } = this.bench;
    return transactions.filter(({ sender, nonce, cost }) => {
      const account = accounts.get(sender) ?? ABSENT_ACCOUNT;
      if (account.nonce !== nonce || account.balance < cost) return false;
      const balance = toAmount(account.balance - cost);
      accounts.set(sender, { balance, nonce: toNonce(nonce + 1) });
      return true;
    });
  }

  #connect(transactions: readonly Transaction[], gift: readonly [number, bigint]): Transaction[] {
    const { accounts } = this.bench;
    const before = new Map(accounts);
    const applied = this.#apply(transactions);
    const address = fakeAddress(gift[0]);
    const account = accounts.get(address) ?? ABSENT_ACCOUNT;
    accounts.set(address, { ...account, balance: toAmount(account.balance + gift[1]) });
    this.#blocks.push({ before, transactions: applied });
    return applied;
  }

  #disconnect(count: number): Transaction[] {
    const blocks = this.#blocks.splice(Math.max(0, this.#blocks.length - count));
    const [first] = blocks;
    if (first === undefined) return [];
    const { accounts } = this.bench;
    accounts.clear();
    for (const [address, account] of first.before) accounts.set(address, account);
    return blocks.flatMap(({ transactions }) => transactions);
  }

  offer(fake: Offer): void {
    const transaction = fakeTransaction(fake);
    if (this.bench.offer(transaction).ok) this.#promised.set(transaction.id, transaction);
  }

  /**
   * Takes back some blocks, then connects one of foreign, of pending and of reverted transactions.
   */
  move(step: Move): void {
    const { bench } = this;
    const depth = Math.min(step.depth, this.#blocks.length);
    const reverted = this.#disconnect(depth);
    const foreign = step.foreign.map((fake) => fakeTransaction({ ...fake, variant: 7 }));
    const pending = bench.mempool.list(step.pendingCount).map(({ transaction }) => transaction);
    const again = reverted.filter((_, index) => index % 3 < step.againOfThree);
    const confirmed = this.#connect([...foreign, ...again, ...pending], step.gift);
    for (const transaction of reverted) this.#promised.set(transaction.id, transaction);
    const touched = Array.from({ length: senders }, (_, index) => index);
    const isReorg = depth > 0;
    const { returned, dropped } = bench.follow(
      { confirmed, reverted, touched, isReorg },
      step.budget,
    );
    const confirmedIds = new Set(confirmed.map(({ id }) => id));
    const left = reverted.filter(({ id }) => !confirmedIds.has(id)).map(({ id }) => id);
    expect([...returned, ...dropped.map(({ id }) => id)].sort()).toEqual(left.sort());
  }

  check(): void {
    const { bench } = this;
    const { mempool } = bench;
    const selected = bench.selected();
    const transactions = selected.map((id) => mempool.get(id)!);
    const sizeBytes = transactions.reduce((sum, next) => sum + transactionPolicySize(next), 0);
    expect(mempool.sizeBytes).toBe(sizeBytes);
    expect(sizeBytes).toBeLessThanOrEqual(limits.executableBytesMax);
    expect(mempool.count).toBe(selected.length);
    expect(mempool.page('0'.repeat(64) as TxId, 1000)).toEqual([...selected].sort());

    const accounts = new Map(bench.accounts);
    expect(this.#apply(transactions)).toHaveLength(transactions.length);
    for (let index = 0; index < senders; index++) {
      const after = bench.accounts.get(fakeAddress(index)) ?? ABSENT_ACCOUNT;
      expect(mempool.pendingOf(fakeAddress(index))).toEqual(after);
    }
    for (const [address, account] of accounts) bench.accounts.set(address, account);

    const known = mempool.list(1000).map(({ transaction }) => transaction.id);
    expect(new Set(known).size).toBe(mempool.count + mempool.waitingCount);
    bench.store();
    const keys = [...bench.stored.keys()].filter((key) => key.startsWith('m'));
    expect(keys).toHaveLength(known.length);

    const onChain = new Set(
      this.#blocks.flatMap((block) => block.transactions.map(({ id }) => id)),
    );
    for (const transaction of this.#promised.values()) {
      if (!onChain.has(transaction.id)) expect(bench.stateOf(transaction)).not.toBe('unknown');
      else if (mempool.get(transaction.id)) expect.fail('a confirmed one is still in the mempool');
    }
  }
}

interface Offer {
  readonly from: number;
  readonly nonce: number;
  readonly fee: bigint;
  readonly amount: bigint;
  readonly memoSize: number;
}

interface Move {
  readonly depth: number;
  readonly foreign: readonly Offer[];
  readonly pendingCount: number;
  readonly againOfThree: number;
  readonly gift: readonly [number, bigint];
  readonly budget: number;
}

const offer: fc.Arbitrary<Offer> = fc.record({
  from: fc.nat(senders - 1),
  nonce: fc.nat(9),
  fee: fc.integer({ min: 9, max: 100 }).map((tenths) => (BigInt(tenths) * RELAY_FEE) / 10n),
  amount: fc.integer({ min: 1, max: 20 }).map((times) => BigInt(times) * RELAY_FEE),
  memoSize: fc.constantFrom(0, 0, 0, 255),
});

const move: fc.Arbitrary<Move> = fc.record({
  depth: fc.constantFrom(0, 0, 1, 2, 4),
  foreign: fc.array(offer, { maxLength: 2 }),
  pendingCount: fc.nat(6),
  againOfThree: fc.nat(3),
  gift: fc.tuple(
    fc.nat(senders - 1),
    fc.nat(100).map((times) => BigInt(times) * RELAY_FEE),
  ),
  budget: fc.constantFrom(1, 3, 1000),
});

type Step =
  | { readonly kind: 'offer'; readonly offer: Offer }
  | { readonly kind: 'move'; readonly move: Move }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('offer' as const), offer }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), move }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 70_000, 4e6, 3e8),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

function run(model: Model, next: Step): void {
  switch (next.kind) {
    case 'offer':
      model.offer(next.offer);
      break;
    case 'move':
      model.move(next.move);
      break;
    case 'pass':
      model.bench.pass(next.ms);
      model.bench.mempool.expire(model.bench.now);
      break;
    case 'restart':
      model.bench.restart();
      break;
  }
}

test('whatever happens, the books add up and nothing is lost (rows 37, 44)', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      const model = new Model();
      for (let index = 0; index < senders; index++) model.bench.setAccount(index, 40n * RELAY_FEE);
      for (const next of steps) {
        run(model, next);
        model.check();
      }
    }),
    { numRuns: 150 },
  );
});

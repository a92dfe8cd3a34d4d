/** Reorgs: conflicting payments, what followers of the ledger are told, undo to the unit. */
import { describe, expect, test } from 'vitest';
import { decodePlace } from '../../src/core/chain/records.ts';
import { placeKey, undoKey } from '../../src/core/chain/layout.ts';
import { StoreDamage } from '../../src/core/chain/store.ts';
import type { Transaction } from '../../src/core/codec/transaction.ts';
import { ChainScript, addressOf } from '../kit/chain-script.ts';

const miner = addressOf('faucet');
const idsOf = (transactions: readonly Transaction[]): string[] => transactions.map(({ id }) => id);

describe('a reorg', () => {
  test('with conflicting payments leaves the balances of the branch that won', () => {
    const script = new ChainScript();
    const toBob = script.pay('alice', { nonce: 0, to: [['bob', 900n]], fee: 1n });
    const toCarol = script.pay('alice', { nonce: 0, to: [['carol', 950n]], fee: 2n });
    const onwards = script.pay('bob', { nonce: 0, to: [['dave', 1400n]] });
    const both = script.pay('bob', { nonce: 0, to: [['erin', 100n]] });
    script.block({ name: 'a1', on: 'genesis', transactions: [toBob], miner, expect: 'tip' });
    script.block({ name: 'a2', on: 'a1', transactions: [onwards], miner, expect: 'tip' });
    expect(script.accounts('alice', 'bob', 'carol', 'dave')).toEqual([
      [99n, 1],
      [0n, 1],
      [0n, 0],
      [1400n, 0],
    ]);
    script.block({ name: 'b1', on: 'genesis', transactions: [toCarol], expect: 'side' });
    script.block({ name: 'b2', on: 'b1', transactions: [both], miner, expect: 'side' });
    script.block({ name: 'b3', on: 'b2', miner, expect: 'tip' });
    expect(script.accounts('alice', 'bob', 'carol', 'dave', 'erin', 'faucet')).toEqual([
      [48n, 1],
      [400n, 1],
      [950n, 0],
      [0n, 0],
      [100n, 0],
      [100n, 0],
    ]);
    // Bob's 1400 are of the other branch: there they were his, here they are not.
    const lost = { name: 'b4', on: 'b3', transactions: [onwards] };
    const facts = { index: 0, inner: 'tx-nonce-used' };
    script.block({ ...lost, expect: { code: 'block-transaction-invalid', facts } });
  });

  test('tells what was confirmed, what reverted in chain order, and every account touched', () => {
    const script = new ChainScript();
    const shared = script.pay('alice', { nonce: 0, to: [['carol', 5n]] });
    const lost = [1, 2, 3].map((nonce) => script.pay('alice', { nonce, to: [['dave', 5n]] }));
    const [one, two, three] = lost as [Transaction, Transaction, Transaction];
    const won = script.pay('bob', { nonce: 0, to: [['erin', 5n]] });
    script.block({ name: 'a1', on: 'genesis', transactions: [shared, one], expect: 'tip' });
    script.block({ name: 'a2', on: 'a1', transactions: [two, three], expect: 'tip' });
    script.block({ name: 'b1', on: 'genesis', transactions: [won], expect: 'side' });
    script.block({ name: 'b2', on: 'b1', expect: 'side' });
    script.takeMoves();
    script.block({ name: 'b3', on: 'b2', transactions: [shared], miner, expect: 'tip' });
    const moves = script.takeMoves();
    expect(moves).toHaveLength(1);
    const { off, on, change } = moves[0]!;
    expect([off, on]).toEqual([
      ['a2', 'a1'],
      ['b1', 'b2', 'b3'],
    ]);
    expect(idsOf(change.reverted)).toEqual(idsOf([one, two, three]));
    expect(new Set(idsOf(change.confirmed))).toEqual(new Set(idsOf([won, shared])));
    const touched = (['alice', 'bob', 'carol', 'dave', 'erin', 'faucet'] as const).map(addressOf);
    expect(change.touched).toEqual(new Set(touched));
  });

  test('moves the places of transactions with it', () => {
    const script = new ChainScript();
    const first = script.pay('alice', { nonce: 0, to: [['carol', 5n]] });
    const second = script.pay('alice', { nonce: 1, to: [['carol', 5n]] });
    const gone = script.pay('bob', { nonce: 0, to: [['carol', 5n]] });
    script.block({ name: 'a1', on: 'genesis', transactions: [gone, first, second], expect: 'tip' });
    expect(script.core.chain.place(second.id)).toEqual({ height: 1, index: 2 });
    script.block({ name: 'b1', on: 'genesis', transactions: [first], expect: 'side' });
    script.block({ name: 'b2', on: 'b1', transactions: [second], expect: 'tip' });
    const places = [gone, first, second].map(({ id }) => script.core.chain.place(id));
    expect(places).toEqual([undefined, { height: 1, index: 0 }, { height: 2, index: 0 }]);
    const record = script.core.store.get(placeKey(first.id));
    expect(record && decodePlace(record)).toMatchObject({ ok: true });
  });

  test('there and back again, many times over, and over a restart each time', () => {
    const script = new ChainScript();
    const pay = script.pay('alice', { nonce: 0, to: [['bob', 1n]] });
    let [a, b] = ['genesis', 'genesis'];
    for (let round = 1; round <= 30; round++) {
      const heights = round === 1 ? [1] : [2 * round - 2, 2 * round - 1];
      for (const height of heights) {
        const transactions = height === 1 ? [pay] : [];
        const isLast = height === heights.at(-1);
        const expected = isLast ? 'tip' : 'side';
        script.block({ name: `a${height}`, on: a, transactions, expect: expected });
        a = `a${height}`;
      }
      for (const height of [2 * round - 1, 2 * round]) {
        const expected = height === 2 * round ? 'tip' : 'side';
        script.block({ name: `b${height}`, on: b, miner, expect: expected });
        b = `b${height}`;
      }
      script.core.restart();
      script.expectTip(`b${2 * round}`);
    }
  });

  test('without its undo record is damage, and named (attacks row 86)', () => {
    const script = new ChainScript();
    script.chain(['a1', 'a2'], 'genesis', 'tip');
    script.chain(['b1', 'b2'], 'genesis', 'side');
    script.core.store.delete(undoKey(script.idOf('a1')));
    script.build({ name: 'b3', on: 'b2' });
    expect(() => script.core.receive(script.bytesOf('b3'))).toThrow(StoreDamage);
  });
});

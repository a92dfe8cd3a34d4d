/**
 * Payments and rewards inside blocks: balances to the unit, and every way to make money out of
 * nothing refused.
 */
import { describe, expect, test } from 'vitest';
import type { RejectCode } from '../../src/core/base/rejects.ts';
import { U32_MAX, U64_MAX, toAmount, toHash, toNonce } from '../../src/core/base/types.ts';
import { hashCommitment } from '../../src/core/codec/block.ts';
import { encodeHeader, hashHeader } from '../../src/core/codec/header.ts';
import type { Output } from '../../src/core/codec/transaction.ts';
import { accountsRootOf } from '../../src/core/rules/accounts-root.ts';
import type { Network } from '../../src/core/rules/network.ts';
import type { Expected, Payment, Person } from '../kit/chain-script.ts';
import { ChainScript, addressOf, scriptNetwork } from '../kit/chain-script.ts';
import { supplyOf } from '../kit/ledger-model.ts';

const alice = addressOf('alice');
const bob = addressOf('bob');
const carol = addressOf('carol');
const ROOT = toHash(new Uint8Array(32).fill(1));
const outputs = (...pairs: readonly (readonly [Person, bigint])[]): Output[] =>
  pairs.map(([person, amount]) => ({ address: addressOf(person), amount: toAmount(amount) }));
const blamed = (index: number, inner: RejectCode): Expected => ({
  code: 'block-transaction-invalid',
  facts: { index, inner },
});

/** Alice has 1000, Bob 500, and a first block has given Carol 50. */
function openScript(): ChainScript {
  const script = new ChainScript();
  script.block({ name: 'start', on: 'genesis', miner: carol, expect: 'tip' });
  return script;
}

/** One block with these payments on top of the start. */
function tryPayments(payments: readonly (readonly [Person, Payment])[], expected: Expected): void {
  const script = openScript();
  const transactions = payments.map(([from, payment]) => script.pay(from, payment));
  script.block({ name: 'tried', on: 'start', transactions, expect: expected });
  if (expected !== 'tip') script.expectTip('start');
}

describe('double application (attacks row 3)', () => {
  const one: Payment = { nonce: 0, to: [['carol', 100n]], fee: 3n };

  test('one transaction twice in a block', () => {
    tryPayments(
      [
        ['alice', one],
        ['alice', one],
      ],
      blamed(1, 'tx-nonce-used'),
    );
  });

  test('two transactions of one nonce', () => {
    const other: Payment = { ...one, to: [['bob', 100n]] };
    tryPayments(
      [
        ['alice', one],
        ['bob', { ...one }],
        ['alice', other],
      ],
      blamed(2, 'tx-nonce-used'),
    );
  });

  test('nonces in the wrong order, and with a gap', () => {
    tryPayments(
      [
        ['alice', { ...one, nonce: 1 }],
        ['alice', one],
      ],
      blamed(0, 'tx-nonce-gap'),
    );
    tryPayments(
      [
        ['alice', one],
        ['alice', { ...one, nonce: 2 }],
      ],
      blamed(1, 'tx-nonce-gap'),
    );
  });

  test('a payment to oneself is debited first and costs its fee once', () => {
    const script = openScript();
    const transactions = [script.pay('alice', { nonce: 0, to: [['alice', 990n]], fee: 10n })];
    script.block({ name: 'a', on: 'start', transactions, miner: carol, expect: 'tip' });
    expect(script.accounts('alice', 'carol')).toEqual([
      [990n, 1],
      [110n, 0],
    ]);
    tryPayments(
      [['alice', { nonce: 0, to: [['alice', 1000n]], fee: 1n }]],
      blamed(0, 'tx-insufficient-funds'),
    );
  });

  test('a sender that mines gets its fee back, and its reward only afterwards', () => {
    const script = openScript();
    const spend = script.pay('alice', { nonce: 0, to: [['bob', 900n]], fee: 100n });
    script.block({ name: 'a', on: 'start', transactions: [spend], miner: alice, expect: 'tip' });
    expect(script.accounts('alice', 'bob')).toEqual([
      [150n, 1],
      [1400n, 0],
    ]);
    const early = script.pay('carol', { nonce: 0, to: [['bob', 51n]] });
    const funds = blamed(0, 'tx-insufficient-funds');
    script.block({ name: 'b', on: 'a', transactions: [early], miner: carol, expect: funds });
    script.block({ name: 'c', on: 'a', miner: carol, expect: 'tip' });
    script.block({ name: 'd', on: 'c', transactions: [early], expect: 'tip' });
  });

  test('a chain of payments inside one block moves money it has just received', () => {
    const script = openScript();
    const transactions = [
      script.pay('alice', { nonce: 0, to: [['dave', 1000n]] }),
      script.pay('dave', {
        nonce: 0,
        to: [
          ['erin', 600n],
          ['dave', 300n],
        ],
        fee: 100n,
      }),
      script.pay('erin', { nonce: 0, to: [['alice', 600n]] }),
    ];
    script.block({ name: 'a', on: 'start', transactions, expect: 'tip' });
    expect(script.accounts('alice', 'dave', 'erin')).toEqual([
      [600n, 1],
      [300n, 1],
      [0n, 1],
    ]);
    expect(supplyOf(script.modelOf('a'))).toBe(1500n + 50n - 100n);
    script.block({ name: 'b', on: 'a', transactions, expect: blamed(0, 'tx-nonce-used') });
  });
});

describe('overspending (attacks row 4)', () => {
  test.each([
    ['one unit too much', [1001n], 0n],
    ['the fee on top', [1000n], 1n],
    ['two outputs that wrap to nothing', [2n ** 63n, 2n ** 63n], 0n],
    ['two outputs that wrap to one', [2n ** 63n, 2n ** 63n + 1n], 0n],
    ['the highest output', [U64_MAX], 0n],
    ['an output that wraps with the fee', [U64_MAX], 1n],
    ['a fee that wraps', [1n], U64_MAX],
    ['around 2^53', [2n ** 53n - 1n, 2n ** 53n + 1n], 2n ** 53n],
    ['all of the highest', [U64_MAX, U64_MAX, U64_MAX], U64_MAX],
  ])('%s', (_name, amounts, fee) => {
    const to = amounts.map((amount) => ['carol', amount] as const);
    tryPayments([['alice', { nonce: 0, to, fee }]], blamed(0, 'tx-insufficient-funds'));
  });

  test('by the second payment of a block', () => {
    const half: Payment = { nonce: 0, to: [['carol', 600n]] };
    const payments = [
      ['alice', half],
      ['alice', { ...half, nonce: 1 }],
    ] as const;
    tryPayments(payments, blamed(1, 'tx-insufficient-funds'));
  });

  test('the whole balance is spendable; the emptied account keeps its nonce', () => {
    const script = openScript();
    const all = script.pay('alice', { nonce: 0, to: [['bob', 999n]], fee: 1n });
    script.block({ name: 'a', on: 'start', transactions: [all], expect: 'tip' });
    expect(script.accounts('alice', 'bob')).toEqual([
      [0n, 1],
      [1499n, 0],
    ]);
    const refill = script.pay('bob', { nonce: 0, to: [['alice', 999n]] });
    const replay = { name: 'b', on: 'a', transactions: [refill, all] };
    script.block({ ...replay, expect: blamed(1, 'tx-nonce-used') });
  });

  test('an output of nothing is invalid, one of the minimum is not (attacks row 34)', () => {
    const dust = scriptNetwork({ minimumOutput: toAmount(5n) });
    const tryAmounts = (amounts: readonly bigint[], expected: Expected): void => {
      const script = new ChainScript(dust);
      const to = amounts.map((amount) => ['carol', amount] as const);
      const transactions = [script.pay('alice', { nonce: 0, to })];
      script.block({ name: 'a', on: 'genesis', transactions, expect: expected });
    };
    tryAmounts([5n, 5n], 'tip');
    for (const low of [0n, 1n, 4n]) tryAmounts([5n, low], blamed(0, 'tx-output-below-minimum'));
    tryAmounts([], blamed(0, 'tx-no-outputs'));
  });

  test('no fee at all is valid', () => {
    tryPayments([['alice', { nonce: 0, to: [['bob', 1n]] }]], 'tip');
  });
});

describe('the reward (attacks rows 5 and 6)', () => {
  const fee = 7n;
  const claim = (claimed: readonly (readonly [Person, bigint])[], expected: Expected): void => {
    const script = openScript();
    const transactions = [script.pay('alice', { nonce: 0, to: [['bob', 1n]], fee })];
    script.block({
      name: 'claimed',
      on: 'start',
      transactions,
      outputs: outputs(...claimed),
      ...(expected === 'tip' ? {} : { wrong: { accountsRoot: ROOT } }),
      expect: expected,
    });
  };
  const tooMuch = (claimed: bigint): Expected => ({
    code: 'coinbase-claims-too-much',
    facts: { claimed, allowed: 57n },
  });

  test('all of it, some of it or none of it may be claimed, the rest is burned', () => {
    claim([['carol', 57n]], 'tip');
    claim([['carol', 56n]], 'tip');
    claim(
      [
        ['carol', 50n],
        ['dave', 6n],
        ['carol', 1n],
      ],
      'tip',
    );
    claim([], 'tip');
  });

  test('one more is refused, so is a sum that wraps', () => {
    claim([['carol', 58n]], tooMuch(58n));
    claim(
      [
        ['carol', 57n],
        ['dave', 1n],
      ],
      tooMuch(58n),
    );
    claim(
      [
        ['carol', U64_MAX],
        ['dave', 58n],
      ],
      tooMuch(U64_MAX + 58n),
    );
    claim(
      [
        ['carol', 2n ** 63n],
        ['dave', 2n ** 63n],
      ],
      tooMuch(2n ** 64n),
    );
  });

  test('an output of nothing is refused', () => {
    claim([['carol', 0n]], 'coinbase-output-below-minimum');
  });

  test('the supply is allocations + claims - fees at every block', () => {
    const script = openScript();
    const pay = script.pay('alice', { nonce: 0, to: [['bob', 10n]], fee: 20n });
    script.block({
      name: 'a',
      on: 'start',
      transactions: [pay],
      outputs: outputs(['dave', 3n]),
      expect: 'tip',
    });
    expect(supplyOf(script.modelOf('a'))).toBe(1500n + 50n + 3n - 20n);
  });

  test('halves on time and runs out', () => {
    const script = new ChainScript(scriptNetwork({ reward: toAmount(5n), halvingBlocks: 2 }));
    const expected = [5n, 2n, 2n, 1n, 1n, 0n, 0n];
    let on = 'genesis';
    for (const [i, reward] of expected.entries()) {
      const name = `h${i + 1}`;
      const over = { name: `${name}-over`, on, outputs: outputs(['dave', reward + 1n]) };
      script.block({ ...over, expect: 'coinbase-claims-too-much' });
      script.block({
        name,
        on,
        outputs: reward > 0n ? outputs(['carol', reward]) : [],
        expect: 'tip',
      });
      on = name;
    }
    expect(script.accounts('carol')).toEqual([[11n, 0]]);
  });

  test('coinbases of one miner at one time have ids of their own, by height', () => {
    const script = openScript();
    const extra = new Uint8Array(8);
    const first = script.build({ name: 'a', on: 'start', miner: carol, extra });
    const second = script.build({ name: 'b', on: 'a', miner: carol, extra });
    script.send('a', 'tip');
    script.send('b', 'tip');
    expect(first.header.commitment).not.toEqual(second.header.commitment);
    expect(script.accounts('carol')).toEqual([[150n, 0]]);
  });
});

describe('replay (attacks row 29)', () => {
  test('neither a confirmed nor a reverted and confirmed transaction applies twice', () => {
    const script = openScript();
    const pay = script.pay('alice', { nonce: 0, to: [['bob', 10n]] });
    const again = blamed(0, 'tx-nonce-used');
    script.block({ name: 'a1', on: 'start', transactions: [pay], expect: 'tip' });
    script.block({ name: 'a2', on: 'a1', transactions: [pay], expect: again });
    script.block({ name: 'b1', on: 'start', expect: 'side' });
    script.block({ name: 'b2', on: 'b1', transactions: [pay], expect: 'tip' });
    script.block({ name: 'b3', on: 'b2', transactions: [pay], expect: again });
    script.block({ name: 'c2', on: 'a1', expect: 'side' });
    script.block({ name: 'c3', on: 'c2', expect: 'tip' });
    script.block({ name: 'c4', on: 'c3', transactions: [pay], expect: again });
    expect(script.accounts('alice', 'bob')).toEqual([
      [990n, 1],
      [510n, 0],
    ]);
  });

  test('a transaction of another network is refused (attacks row 28)', () => {
    const script = openScript();
    const other = new ChainScript(scriptNetwork({ salt: new Uint8Array(8) }));
    const foreign = other.pay('alice', { nonce: 0, to: [['bob', 10n]] });
    const transactions = [foreign];
    script.block({
      name: 'a',
      on: 'start',
      transactions,
      expect: blamed(0, 'tx-signature-invalid'),
    });
  });
});

/** A network that begins with an account which has sent almost all it ever can. */
function networkWithOldAccount(nonce: number): Network {
  const network = scriptNetwork();
  const accounts = network.genesis.accounts.map((account) =>
    account.address === alice ? { ...account, nonce: toNonce(nonce) } : account,
  );
  const committed = { ...network.genesis.committed, accountsRoot: accountsRootOf(accounts) };
  const fields = { ...network.genesis.header, commitment: hashCommitment(committed) };
  const bytes = encodeHeader(fields);
  const header = { ...fields, bytes, id: hashHeader(bytes) };
  return {
    ...network,
    id: header.id,
    genesis: { ...network.genesis, header, committed, accounts },
  };
}

describe('the last nonces (attacks row 30)', () => {
  test('2^32 - 2 is the last valid one; a frozen account can still receive', () => {
    const script = new ChainScript(networkWithOldAccount(U32_MAX - 1));
    const last = script.pay('alice', { nonce: U32_MAX - 1, to: [['bob', 10n]] });
    const beyond = script.pay('alice', { nonce: U32_MAX, to: [['bob', 10n]] });
    const wrapped = script.pay('alice', { nonce: 0, to: [['bob', 10n]] });
    const early = { name: 'x', on: 'genesis', transactions: [beyond] };
    script.block({ ...early, expect: blamed(0, 'tx-nonce-exhausted') });
    script.block({ name: 'a', on: 'genesis', transactions: [last], expect: 'tip' });
    expect(script.accounts('alice')).toEqual([[990n, U32_MAX]]);
    const wrong = { accountsRoot: ROOT };
    const next = (name: string, transaction: typeof last, inner: RejectCode): void => {
      const transactions = [transaction];
      script.block({ name, on: 'a', transactions, wrong, expect: blamed(0, inner) });
    };
    next('b', beyond, 'tx-nonce-exhausted');
    next('c', wrapped, 'tx-nonce-used');
    next('d', last, 'tx-nonce-used');
    const gift = script.pay('bob', { nonce: 0, to: [['alice', 5n]] });
    script.block({ name: 'e', on: 'a', transactions: [gift], miner: bob, expect: 'tip' });
    expect(script.accounts('alice')).toEqual([[995n, U32_MAX]]);
  });

  test('a reorg takes the last nonce back', () => {
    const script = new ChainScript(networkWithOldAccount(U32_MAX - 1));
    const last = script.pay('alice', { nonce: U32_MAX - 1, to: [['bob', 10n]] });
    script.block({ name: 'a', on: 'genesis', transactions: [last], expect: 'tip' });
    script.block({ name: 'b1', on: 'genesis', expect: 'side' });
    script.block({ name: 'b2', on: 'b1', expect: 'tip' });
    expect(script.accounts('alice')).toEqual([[1000n, U32_MAX - 1]]);
    script.block({ name: 'b3', on: 'b2', transactions: [last], expect: 'tip' });
  });
});

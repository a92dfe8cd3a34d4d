/**
 * What a transaction does to accounts: nothing is created, nothing is lost, at the edges of u64
 * too.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Address } from '../../../../src/core/base/types.ts';
import { U32_MAX, U64_MAX, toAmount, toNonce } from '../../../../src/core/base/types.ts';
import type { Transaction } from '../../../../src/core/codec/transaction.ts';
import { sumOutputs } from '../../../../src/core/codec/transaction.ts';
import type { Account } from '../../../../src/core/rules/account.ts';
import {
  applyTransaction,
  checkTransactionAlone,
  checkTransactionInContext,
} from '../../../../src/core/rules/transaction.ts';
import * as arbitrary from '../../../kit/arbitraries.ts';
import { toAddress, vectorNetwork } from '../../../kit/vectors.ts';

const { params } = vectorNetwork('easy');
const [alice, bob] = ['aa', 'bb'].map((byte) => toAddress(byte.repeat(20))) as [Address, Address];
const account = (balance: bigint, nonce = 0): Account => ({
  balance: toAmount(balance),
  nonce: toNonce(nonce),
});
const sample: Transaction = fc.sample(arbitrary.transaction, { numRuns: 1, seed: 1 })[0]!;

function payment(fields: {
  readonly nonce?: number;
  readonly fee?: bigint;
  readonly outputs: readonly (readonly [Address, bigint])[];
}): Transaction {
  const outputs = fields.outputs.map(([address, amount]) => ({
    address,
    amount: toAmount(amount),
  }));
  const fee = toAmount(fields.fee ?? 0n);
  return {
    ...sample,
    sender: alice,
    senderKey: Uint8Array.of(2, ...sample.senderKey.subarray(1)) as typeof sample.senderKey,
    nonce: toNonce(fields.nonce ?? 0),
    fee,
    outputs,
    cost: toAmount(sumOutputs(outputs) + fee),
  };
}

const supply = (accounts: ReadonlyMap<Address, Account>): bigint =>
  [...accounts.values()].reduce((sum, { balance }) => sum + balance, 0n);

describe('applying (docs/protocol.md section 5)', () => {
  test('moves exactly the outputs, takes exactly the fee, raises one nonce', () => {
    const amounts = fc.array(fc.tuple(fc.constantFrom(alice, bob), arbitrary.u64), {
      maxLength: 4,
    });
    const balance = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
    const small = fc.bigInt({ min: 0n, max: 2n ** 61n });
    const outputs = fc.oneof(
      amounts,
      fc.array(fc.tuple(fc.constantFrom(alice, bob), small), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(balance, outputs, fc.oneof(small, arbitrary.u64), (held, paid, fee) => {
        const accounts = new Map([[alice, account(held, 7)]]);
        const transaction = payment({ nonce: 7, outputs: paid, fee });
        const needed = paid.reduce((sum, [, amount]) => sum + amount, fee);
        const verdict = applyTransaction(transaction, accounts);
        expect(verdict.ok).toBe(needed <= held);
        expect(supply(accounts)).toBe(verdict.ok ? held - fee : held);
        expect(accounts.get(alice)?.nonce).toBe(verdict.ok ? 8 : 7);
        if (!verdict.ok) expect(verdict).toMatchObject({ facts: { balance: held, needed } });
      }),
    );
  });

  test('sums that wrap in 64 bits are far above any balance (attacks row 4)', () => {
    const half = 2n ** 63n;
    for (const outputs of [
      [half, half],
      [U64_MAX, 1n],
      [1n, U64_MAX],
      [2n ** 53n, U64_MAX],
    ]) {
      const accounts = new Map([[alice, account(2n ** 63n - 1n)]]);
      const paid = outputs.map((amount) => [bob, amount] as const);
      for (const fee of [0n, 1n, U64_MAX]) {
        expect(applyTransaction(payment({ outputs: paid, fee }), accounts)).toMatchObject({
          code: 'tx-insufficient-funds',
          facts: { needed: outputs[0]! + outputs[1]! + fee },
        });
      }
      expect(supply(accounts)).toBe(2n ** 63n - 1n);
    }
  });

  test('to oneself costs the fee once; the own output does not pay for it', () => {
    const accounts = new Map([[alice, account(100n)]]);
    expect(applyTransaction(payment({ outputs: [[alice, 90n]], fee: 10n }), accounts).ok).toBe(
      true,
    );
    expect(accounts.get(alice)).toEqual(account(90n, 1));
    const again = payment({ nonce: 1, outputs: [[alice, 90n]], fee: 1n });
    expect(applyTransaction(again, accounts)).toMatchObject({ code: 'tx-insufficient-funds' });
  });

  test('the last nonce freezes the account (attacks row 30)', () => {
    const accounts = new Map([[alice, account(100n, U32_MAX - 1)]]);
    const last = payment({ nonce: U32_MAX - 1, outputs: [[bob, 1n]] });
    expect(checkTransactionAlone({ ...last, outputs: [] }, params).ok).toBe(false);
    expect(applyTransaction(last, accounts).ok).toBe(true);
    expect(accounts.get(alice)).toEqual(account(99n, U32_MAX));
    const wrapped = payment({ nonce: 0, outputs: [[bob, 1n]] });
    expect(applyTransaction(wrapped, accounts)).toMatchObject({ code: 'tx-nonce-used' });
    const beyond = payment({ nonce: U32_MAX, outputs: [[bob, params.minimumOutput]] });
    expect(checkTransactionAlone(beyond, params)).toMatchObject({ code: 'tx-nonce-exhausted' });
  });

  test('a nonce is judged before funds, on both sides of the expected one', () => {
    const poor = account(0n, 5);
    const codes = [4, 5, 6].map((nonce) => {
      const verdict = checkTransactionInContext(payment({ nonce, outputs: [[bob, 1n]] }), poor);
      return verdict.ok ? undefined : verdict.code;
    });
    expect(codes).toEqual(['tx-nonce-used', 'tx-insufficient-funds', 'tx-nonce-gap']);
  });
});

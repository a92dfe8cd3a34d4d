/**
 * Owns: the rules of a transaction: T3 to T6 alone, T8 to T10 against its sender's account, and its
 * effect.
 * Does not own: the signature check T7 (an effect: io/verify) or relay policy (chain/mempool).
 * Layer 2. docs/protocol.md sections 5, 10.1 and 10.2.
 */
import { assert } from '../base/assert.ts';
import type { Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import type { Address, Nonce } from '../base/types.ts';
import { U32_MAX, U64_MAX, toAmount, toNonce } from '../base/types.ts';
import type { Output, Transaction } from '../codec/transaction.ts';
import type { Account } from './account.ts';
import { ABSENT_ACCOUNT } from './account.ts';
import type { Params } from './params.ts';

/** The accounts a block is applied to. */
export interface AccountsWriter {
  get(address: Address): Account | undefined;
  set(address: Address, account: Account): void;
}

/** The position and amount of the first output below the network's minimum (T5, B7). */
export function findOutputBelowMinimum(
  outputs: readonly Output[],
  params: Params,
): { readonly output: number; readonly amount: bigint; readonly minimum: bigint } | undefined {
  const minimum = params.minimumOutput;
  const output = outputs.findIndex(({ amount }) => amount < minimum);
  const low = outputs[output];
  return low === undefined ? undefined : { output, amount: low.amount, minimum };
}

/**
 * T3 to T6: `tx-no-outputs`, `tx-key-malformed`, `tx-output-below-minimum`, `tx-nonce-exhausted`.
 */
export function checkTransactionAlone(transaction: Transaction, params: Params): Result<undefined> {
  if (transaction.outputs.length === 0) return reject('tx-no-outputs');
  const prefix = transaction.senderKey[0] as number;
  if (prefix !== 2 && prefix !== 3) return reject('tx-key-malformed', { prefix });
  const low = findOutputBelowMinimum(transaction.outputs, params);
  if (low !== undefined) return reject('tx-output-below-minimum', low);
  if (transaction.nonce === U32_MAX) {
    return reject('tx-nonce-exhausted', { nonce: transaction.nonce });
  }
  return PASSED;
}

/** T8 and T9 against the nonce that the next transaction of the sender needs. */
function checkNonce(nonce: Nonce, expected: Nonce): Result<undefined> {
  if (nonce < expected) return reject('tx-nonce-used', { nonce, expected });
  if (nonce > expected) return reject('tx-nonce-gap', { nonce, expected });
  return PASSED;
}

/** T8 to T10: `tx-nonce-used`, `tx-nonce-gap`, `tx-insufficient-funds`. */
export function checkTransactionInContext(
  transaction: Transaction,
  account: Account,
): Result<undefined> {
  const nonce = checkNonce(transaction.nonce, account.nonce);
  if (!nonce.ok) return nonce;
  if (transaction.cost > account.balance) {
    return reject('tx-insufficient-funds', { balance: account.balance, needed: transaction.cost });
  }
  return PASSED;
}

/**
 * Adds an output to its account. No balance can pass the supply, which the genesis rules keep below
 * 2^63.
 */
export function creditOutput(accounts: AccountsWriter, output: Output): void {
  const account = accounts.get(output.address) ?? ABSENT_ACCOUNT;
  const balance = account.balance + output.amount;
  assert(balance <= U64_MAX, 'no credit passes the supply');
  accounts.set(output.address, { balance: toAmount(balance), nonce: account.nonce });
}

/** Checks T8 to T10 and applies the transaction: debit, nonce, then credits in order. */
export function applyTransaction(
  transaction: Transaction,
  accounts: AccountsWriter,
): Result<undefined> {
  const account = accounts.get(transaction.sender) ?? ABSENT_ACCOUNT;
  const verdict = checkTransactionInContext(transaction, account);
  if (!verdict.ok) return verdict;
  accounts.set(transaction.sender, {
    balance: toAmount(account.balance - transaction.cost),
    nonce: toNonce(account.nonce + 1),
  });
  for (const output of transaction.outputs) creditOutput(accounts, output);
  return PASSED;
}

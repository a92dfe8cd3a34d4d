/**
 * Owns: verdicts of the rules as a person reads them: one sentence, sometimes a hint, facts as
 * JSON.
 * Does not own: the codes and their facts (core/base/rejects). docs/protocol.md section 12.
 */
import type { Reject, RejectCode } from '../core/base/rejects.ts';
import { toAmount } from '../core/base/types.ts';
import { formatCoins } from '../core/codec/coins.ts';
import type { ErrorDataJson } from './schemas/results.ts';

/** Sentences for what a caller can be answered; `{name}` stands for a fact. */
const SENTENCES: Partial<Readonly<Record<RejectCode, string>>> = {
  'tx-malformed': 'the bytes are no transaction',
  'tx-version-unknown': 'transaction version {version} is unknown',
  'tx-no-outputs': 'the transaction pays nobody',
  'tx-key-malformed': 'the sender key is not a compressed public key',
  'tx-output-below-minimum':
    'output {index} of {amount} is below the smallest allowed, {minimum} coins',
  'tx-nonce-exhausted': 'nonce {nonce} is never valid: the account has reached its end',
  'tx-signature-invalid': 'the signature does not fit the transaction on this network',
  'tx-nonce-used': 'nonce {nonce} is used; the account needs {expected} next',
  'tx-nonce-gap': 'nonce {nonce} is ahead of the account, which needs {expected} next',
  'tx-insufficient-funds': 'the sender has {balance} coins, the transaction needs {needed}',
  'tx-known': 'the transaction is known already',
  'tx-fee-too-low': 'the fee of {fee} is below the minimum of {minimum} coins',
  'tx-pool-full': 'the pool is full; a fee of {minimum} instead of {fee} coins would enter',
  'tx-replacement-underpriced':
    'another transaction has this nonce; replacing it takes a fee of {minimum} instead of {fee}',
  'tx-replacement-limit': 'this nonce was replaced {limit} times already; wait for the next block',
  'tx-account-limit': 'the account has {limit} transactions in the pool already',
  'tx-gap-limit': 'nonce {nonce} is more than {limit} ahead of {expected}, the next one to use',
  'tx-waiting-limit': 'the account has {limit} waiting transactions already',
  'header-malformed': 'the header is not 80 bytes long',
  'header-version-unknown': 'header version {version} is unknown',
  'header-bits-malformed': 'bits {bits} are no target that this network allows',
  'header-work-insufficient': 'the block id does not meet its target',
  'header-parent-unknown': 'the parent {parent} is unknown',
  'header-parent-invalid': 'the parent {parent} is invalid',
  'header-bits-wrong': 'the bits are {bits}, this height demands {expected}',
  'header-time-too-old': 'the time {time} is not above the median time {median}',
  'header-time-too-new': 'the time {time} is later than {limit}, too far in the future',
  'block-too-large': 'the block has {size} bytes, {limit} are allowed',
  'block-malformed': 'the bytes are no block',
  'block-commitment-mismatch': 'the body is not the one the header commits to',
  'block-transactions-root-mismatch': 'the transactions do not hash to the stated root',
  'block-height-wrong': 'the block says height {height}, its parent demands {expected}',
  'coinbase-height-wrong': 'the coinbase says height {height}, the block has {expected}',
  'coinbase-output-below-minimum': 'coinbase output {index} is below {minimum} coins',
  'coinbase-claims-too-much': 'the coinbase claims {claimed} coins, {allowed} are allowed',
  'block-transaction-invalid': 'transaction {index} of the block is invalid: {inner}',
  'block-history-root-wrong': 'the stated history root is not that of the chain',
  'block-accounts-root-wrong': 'the stated accounts root is not the one the block leads to',
  'block-known': 'the block is known already',
  'address-malformed': 'this is no address of this network',
};

const HINTS: Partial<Readonly<Record<RejectCode, string>>> = {
  'tx-signature-invalid': 'signatures bind the network id: sign again for this network',
  'tx-nonce-used': 'take the next nonce from account.get',
  'tx-replacement-underpriced': 'raise the fee, or take the next nonce from account.get',
  'address-malformed': 'addresses carry the network prefix and a checksum: copy it whole',
};

/** The sentence of a code, with `{name}` for each fact. */
export function rejectTemplate(code: RejectCode): string {
  return SENTENCES[code] ?? `refused by the rules: ${code}`;
}

/** The sentence for a verdict, and the next step where there is an obvious one. */
export function rejectToText(verdict: Reject): {
  readonly message: string;
  readonly hint?: string;
} {
  const facts = factsToJson(verdict);
  const message = rejectTemplate(verdict.code).replace(/\{(\w+)\}/g, (_, name: string) =>
    String(facts[name] ?? '?'),
  );
  const hint = HINTS[verdict.code];
  return hint === undefined ? { message } : { message, hint };
}

/** Facts as JSON: amounts (the only big integers) in coins, compact bits as 8 hex digits. */
export function factsToJson({ code, facts }: Reject): ErrorDataJson['facts'] {
  const areBits = code.startsWith('header-bits-');
  const entries = Object.entries(facts).map(([name, fact]): [string, string | number] => {
    if (typeof fact === 'bigint') return [name, formatCoins(toAmount(fact))];
    if (areBits && typeof fact === 'number') return [name, fact.toString(16).padStart(8, '0')];
    return [name, fact];
  });
  return Object.fromEntries(entries);
}

/**
 * Owns: making and verifying signatures with a memory, since they cost more than all else in a run.
 * Does not own: when an answer arrives (sim/process). Both are pure, so a memory changes no outcome
 * and may be shared by many simulations.
 */
import { required } from '../core/base/assert.ts';
import { signDigest, verifyDigest } from '../core/base/crypto.ts';
import type { BlockId } from '../core/base/types.ts';
import type { Transaction, TransactionFields } from '../core/codec/transaction.ts';
import {
  decodeTransaction,
  encodeTransaction,
  encodeUnsigned,
  hashForSigning,
  signingDigest,
} from '../core/codec/transaction.ts';
import type { Wallet } from './world.ts';

function bytesToText(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
}

function decodeOwn(bytes: Uint8Array): Transaction {
  const decoded = decodeTransaction(bytes);
  return required(decoded.ok ? decoded.value : undefined, 'what the node decoded decodes');
}

export class Signatures {
  readonly #networkId: BlockId;
  readonly #signed = new Map<string, Transaction>();
  readonly #verdicts = new Map<string, boolean>();

  constructor(networkId: BlockId) {
    this.#networkId = networkId;
  }

  sign(wallet: Wallet, fields: Omit<TransactionFields, 'senderKey'>): Transaction {
    const complete: TransactionFields = { ...fields, senderKey: wallet.key };
    const unsigned = encodeUnsigned(complete);
    const name = bytesToText(unsigned);
    const known = this.#signed.get(name);
    if (known !== undefined) return known;
    const digest = hashForSigning(unsigned, this.#networkId);
    const signature = signDigest({ digest, secret: wallet.secret });
    const transaction = decodeOwn(encodeTransaction(complete, signature));
    this.#signed.set(name, transaction);
    // Signing has verified its own result.
    this.#verdicts.set(bytesToText(transaction.bytes), true);
    return transaction;
  }

  /** T7 of a transaction's bytes, by the portable verifier. */
  isValid(bytes: Uint8Array): boolean {
    const name = bytesToText(bytes);
    const known = this.#verdicts.get(name);
    if (known !== undefined) return known;
    const transaction = decodeOwn(bytes);
    const digest = signingDigest(transaction, this.#networkId);
    const verdict = verifyDigest(transaction.signature, digest, transaction.senderKey);
    this.#verdicts.set(name, verdict);
    return verdict;
  }
}

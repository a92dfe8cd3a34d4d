/** Owns: attackers' keys and signed payments, by the second implementation. */
import { createHash } from 'node:crypto';
import { addressOf, addressToText, publicKeyOf } from '../../vectors/reference/keys.mjs';
import { createTransaction, transactionId } from '../../vectors/reference/transaction.mjs';
import { hex } from '../../vectors/reference/bytes.mjs';

export const COIN = 100_000_000n;

export interface Wallet extends Reference.Key {
  /** The address as text. */
  readonly text: string;
}

export interface Payment extends Omit<Reference.TransactionFields, 'outputs'> {
  readonly nonce: number;
  /** Receiver and base units. */
  readonly to: readonly (readonly [Pick<Reference.Key, 'address'>, bigint])[];
}

/** The same wallet for the same name, on every network of this prefix. */
export function createWallet(name: string, prefix = 'atk'): Wallet {
  const secret = createHash('sha256').update(`wallet ${name}`).digest();
  const publicKey = publicKeyOf(secret);
  const address = addressOf(publicKey);
  return { secret, publicKey, address, text: addressToText(prefix, address) };
}

export function createWallets(name: string, count: number): readonly Wallet[] {
  return Array.from({ length: count }, (_, index) => createWallet(`${name} ${index}`));
}

/** The relay minimum of docs/protocol.md section 13. */
export function minimumFee(outputCount: number, memoBytes = 0): bigint {
  const size = 112n + 28n * BigInt(outputCount) + BigInt(memoBytes);
  return ((size + 100n * BigInt(outputCount)) * 83_333n + 999n) / 1_000n;
}

/** A signed payment; the fee is the relay minimum unless told. */
export function pay(network: Reference.Network, from: Wallet, payment: Payment): Buffer {
  const { to, ...fields } = payment;
  const fee = fields.fee ?? minimumFee(to.length, fields.memo?.length);
  const outputs = to.map(([{ address }, amount]) => ({ address, amount }));
  return createTransaction(network.id, from, { ...fields, fee, outputs });
}

export function idOf(transaction: Uint8Array): string {
  return hex(transactionId(transaction));
}

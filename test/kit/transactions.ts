/**
 * Owns: transactions for tests that never verify a signature: real bytes and ids, made-up keys and
 * signatures.
 */
import { required } from '../../src/core/base/assert.ts';
import { publicKeyToAddress } from '../../src/core/base/crypto.ts';
import type { Address, PublicKey } from '../../src/core/base/types.ts';
import { addressFromBytes, toAmount, toNonce } from '../../src/core/base/types.ts';
import { toPublicKey, toSignature } from '../../src/core/base/types.ts';
import type { Transaction } from '../../src/core/codec/transaction.ts';
import { decodeTransaction, encodeTransaction } from '../../src/core/codec/transaction.ts';

const keys: PublicKey[] = [];
const addresses: Address[] = [];

/** The made-up key number `index`. */
export function fakeKey(index: number): PublicKey {
  const bytes = new Uint8Array(33);
  bytes[0] = 2;
  new DataView(bytes.buffer).setUint32(1, index + 1);
  return (keys[index] ??= toPublicKey(bytes));
}

/** The address of `fakeKey(index)`. */
export function fakeAddress(index: number): Address {
  return (addresses[index] ??= publicKeyToAddress(fakeKey(index)));
}

export interface FakeTransaction {
  /** Index of the sender's key. */
  readonly from: number;
  readonly nonce: number;
  readonly fee: bigint;
  /** Of each output. */
  readonly amount?: bigint;
  readonly outputCount?: number;
  readonly memoSize?: number;
  /** Tells apart transactions that are else equal. */
  readonly variant?: number;
}

export function fakeTransaction(fake: FakeTransaction): Transaction {
  const output = {
    address: addressFromBytes(new Uint8Array(20)),
    amount: toAmount(fake.amount ?? 1n),
  };
  const signature = new Uint8Array(64);
  new DataView(signature.buffer).setUint32(0, fake.variant ?? 0);
  const bytes = encodeTransaction(
    {
      senderKey: fakeKey(fake.from),
      nonce: toNonce(fake.nonce),
      fee: toAmount(fake.fee),
      outputs: Array.from({ length: fake.outputCount ?? 1 }, () => output),
      memo: new Uint8Array(fake.memoSize ?? 0),
    },
    toSignature(signature),
  );
  const decoded = decodeTransaction(bytes);
  return required(decoded.ok ? decoded.value : undefined, 'an encoded transaction decodes');
}

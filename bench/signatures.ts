/**
 * Owns: signed transfers to measure with, and the bare rate at which each back-end verifies them.
 * Does not own: the back-ends (io/verify).
 */
import { secretToPublicKey, signDigest } from '../src/core/base/crypto.ts';
import type { Address, BlockId } from '../src/core/base/types.ts';
import { addressFromBytes, toAmount, toNonce } from '../src/core/base/types.ts';
import { publicKeyToAddress } from '../src/core/base/crypto.ts';
import type { Transaction, TransactionFields } from '../src/core/codec/transaction.ts';
import {
  decodeTransaction,
  encodeTransaction,
  encodeUnsigned,
  hashForSigning,
  signingDigest,
} from '../src/core/codec/transaction.ts';
import type { BackendName, VerifyBackend } from '../src/io/verify/backend.ts';
import { BACKEND_NAMES, loadBackend } from '../src/io/verify/backend.ts';
import type { Rate } from './measure.ts';
import { measure, printRate, printTitle } from './measure.ts';

const SENDERS = 200;
const FEE = toAmount(100_000n);
const AMOUNT = toAmount(1_000_000n);

/** The accounts that pay in all benchmarks. */
const SENDER_SECRETS: readonly Uint8Array[] = Array.from({ length: SENDERS }, (_, i) => {
  const secret = new Uint8Array(32).fill(7);
  secret[31] = i + 1;
  return secret;
});

export function senderAddresses(): readonly Address[] {
  return SENDER_SECRETS.map((secret) => publicKeyToAddress(secretToPublicKey(secret)));
}

function recipient(index: number): Address {
  const bytes = new Uint8Array(20);
  new DataView(bytes.buffer).setUint32(0, Math.imul(index + 1, 2_654_435_761) >>> 0);
  return addressFromBytes(bytes);
}

/** Simple transfers, `perSender` of each sender in nonce order, each to an account of its own. */
export function createTransfers(networkId: BlockId, perSender: number): readonly Transaction[] {
  const transfers: Transaction[] = [];
  for (let nonce = 0; nonce < perSender; nonce++) {
    for (const secret of SENDER_SECRETS) {
      const fields: TransactionFields = {
        senderKey: secretToPublicKey(secret),
        nonce: toNonce(nonce),
        fee: FEE,
        outputs: [{ address: recipient(transfers.length), amount: AMOUNT }],
        memo: new Uint8Array(0),
      };
      const digest = hashForSigning(encodeUnsigned(fields), networkId);
      const signed = decodeTransaction(encodeTransaction(fields, signDigest({ digest, secret })));
      if (!signed.ok) throw new Error(`a transfer does not parse: ${signed.code}`);
      transfers.push(signed.value);
    }
  }
  return transfers;
}

/** Prints each back-end's rate as a ratio to noble's, and answers the best one's: the bare rate. */
export async function benchSignatures(
  networkId: BlockId,
  transfers: readonly Transaction[],
): Promise<{ readonly name: BackendName; readonly rate: Rate }> {
  printTitle('Signature verification, one thread (reference: noble)');
  const rates = new Map<BackendName, Rate>();
  for (const name of [...BACKEND_NAMES].reverse()) {
    const backend = await loadBackend(name);
    const rate = benchBackend(backend, networkId, transfers);
    rates.set(name, rate);
    const noble = rates.get('noble') ?? rate;
    printRate(name, rate, name === 'noble' ? undefined : { name: 'noble', rate: noble });
  }
  const best = BACKEND_NAMES.find((name) => rates.has(name)) ?? 'noble';
  return { name: best, rate: rates.get(best) as Rate };
}

function benchBackend(
  backend: VerifyBackend,
  networkId: BlockId,
  transfers: readonly Transaction[],
): Rate {
  const count = Math.min(transfers.length, backend.name === 'noble' ? 200 : 2_000);
  return measure({
    operations: count,
    prepare: () =>
      transfers.slice(0, count).map((transaction) => ({
        ...transaction,
        digest: signingDigest(transaction, networkId),
      })),
    run: (items) => {
      for (const { signature, digest, senderKey } of items) {
        if (!backend.verify(signature, digest, senderKey)) throw new Error('a signature is wrong');
      }
    },
  });
}

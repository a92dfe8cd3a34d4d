/**
 * Owns: the bytes of a transaction and of the outputs inside it; its id and its signing digest.
 * Does not own: which transactions are allowed (rules/transaction). Layer 1. docs/protocol.md
 * section 5.
 */
import { createTaggedHash, publicKeyToAddress } from '../base/crypto.ts';
import type { Result } from '../base/rejects.ts';
import type {
  Address,
  Amount,
  BlockId,
  Hash,
  Nonce,
  PublicKey,
  Signature,
  TxId,
} from '../base/types.ts';
import {
  blockIdToBytes,
  toAmount,
  toNonce,
  toPublicKey,
  toSignature,
  txIdFromBytes,
} from '../base/types.ts';
import type { Reader } from './reader.ts';
import { decodeWith } from './reader.ts';
import { Writer } from './writer.ts';

const TRANSACTION_VERSION = 1;
export const TRANSACTION_SIZE_MAX = 7507;
export const OUTPUT_SIZE = 28;
const SIGNATURE_SIZE = 64;
/** Everything but outputs and memo: version, key, nonce, fee, two counts, signature. */
const FIXED_SIZE = 1 + 33 + 4 + 8 + 1 + 1 + SIGNATURE_SIZE;

export interface Output {
  readonly address: Address;
  readonly amount: Amount;
}

/** What a signer decides. */
export interface TransactionFields {
  readonly senderKey: PublicKey;
  readonly nonce: Nonce;
  readonly fee: Amount;
  readonly outputs: readonly Output[];
  readonly memo: Uint8Array;
}

/** A decoded transaction: T1 and T2 have passed, nothing else is known. */
export interface Transaction extends TransactionFields {
  readonly id: TxId;
  readonly bytes: Uint8Array;
  readonly sender: Address;
  /** The sum of outputs and fee; may exceed u64. */
  readonly cost: Amount;
  readonly signature: Signature;
}

const hashTransactionId = createTaggedHash('cairn/txid');
const hashSigned = createTaggedHash('cairn/transaction');

export function readOutput(reader: Reader): Output {
  return { address: reader.address(), amount: toAmount(reader.u64()) };
}

export function writeOutput(writer: Writer, output: Output): void {
  writer.address(output.address).u64(output.amount);
}

export function sumOutputs(outputs: readonly Output[]): Amount {
  let sum = 0n;
  for (const output of outputs) sum += output.amount;
  return toAmount(sum);
}

/**
 * Reads one transaction inside a larger structure; fails with `tx-malformed` or
 * `tx-version-unknown`.
 */
export function readTransaction(reader: Reader): Transaction {
  const start = reader.offset;
  if (reader.remaining < 1) reader.fail('tx-malformed', { size: 0 });
  const version = reader.u8();
  if (version !== TRANSACTION_VERSION) reader.fail('tx-version-unknown', { version });
  const senderKey = toPublicKey(reader.view(33));
  const nonce = toNonce(reader.u32());
  const fee = toAmount(reader.u64());
  const outputs = reader.list(reader.u8(), () => readOutput(reader));
  const memo = reader.view(reader.u8());
  const signature = toSignature(reader.view(SIGNATURE_SIZE));
  const bytes = reader.bytes.subarray(start, reader.offset);
  return {
    id: txIdFromBytes(hashTransactionId(bytes)),
    bytes,
    senderKey,
    sender: publicKeyToAddress(senderKey),
    nonce,
    fee,
    outputs,
    cost: toAmount(sumOutputs(outputs) + fee),
    memo,
    signature,
  };
}

/** Decodes a loose transaction (checks T1 and T2): `tx-malformed`, `tx-version-unknown`. */
export function decodeTransaction(bytes: Uint8Array): Result<Transaction> {
  return decodeWith(bytes, 'tx-malformed', readTransaction);
}

/** How many bytes a transaction of this form has. */
export function transactionSize(form: {
  readonly outputCount: number;
  readonly memoSizeBytes: number;
}): number {
  return FIXED_SIZE + OUTPUT_SIZE * form.outputCount + form.memoSizeBytes;
}

/** The bytes a signature covers, without the network id that precedes them in the digest. */
export function encodeUnsigned(fields: TransactionFields): Uint8Array {
  const writer = new Writer(512)
    .u8(TRANSACTION_VERSION)
    .raw(fields.senderKey)
    .u32(fields.nonce)
    .u64(fields.fee)
    .u8(fields.outputs.length);
  writer.list(fields.outputs, (output) => writeOutput(writer, output));
  return writer.u8(fields.memo.length).raw(fields.memo).finish();
}

/** The digest that is signed for a network. */
export function hashForSigning(unsigned: Uint8Array, networkId: BlockId): Hash {
  return hashSigned(blockIdToBytes(networkId), unsigned);
}

/** The digest that a decoded transaction's signature must cover. */
export function signingDigest(transaction: Transaction, networkId: BlockId): Hash {
  const { bytes } = transaction;
  return hashForSigning(bytes.subarray(0, bytes.length - SIGNATURE_SIZE), networkId);
}

/** Joins signed fields and their signature to the transaction's bytes. */
export function encodeTransaction(fields: TransactionFields, signature: Signature): Uint8Array {
  return new Writer(512).raw(encodeUnsigned(fields)).raw(signature).finish();
}

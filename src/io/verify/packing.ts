/**
 * Owns: the one buffer in which transactions travel to a worker and verdicts travel back, and the
 * verification of such a buffer.
 * Does not own: threads (verify-worker, verifier-pool).
 */
import { required } from '../../core/base/assert.ts';
import type { BlockId } from '../../core/base/types.ts';
import { toPublicKey, toSignature } from '../../core/base/types.ts';
import { hashForSigning } from '../../core/codec/transaction.ts';
import type { VerifySignature } from './backend.ts';

const SIZE_FIELD = 4;
const KEY_OFFSET = 1;
const KEY_SIZE = 33;
const SIGNATURE_SIZE = 64;
const SIGNED_SIZE_MIN = KEY_OFFSET + KEY_SIZE + SIGNATURE_SIZE;

/**
 * Packs raw transactions as `size u32 | bytes` each; the result owns its memory and can be
 * transferred.
 */
export function packTransactions(transactions: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const { length } of transactions) size += SIZE_FIELD + length;
  const packed = new Uint8Array(size);
  const view = new DataView(packed.buffer);
  let offset = 0;
  for (const transaction of transactions) {
    view.setUint32(offset, transaction.length, true);
    packed.set(transaction, offset + SIZE_FIELD);
    offset += SIZE_FIELD + transaction.length;
  }
  return packed;
}

export function unpackTransactions(packed: Uint8Array): Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const transactions: Uint8Array[] = [];
  for (let offset = 0; offset < packed.length;) {
    const start = offset + SIZE_FIELD;
    offset = start + view.getUint32(offset, true);
    transactions.push(packed.subarray(start, offset));
  }
  return transactions;
}

/**
 * One verdict byte (0 or 1) per transaction, in order. The transactions have been decoded before:
 * only key and signature are taken out again, at the places that docs/protocol.md section 5 gives
 * them.
 */
export function verifyTransactions(options: {
  readonly transactions: readonly Uint8Array[];
  readonly networkId: BlockId;
  readonly verify: VerifySignature;
}): Uint8Array<ArrayBuffer> {
  const { transactions, networkId, verify } = options;
  const verdicts = new Uint8Array(transactions.length);
  for (const index of verdicts.keys()) {
    const bytes = required(transactions[index], 'there is one verdict per transaction');
    if (bytes.length < SIGNED_SIZE_MIN) continue;
    const unsigned = bytes.subarray(0, bytes.length - SIGNATURE_SIZE);
    const signature = toSignature(bytes.subarray(unsigned.length));
    const senderKey = toPublicKey(bytes.subarray(KEY_OFFSET, KEY_OFFSET + KEY_SIZE));
    const digest = hashForSigning(unsigned, networkId);
    verdicts[index] = verify(signature, digest, senderKey) ? 1 : 0;
  }
  return verdicts;
}

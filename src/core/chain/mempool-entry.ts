/**
 * Owns: a transaction as the mempool keeps it; the words for where it stands and what became of it.
 * Does not own: the pools an entry moves between (chain/mempool-state). Layer 3.
 */
import type { TxId } from '../base/types.ts';
import { toPublicKey, toSignature } from '../base/types.ts';
import type { Transaction } from '../codec/transaction.ts';
import { transactionPolicySize } from './mempool-fees.ts';
import type { HeapItem } from './mempool-heap.ts';

/**
 * `local`: submitted here. `peer`: received. `reverted`: taken back by a reorg, out of an abandoned
 * block or out of the executable ones.
 */
export type Origin = 'local' | 'peer' | 'reverted';

/** `received` and `reverted` are the two halves of the waiting pool. */
export type Place = 'executable' | 'gap' | 'received' | 'reverted';

export type WaitingReason =
  /** An earlier nonce of its sender is missing. */
  | 'waiting-for-nonce'
  /** Its sender's balance does not cover it beside what is pending. */
  | 'waiting-for-funds'
  /** It could be executed, but the pool is full of transactions that pay more. */
  | 'waiting-for-room'
  /** A change of tip is being followed; it will be placed when its account is reached. */
  | 'waiting-for-tip';

export type DropReason = 'nonce-used' | 'evicted' | 'expired' | 'insufficient-funds' | 'nonce-gap';

/** What became of a transaction that left other than into a block. */
export type Fate =
  | { readonly kind: 'replaced'; readonly by: TxId }
  | { readonly kind: 'dropped'; readonly reason: DropReason };

export interface Entry extends HeapItem {
  readonly transaction: Transaction;
  /** Policy size. */
  readonly sizeBytes: number;
  /** Base units per byte of policy size. */
  readonly feeRate: number;
  readonly receivedWallMs: number;
  origin: Origin;
  /** Undefined while it is between two places. */
  place: Place | undefined;
  /** Lowest fee rate of itself and, when executable, its sender's earlier ones: evicted first. */
  rank: number;
  /** Monotonic; counts for all but executable ones. */
  expiresMs: number;
  /** The state last told to the outside. */
  told: 'pending' | 'waiting' | undefined;
  /** Set when it has left. */
  fate: Fate | undefined;
}

export function createEntry(
  transaction: Transaction,
  options: { readonly origin: Origin; readonly receivedWallMs: number },
): Entry {
  const sizeBytes = transactionPolicySize(transaction);
  const feeRate = Number(transaction.fee) / sizeBytes;
  return {
    transaction: detachFromMessage(transaction),
    sizeBytes,
    feeRate,
    receivedWallMs: options.receivedWallMs,
    origin: options.origin,
    place: undefined,
    rank: feeRate,
    expiresMs: 0,
    told: undefined,
    fate: undefined,
    slot: 0,
  };
}

/** Copies the bytes out of the message they came in: a view would keep a whole bundle in memory. */
function detachFromMessage(transaction: Transaction): Transaction {
  if (transaction.bytes.buffer.byteLength === transaction.bytes.length) return transaction;
  const bytes = transaction.bytes.slice();
  const signatureAt = bytes.length - transaction.signature.length;
  return {
    ...transaction,
    bytes,
    senderKey: toPublicKey(bytes.subarray(1, 34)),
    memo: bytes.subarray(signatureAt - transaction.memo.length, signatureAt),
    signature: toSignature(bytes.subarray(signatureAt)),
  };
}

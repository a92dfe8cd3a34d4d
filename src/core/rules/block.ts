/**
 * Owns: the rules of a block body that need no state: B1 and B3 to B9, and the block reward.
 * Does not own: signatures (B10, an effect) and the checks in context (chain/execution). Layer 2.
 * docs/protocol.md sections 6 and 10.4.
 */
import { equalBytes, hexToBytes } from '../base/bytes.ts';
import type { Reject, Result } from '../base/rejects.ts';
import { PASSED, ok, reject } from '../base/rejects.ts';
import type { Amount, Hash, Height, TxId } from '../base/types.ts';
import { toAmount } from '../base/types.ts';
import type { Block } from '../codec/block.ts';
import { hashCommitment } from '../codec/block.ts';
import { sumOutputs } from '../codec/transaction.ts';
import { merkleRoot } from './merkle.ts';
import type { Params } from './params.ts';
import { checkTransactionAlone, findOutputBelowMinimum } from './transaction.ts';

const REWARD_SHIFT_END = 64;

declare const bound: unique symbol;
declare const checked: unique symbol;
/** A block whose body is the one its header commits to: B1 to B4 have passed. */
export type BoundBlock = Block & { readonly [bound]: true };
/** A block that B1 to B9 have passed: only signatures and context are open. */
export type CheckedBlock = BoundBlock & { readonly [checked]: true };

/** What a block at a height may mint. docs/protocol.md section 6. */
export function blockReward(height: Height, params: Params): Amount {
  const shift = Math.floor(height / params.halvingBlocks);
  return toAmount(shift >= REWARD_SHIFT_END ? 0n : params.reward >> BigInt(shift));
}

/** B1, on the bytes as received: `block-too-large`. */
export function checkBlockSize(size: number, params: Params): Result<undefined> {
  const limit = params.blockSizeMax;
  return size <= limit ? PASSED : reject('block-too-large', { size, limit });
}

/** The root over the ids of a block's leaves, coinbase first. */
export function transactionsRoot(ids: Iterable<TxId>): Hash {
  return merkleRoot(Array.from(ids, hexToBytes));
}

function* leafIds(block: Block): Generator<TxId> {
  yield block.coinbase.id;
  for (const transaction of block.transactions) yield transaction.id;
}

/**
 * B3 and B4, `block-commitment-mismatch` and `block-transactions-root-mismatch`: is this the
 * header's body?
 */
export function checkBodyBinding(block: Block): Result<BoundBlock> {
  if (!equalBytes(hashCommitment(block), block.header.commitment)) {
    return reject('block-commitment-mismatch');
  }
  if (!equalBytes(transactionsRoot(leafIds(block)), block.transactionsRoot)) {
    return reject('block-transactions-root-mismatch');
  }
  return ok(block as BoundBlock);
}

function checkCoinbase(block: Block, params: Params): Result<undefined> {
  const { coinbase, height } = block;
  if (coinbase.height !== height) {
    return reject('coinbase-height-wrong', { height: coinbase.height, expected: height });
  }
  const low = findOutputBelowMinimum(coinbase.outputs, params);
  if (low !== undefined) return reject('coinbase-output-below-minimum', low);
  const claimed = sumOutputs(coinbase.outputs);
  let allowed: bigint = blockReward(height, params);
  for (const transaction of block.transactions) allowed += transaction.fee;
  return claimed <= allowed ? PASSED : reject('coinbase-claims-too-much', { claimed, allowed });
}

/** The verdict on a block for the fault of one of its transactions. */
export function blameTransaction(index: number, inner: Reject): Reject {
  return reject('block-transaction-invalid', { ...inner.facts, index, inner: inner.code });
}

/**
 * B5 to B9: `block-height-wrong`, `coinbase-height-wrong`, `coinbase-output-below-minimum`,
 * `coinbase-claims-too-much`, `block-transaction-invalid`.
 */
export function checkBoundBlock(
  block: BoundBlock,
  context: { readonly params: Params; readonly parentHeight: Height },
): Result<CheckedBlock> {
  const { params, parentHeight } = context;
  if (block.height !== parentHeight + 1) {
    return reject('block-height-wrong', { height: block.height, expected: parentHeight + 1 });
  }
  const coinbase = checkCoinbase(block, params);
  if (!coinbase.ok) return coinbase;
  for (const [index, transaction] of block.transactions.entries()) {
    const verdict = checkTransactionAlone(transaction, params);
    if (!verdict.ok) return blameTransaction(index, verdict);
  }
  return ok(block as CheckedBlock);
}

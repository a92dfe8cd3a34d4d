/**
 * Owns: whether a loose transaction may enter, and at what price; finding out changes nothing.
 * Does not own: T1 to T7 (rules, verification), carrying the answer out (chain/mempool). Layer 3.
 * docs/protocol.md sections 10.2, 12 and 13.
 */
import type { Reject, Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import { AccountQueue } from './mempool-account.ts';
import type { Entry, Place } from './mempool-entry.ts';
import {
  RELAY_RATE,
  feeAtRate,
  rankToRate,
  replacementFee,
  transactionPolicySize,
} from './mempool-fees.ts';
import type { Room } from './mempool-pool.ts';
import type { MempoolState } from './mempool-state.ts';
import type { Transaction } from '../codec/transaction.ts';

/** How a transaction may enter. */
export interface AdmissionPlan {
  readonly place: Exclude<Place, 'reverted'>;
  /** The entry with its nonce, which it replaces. */
  readonly replaced: Entry | undefined;
  /** Who leaves for it, in this order. */
  readonly victims: readonly Entry[];
}

interface Newcomer {
  readonly transaction: Transaction;
  readonly sizeBytes: number;
  readonly feeRate: number;
  readonly monotonicMs: number;
}

/**
 * Decides on a transaction that has passed T1 to T6: `tx-known`, `tx-nonce-used`, `tx-fee-too-low`,
 * `tx-pool-full`, `tx-replacement-limit`, `tx-replacement-underpriced`, `tx-account-limit`,
 * `tx-gap-limit`, `tx-nonce-gap`, `tx-insufficient-funds`, `tx-waiting-limit`.
 */
export function checkAdmission(
  state: MempoolState,
  transaction: Transaction,
  monotonicMs: number,
): Result<AdmissionPlan> {
  const { nonce, sender } = transaction;
  const known = state.entries.get(transaction.id);
  if (known !== undefined) {
    return reject('tx-known', { state: known.place === 'executable' ? 'pending' : 'waiting' });
  }
  const queue = state.queues.get(sender) ?? new AccountQueue(sender, state.accountOf(sender));
  const expected = queue.account.nonce;
  if (nonce < expected) return reject('tx-nonce-used', { nonce, expected });

  const sizeBytes = transactionPolicySize(transaction);
  const feeRate = Number(transaction.fee) / sizeBytes;
  const newcomer: Newcomer = { transaction, sizeBytes, feeRate, monotonicMs };
  const tooLow = checkFee(state, newcomer);
  if (tooLow !== undefined) return tooLow;

  const rival = queue.get(nonce);
  if (rival?.place === 'executable') return checkExecutableRival(state, queue, newcomer, rival);
  if (rival?.place === 'gap') return checkGapRival(state, queue, newcomer, rival);
  return checkNewNonce(state, queue, newcomer, rival);
}

function checkFee(state: MempoolState, newcomer: Newcomer): Reject | undefined {
  const { fee } = newcomer.transaction;
  const relay = feeAtRate(RELAY_RATE, newcomer.sizeBytes);
  if (fee < relay) return reject('tx-fee-too-low', { fee, minimum: relay });
  const rate = state.minimumRate.at(newcomer.monotonicMs);
  const minimum = feeAtRate(rate, newcomer.sizeBytes);
  return fee < minimum ? reject('tx-pool-full', { fee, minimum }) : undefined;
}

/** Joins the room found to an admission, or names the fee that would find room. */
function admitIfRoom(
  room: Room,
  newcomer: Newcomer,
  into: { readonly place: AdmissionPlan['place']; readonly replaced: Entry | undefined },
): Result<AdmissionPlan> {
  if (room.found) return ok({ ...into, victims: room.victims });
  const rate = rankToRate(room.blockingRank ?? newcomer.feeRate) + RELAY_RATE;
  const minimum = feeAtRate(rate, newcomer.sizeBytes);
  return reject('tx-pool-full', { fee: newcomer.transaction.fee, minimum });
}

// ---- a nonce that nobody holds, or only a waiting one, which reserves nothing ------------------

function checkNewNonce(
  state: MempoolState,
  queue: AccountQueue,
  newcomer: Newcomer,
  rival: Entry | undefined,
): Result<AdmissionPlan> {
  const { limits, pools } = state;
  const { nonce, cost, sender } = newcomer.transaction;
  const { sizeBytes, feeRate } = newcomer;
  const { balance } = queue.account;
  const expected = queue.next;
  if (queue.executableCount + queue.gapCount >= limits.perAccountMax) {
    return reject('tx-account-limit', { limit: limits.perAccountMax });
  }
  if (nonce === expected && queue.executableCost + cost <= balance) {
    const rank = queue.rankAt(nonce, feeRate);
    const room = pools.executable.findRoom({ rank, sizeBytes, spared: sender });
    return admitIfRoom(room, newcomer, { place: 'executable', replaced: rival });
  }
  if (nonce > expected) {
    const limit = limits.gapPerAccountMax;
    if (nonce - expected > limit || queue.gapCount >= limit) {
      return reject('tx-gap-limit', { nonce, expected, limit });
    }
    if (queue.reservedCost + cost <= balance) {
      const room = pools.gap.findRoom({ rank: feeRate, sizeBytes, spared: sender });
      return admitIfRoom(room, newcomer, { place: 'gap', replaced: rival });
    }
  }
  return checkWaiting(state, queue, newcomer, rival);
}

/** A transaction that lacks funds may wait if its account could at least pay its fee. */
function checkWaiting(
  state: MempoolState,
  queue: AccountQueue,
  newcomer: Newcomer,
  rival: Entry | undefined,
): Result<AdmissionPlan> {
  const { nonce, cost, fee, sender } = newcomer.transaction;
  const { balance } = queue.account;
  if (balance < fee) {
    return nonce > queue.next
      ? reject('tx-nonce-gap', { nonce, expected: queue.next })
      : reject('tx-insufficient-funds', { balance, needed: queue.executableCost + cost });
  }
  if (rival !== undefined) {
    const tooCheap = checkReplacement(state, queue, newcomer, { rival, invalidatedFees: 0n });
    if (tooCheap !== undefined) return tooCheap;
  }
  const limit = state.limits.receivedPerAccountMax;
  if (rival?.place !== 'received' && queue.receivedCount >= limit) {
    return reject('tx-waiting-limit', { limit });
  }
  const { received } = state.pools;
  const sizeBytes = newcomer.sizeBytes - (rival?.place === 'received' ? rival.sizeBytes : 0);
  const room = received.findRoom({ rank: newcomer.feeRate, sizeBytes, spared: sender });
  return room.found
    ? ok({ place: 'received', replaced: rival, victims: room.victims })
    : reject('tx-waiting-limit', { limit: received.bytesMax });
}

// ---- a nonce that is held ----------------------------------------------------------------------

/** The price of a rival's nonce: 10 % more in fee and rate, and the fees of what it invalidates. */
function checkReplacement(
  state: MempoolState,
  queue: AccountQueue,
  newcomer: Newcomer,
  price: { readonly rival: Entry; readonly invalidatedFees: bigint },
): Reject | undefined {
  const limit = state.limits.replacementsPerMinuteMax;
  if (queue.replacementsWithinMinute(newcomer.monotonicMs) >= limit) {
    return reject('tx-replacement-limit', { limit });
  }
  const { rival, invalidatedFees } = price;
  const { fee } = newcomer.transaction;
  const old = { fee: rival.transaction.fee, sizeBytes: rival.sizeBytes };
  const minimum = replacementFee(old, newcomer.sizeBytes) + invalidatedFees;
  if (fee >= minimum) return undefined;
  return reject('tx-replacement-underpriced', { fee, minimum, replaces: rival.transaction.id });
}

function checkExecutableRival(
  state: MempoolState,
  queue: AccountQueue,
  newcomer: Newcomer,
  rival: Entry,
): Result<AdmissionPlan> {
  const { nonce, cost, sender } = newcomer.transaction;
  const { balance } = queue.account;
  const { needed, invalidatedFees, freedBytes } = queue.forecastReplacement(nonce, cost);
  if (needed > balance) return reject('tx-insufficient-funds', { balance, needed });
  const tooCheap = checkReplacement(state, queue, newcomer, { rival, invalidatedFees });
  if (tooCheap !== undefined) return tooCheap;
  const room = state.pools.executable.findRoom({
    rank: queue.rankAt(nonce, newcomer.feeRate),
    sizeBytes: newcomer.sizeBytes - freedBytes,
    spared: sender,
  });
  return admitIfRoom(room, newcomer, { place: 'executable', replaced: rival });
}

function checkGapRival(
  state: MempoolState,
  queue: AccountQueue,
  newcomer: Newcomer,
  rival: Entry,
): Result<AdmissionPlan> {
  const { cost, sender } = newcomer.transaction;
  const { balance } = queue.account;
  const needed = queue.reservedCost - rival.transaction.cost + cost;
  if (needed > balance) return reject('tx-insufficient-funds', { balance, needed });
  const tooCheap = checkReplacement(state, queue, newcomer, { rival, invalidatedFees: 0n });
  if (tooCheap !== undefined) return tooCheap;
  const sizeBytes = newcomer.sizeBytes - rival.sizeBytes;
  const room = state.pools.gap.findRoom({ rank: newcomer.feeRate, sizeBytes, spared: sender });
  return admitIfRoom(room, newcomer, { place: 'gap', replaced: rival });
}

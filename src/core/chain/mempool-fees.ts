/**
 * Owns: what must be paid: policy size, fee rates, the minimum and its rise, replacements.
 * Does not own: who is compared with whom (chain/mempool-admission). Layer 3.
 * docs/protocol.md section 13.
 */
import type { Transaction } from '../codec/transaction.ts';

/** Base units per 1,000 bytes of policy size. */
export const RELAY_RATE = 83_333n;
const POLICY_BYTES_PER_OUTPUT = 100;
const HALVING_MS = 600_000;

/** The bytes that are charged: an output costs every node more than its bytes, for ever. */
export function policySize(form: {
  readonly sizeBytes: number;
  readonly outputCount: number;
}): number {
  return form.sizeBytes + POLICY_BYTES_PER_OUTPUT * form.outputCount;
}

export function transactionPolicySize(transaction: Transaction): number {
  return policySize({
    sizeBytes: transaction.bytes.length,
    outputCount: transaction.outputs.length,
  });
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** The least fee that reaches a rate (base units per 1,000 bytes), rounded up. */
export function feeAtRate(rate: bigint, sizeBytes: number): bigint {
  return divideUp(BigInt(sizeBytes) * rate, 1000n);
}

/** A rank (base units per byte) as a whole rate per 1,000 bytes, rounded down. */
export function rankToRate(rank: number): bigint {
  return BigInt(Math.floor(rank * 1000));
}

/** The least fee that exceeds `old` by 10 % both in fee and, at `sizeBytes`, in fee rate. */
export function replacementFee(
  old: { readonly fee: bigint; readonly sizeBytes: number },
  sizeBytes: number,
): bigint {
  const byFee = divideUp(old.fee * 11n, 10n);
  const byRate = divideUp(old.fee * BigInt(sizeBytes) * 11n, 10n * BigInt(old.sizeBytes));
  return byFee > byRate ? byFee : byRate;
}

/** The rate that admits: the relay rate, or more for a while after the pool had to evict. */
export class MinimumRate {
  #raised = 0n;
  #raisedAtMs = 0;

  /** Base units per 1,000 bytes. */
  at(monotonicMs: number): bigint {
    const halvings = Math.floor((monotonicMs - this.#raisedAtMs) / HALVING_MS);
    const raised = this.#raised >> BigInt(Math.max(0, halvings));
    return raised > RELAY_RATE ? raised : RELAY_RATE;
  }

  /** Rises above an evicted rank, so that the room is not filled again at the same price. */
  raise(evictedRank: number, monotonicMs: number): void {
    const rate = rankToRate(evictedRank) + RELAY_RATE;
    if (rate <= this.at(monotonicMs)) return;
    this.#raised = rate;
    this.#raisedAtMs = monotonicMs;
  }
}

/**
 * Owns: signature jobs handed out as effects, their answers applied in the order of issue, and the
 * cache of signatures that verified. Does not own: the verifying (io/verify) or what follows from a
 * verdict. Layer 4.
 */
import { assert } from '../base/assert.ts';
import type { TxId } from '../base/types.ts';
import type { Transaction } from '../codec/transaction.ts';
import { SIGNATURE_CACHE_MAX, VERIFICATION_RETRIES_MAX } from './limits.ts';
import type { Effect, JobId } from './ports.ts';

/** A finished job: what it was issued for, and one verdict per transaction in its order. */
export interface VerifiedJob<Purpose> {
  readonly purpose: Purpose;
  readonly transactions: readonly Transaction[];
  readonly verdicts: readonly boolean[];
}

interface OpenJob<Purpose> {
  readonly purpose: Purpose;
  readonly transactions: readonly Transaction[];
  readonly sizeBytes: number;
  failures: number;
  verdicts: readonly boolean[] | undefined;
}

/** Signature work under way. `Purpose` says what each job is for. */
export class VerificationQueue<Purpose> {
  /** In order of issue. */
  readonly #jobs = new Map<JobId, OpenJob<Purpose>>();
  /** Transactions of this network whose signature verified; oldest first. Holds successes only. */
  readonly #verified = new Set<TxId>();
  #lastJob: JobId = 0;
  #backlogBytes = 0;

  /** Bytes of transactions handed out and not yet applied. */
  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  isVerified(id: TxId): boolean {
    return this.#verified.has(id);
  }

  /** Hands out a job; the purpose comes back with its verdicts. */
  issue(purpose: Purpose, transactions: readonly Transaction[]): Effect {
    const job = ++this.#lastJob;
    const sizeBytes = transactions.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#backlogBytes += sizeBytes;
    this.#jobs.set(job, { purpose, transactions, sizeBytes, failures: 0, verdicts: undefined });
    return { kind: 'verify', job, transactions: transactions.map(({ bytes }) => bytes) };
  }

  /**
   * Takes an answer and gives out every job whose turn has come. Answers to unknown jobs are
   * ignored.
   */
  answer(job: JobId, verdicts: readonly boolean[]): readonly VerifiedJob<Purpose>[] {
    const open = this.#jobs.get(job);
    if (open === undefined) return [];
    assert(verdicts.length === open.transactions.length, 'one verdict per transaction');
    open.verdicts = verdicts;
    const ready: VerifiedJob<Purpose>[] = [];
    for (const [id, next] of this.#jobs) {
      if (next.verdicts === undefined) break;
      this.#jobs.delete(id);
      this.#backlogBytes -= next.sizeBytes;
      this.#remember(next.transactions, next.verdicts);
      ready.push({ ...next, verdicts: next.verdicts });
    }
    return ready;
  }

  /**
   * Issues a job again after its verifier broke down; a verifier that always breaks down ends the
   * process.
   */
  retry(job: JobId): Effect | undefined {
    const open = this.#jobs.get(job);
    if (open === undefined) return undefined;
    open.failures += 1;
    assert(open.failures <= VERIFICATION_RETRIES_MAX, 'the verifier recovers from a breakdown');
    return { kind: 'verify', job, transactions: open.transactions.map(({ bytes }) => bytes) };
  }

  #remember(transactions: readonly Transaction[], verdicts: readonly boolean[]): void {
    for (const [index, { id }] of transactions.entries()) {
      if (verdicts[index] === true) this.#verified.add(id);
    }
    for (const oldest of this.#verified) {
      if (this.#verified.size <= SIGNATURE_CACHE_MAX) break;
      this.#verified.delete(oldest);
    }
  }
}

/**
 * Owns: the way of a loose transaction from bytes to the pool: decode, cheap checks, signature job,
 * admission.
 * Does not own: the rules (rules/transaction), the pool's (chain/mempool) or announcing (net).
 * Layer 4. docs/protocol.md sections 10.1 and 13.
 */
import type { Now } from '../base/now.ts';
import type { Reject, Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import type { Address, TxId } from '../base/types.ts';
import type { Transaction } from '../codec/transaction.ts';
import type { Admission, Mempool } from '../chain/mempool.ts';
import type { PeerId } from '../net/endpoint.ts';
import type { Params } from '../rules/params.ts';
import { checkTransactionAlone } from '../rules/transaction.ts';
import { HELD_ADMISSIONS_MAX } from './limits.ts';
import type { RequestId } from './ports.ts';

/** Who handed a transaction in. */
export type Submitter =
  | { readonly kind: 'peer'; readonly peer: PeerId }
  | { readonly kind: 'local'; readonly request: RequestId };

/** A verdict on one transaction, for its submitter. */
export interface IntakeVerdict {
  readonly submitter: Submitter;
  readonly id: TxId;
  readonly result: Result<Admission>;
}

interface Verified {
  readonly transaction: Transaction;
  readonly submitter: Submitter;
}

/** One nonce of one account. */
type Place = `${Address} ${number}`;

export class TransactionIntake {
  readonly #params: Params;
  readonly #pool: Mempool;
  /** Ids whose signature is being verified: a second copy meanwhile is no news. */
  readonly #verifying = new Set<TxId>();
  /** Verified ones that wait while the pool follows a change of tip. */
  #held: Verified[] = [];
  /** How many transactions are on their way for each place. */
  readonly #places = new Map<Place, number>();

  constructor(params: Params, pool: Mempool) {
    this.#params = params;
    this.#pool = pool;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  isUnderWay(id: TxId): boolean {
    return this.#verifying.has(id);
  }

  /**
   * T3 to T6 and the pool's cheap checks; what passes is to be verified (T7), and is on its way
   * from now on. Reserves nothing. A nonce is in no gap while the one before it is on its way.
   */
  begin(transaction: Transaction, now: Now): Result<undefined> {
    const alone = checkTransactionAlone(transaction, this.#params);
    if (!alone.ok) return alone;
    if (this.#verifying.has(transaction.id)) return reject('tx-known', { state: 'verifying' });
    const wanted = this.#pool.precheck(transaction, now);
    const { sender, nonce } = transaction;
    const follows = this.#places.has(`${sender} ${nonce - 1}`);
    if (!wanted.ok && !(wanted.code === 'tx-gap-limit' && follows)) return wanted;
    this.#verifying.add(transaction.id);
    this.#countPlace(transaction, 1);
    return PASSED;
  }

  #countPlace({ sender, nonce }: Transaction, change: 1 | -1): void {
    const place: Place = `${sender} ${nonce}`;
    const count = (this.#places.get(place) ?? 0) + change;
    if (count > 0) this.#places.set(place, count);
    else this.#places.delete(place);
  }

  /** Sorts a job's verdicts: refusals are answered, the rest waits for `admit`. */
  endVerification(
    submitter: Submitter,
    transactions: readonly Transaction[],
    verdicts: readonly boolean[],
  ): readonly IntakeVerdict[] {
    const refused: IntakeVerdict[] = [];
    for (const [index, transaction] of transactions.entries()) {
      this.#verifying.delete(transaction.id);
      const verdict = this.#judge(verdicts[index] === true);
      if (verdict === undefined) {
        this.#held.push({ transaction, submitter });
      } else {
        this.#countPlace(transaction, -1);
        refused.push({ submitter, id: transaction.id, result: verdict });
      }
    }
    return refused;
  }

  #judge(valid: boolean): Reject | undefined {
    if (!valid) return reject('tx-signature-invalid');
    const full = this.#held.length >= HELD_ADMISSIONS_MAX;
    return full ? reject('tx-waiting-limit', { limit: HELD_ADMISSIONS_MAX }) : undefined;
  }

  /**
   * Admits verified transactions, in the order in which their jobs were issued, until the pool has
   * placed or moved about `budget`: one replacement may move its sender's whole chain.
   */
  admit(budget: number, now: Now): readonly IntakeVerdict[] {
    const verdicts: IntakeVerdict[] = [];
    let spent = 0;
    for (const { transaction, submitter } of this.#held) {
      if (spent >= budget) break;
      this.#countPlace(transaction, -1);
      const result = this.#pool.add(transaction, { origin: submitter.kind, now });
      spent += result.ok ? result.value.work : 1;
      verdicts.push({ submitter, id: transaction.id, result });
    }
    this.#held.splice(0, verdicts.length);
    return verdicts;
  }
}

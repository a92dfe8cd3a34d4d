/**
 * Owns: loose transactions that come in, from peers or submitted, until the pool has them or not,
 * and who is told. Does not own: the checks (node/transaction-intake) or the pool (chain/mempool).
 * Layer 4.
 */
import { ok, reject } from '../base/rejects.ts';
import type { TxId } from '../base/types.ts';
import type { Transaction } from '../codec/transaction.ts';
import { decodeTransaction } from '../codec/transaction.ts';
import type { PeerId } from '../net/endpoint.ts';
import { codeAndFacts } from './effects.ts';
import { ADMISSION_WORK_PER_STEP, VERIFICATION_BACKLOG_BYTES_MAX } from './limits.ts';
import type { NodeParts } from './parts.ts';
import type { RequestId } from './ports.ts';
import type { IntakeVerdict, Submitter, TransactionIntake } from './transaction-intake.ts';

export class TransactionDesk {
  readonly #parts: NodeParts;
  readonly #intake: TransactionIntake;

  constructor(parts: NodeParts, intake: TransactionIntake) {
    this.#parts = parts;
    this.#intake = intake;
  }

  /** Whether verified transactions wait for `admit`. */
  get hasWork(): boolean {
    return this.#intake.heldCount > 0;
  }

  submit(request: RequestId, bytes: Uint8Array): void {
    const { chain, effects, now, pool } = this.#parts;
    const decoded = decodeTransaction(bytes);
    if (!decoded.ok) return effects.reply(request, decoded);
    const { id } = decoded.value;
    const known = pool.status(id);
    if (known?.state === 'pending' || known?.state === 'waiting') {
      const reason = known.state === 'waiting' ? known.reason : undefined;
      return this.#replyAccepted(request, { id, state: known.state, reason });
    }
    if (chain.place(id) !== undefined) {
      return effects.reply(request, reject('tx-known', { state: 'confirmed' }));
    }
    const submitter: Submitter = { kind: 'local', request };
    const verdict = this.#intake.begin(decoded.value, now());
    if (verdict.ok) this.#verify(submitter, [decoded.value]);
    else this.#answer({ submitter, id, result: verdict });
  }

  receive(peer: PeerId, transactions: readonly Transaction[]): void {
    if (this.#parts.verification.backlogBytes > VERIFICATION_BACKLOG_BYTES_MAX) return;
    const submitter: Submitter = { kind: 'peer', peer };
    const wanted: Transaction[] = [];
    for (const transaction of transactions) {
      const verdict = this.#intake.begin(transaction, this.#parts.now());
      if (verdict.ok) wanted.push(transaction);
      else this.#answer({ submitter, id: transaction.id, result: verdict });
    }
    if (wanted.length > 0) this.#verify(submitter, wanted);
  }

  /** Takes the verdicts on signatures; what is valid waits for `admit`. */
  judge(
    submitter: Submitter,
    transactions: readonly Transaction[],
    verdicts: readonly boolean[],
  ): void {
    const refused = this.#intake.endVerification(submitter, transactions, verdicts);
    for (const verdict of refused) this.#answer(verdict);
  }

  /** Admits verified transactions; `store` writes what the pool took before anybody is told. */
  admit(store: () => void): void {
    const verdicts = this.#intake.admit(ADMISSION_WORK_PER_STEP, this.#parts.now());
    if (verdicts.length === 0) return;
    store();
    for (const verdict of verdicts) this.#answer(verdict);
  }

  #verify(submitter: Submitter, transactions: readonly Transaction[]): void {
    const { effects, verification } = this.#parts;
    effects.push(verification.issue({ kind: 'transactions', submitter }, transactions));
  }

  /** Tells a submitter what became of its transaction. */
  #answer({ submitter, id, result }: IntakeVerdict): void {
    const { effects, net, now } = this.#parts;
    if (result.ok) {
      if (submitter.kind === 'peer') return;
      const { state, reason } = result.value;
      return this.#replyAccepted(submitter.request, { id, state, reason });
    }
    if (submitter.kind === 'local') return effects.reply(submitter.request, result);
    const { peer } = submitter;
    net.transactionRefused({ id, peer, code: result.code }, now());
    effects.event({ kind: 'transaction-refused', id, peer, ...codeAndFacts(result) });
  }

  #replyAccepted(
    request: RequestId,
    accepted: {
      readonly id: TxId;
      readonly state: 'pending' | 'waiting';
      readonly reason: string | undefined;
    },
  ): void {
    const { effects, net } = this.#parts;
    const announcedTo = accepted.state === 'pending' ? net.peers().length : 0;
    effects.reply(request, ok({ kind: 'transaction-accepted', ...accepted, announcedTo }));
  }
}

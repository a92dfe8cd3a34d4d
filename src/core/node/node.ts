/**
 * Owns: the node: one step per input, and the order in which its parts act within a step.
 * Does not own: what any part decides, or carrying out effects (io/runtime, sim). Layer 4.
 * docs/architecture.md, "One step".
 */
import { assertNever, required } from '../base/assert.ts';
import type { Now } from '../base/now.ts';
import type { Random } from '../base/random.ts';
import type { Reject, RejectCode, Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { BlockId, TxId } from '../base/types.ts';
import type { Transaction } from '../codec/transaction.ts';
import { decodeTransaction } from '../codec/transaction.ts';
import type { Chain, ChainOutcome, TipChange } from '../chain/chain.ts';
import type { EntryIndex } from '../chain/header-tree.ts';
import { Mempool } from '../chain/mempool.ts';
import type { StoreChange } from '../chain/store.ts';
import type { NetInput, NetOutput } from '../net/border.ts';
import { Conversation } from '../net/conversation.ts';
import type { PeerId } from '../net/endpoint.ts';
import { ABSENT_ACCOUNT } from '../rules/account.ts';
import type { BlockSource, PendingBlock } from './block-intake.ts';
import { BlockIntake } from './block-intake.ts';
import { ChainAdapter } from './chain-adapter.ts';
import {
  ADMISSIONS_PER_STEP,
  POOL_FOLLOW_PER_STEP,
  VERIFICATION_BACKLOG_BYTES_MAX,
} from './limits.ts';
import { NodeReader } from './node-reader.ts';
import type { Effect, Input, NodeEvent, Reply, RequestId } from './ports.ts';
import { TemplateDesk } from './template-desk.ts';
import { buildTemplate } from './template.ts';
import type { IntakeVerdict, Submitter } from './transaction-intake.ts';
import { TransactionIntake } from './transaction-intake.ts';
import type { VerifiedJob } from './verification.ts';
import { VerificationQueue } from './verification.ts';
import type { NodeView } from './view.ts';

/** What a signature job is for. */
type Purpose =
  | { readonly kind: 'transactions'; readonly submitter: Submitter }
  | { readonly kind: 'block'; readonly pending: PendingBlock };

export interface NodeOptions {
  readonly chain: Chain;
  /** Stored records of the pool, to be restored. */
  readonly poolRecords: readonly StoreChange[];
  readonly random: Random;
  readonly agent: string;
  /** 0 when the node does not listen. */
  readonly listenPort: number;
  readonly now: Now;
}

export class Node {
  readonly view: NodeView;
  readonly #chain: Chain;
  readonly #pool: Mempool;
  readonly #net: Conversation;
  readonly #adapter: ChainAdapter;
  readonly #verification = new VerificationQueue<Purpose>();
  readonly #blocks: BlockIntake;
  readonly #transactions: TransactionIntake;
  readonly #templates: TemplateDesk;
  /**
   * The change of tip that the pool is following; its event waits for the fate of every
   * transaction.
   */
  #following: TipChange | undefined;
  /** Submitted blocks whose body is stored: answered when the chain has judged them. */
  readonly #submitted = new Map<BlockId, RequestId>();
  #isPoolRestored = false;
  #now: Now;
  #effects: Effect[] = [];

  constructor(options: NodeOptions) {
    const { chain, random, now } = options;
    this.#now = now;
    this.#chain = chain;
    this.#pool = new Mempool({ accountOf: (address) => chain.account(address) ?? ABSENT_ACCOUNT });
    for (const { key, value } of options.poolRecords) {
      if (value !== undefined) this.#pool.restore(key, value);
    }
    if (!chain.reorganising) this.#restorePool();
    this.#blocks = new BlockIntake(chain);
    this.#adapter = new ChainAdapter({
      chain,
      backlogBytes: () => this.#verification.backlogBytes,
      isVerifying: (id) => this.#blocks.isVerifying(id),
    });
    this.#net = new Conversation({
      networkId: chain.network.id,
      params: chain.network.params,
      chain: this.#adapter,
      pool: {
        has: (id) => this.#pool.get(id) !== undefined || this.#transactions.isUnderWay(id),
        bytes: (id) => this.#pool.get(id)?.bytes,
        page: (after, countMax) => this.#pool.page(after, countMax),
      },
      random,
      agent: options.agent,
      listenPort: options.listenPort,
    });
    this.#transactions = new TransactionIntake(chain.network.params, this.#pool);
    this.#templates = new TemplateDesk((request) =>
      buildTemplate({
        chain,
        selection: this.#pool.select(),
        request,
        nowSeconds: Math.floor(this.#now.wallMs / 1000),
      }),
    );
    this.view = new NodeReader({ chain, pool: this.#pool, net: this.#net, now: () => this.#now });
  }

  /** The monotonic time at which the node wants a `tick`; Infinity when it waits for nothing. */
  deadlineMs(): number {
    return Math.min(this.#net.deadlineMs(), this.#pool.deadlineMs());
  }

  /** Whether there is work left that a `tick` would go on with at once. */
  wantsMore(): boolean {
    return (
      this.#chain.hasWork ||
      this.#pool.isFollowing ||
      (this.#transactions.heldCount > 0 && !this.#isUnsettled) ||
      (this.#templates.hasWork && !this.#isUnsettled)
    );
  }

  /**
   * Whether `view` shows one moment of the ledger and the pool: not between writing a new tip and
   * telling it, nor while the pool follows. It becomes true by ticks alone, within a few slices of
   * work.
   */
  get isReadable(): boolean {
    return !this.#chain.isWriting && !this.#pool.isFollowing;
  }

  /** Takes one input and answers what must happen, in this order, before the next step. */
  step(input: Input, now: Now): readonly Effect[] {
    this.#now = now;
    if (this.#chain.isWriting) this.#runChain();
    this.#handle(input);
    this.#work();
    this.#drainPool();
    this.#answerSubmitted();
    this.#net.settle(this.#now);
    this.#drainNet();
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #handle(input: Input): void {
    switch (input.kind) {
      case 'tick':
        this.#net.tick(this.#now);
        this.#pool.expire(this.#now);
        this.#announceAgain();
        return;
      case 'peer-connected':
      case 'peer-message':
      case 'peer-closed':
      case 'dial-failed':
      case 'add-peer':
      case 'drop-peer':
      case 'set-cut':
        return this.#handlePeer(input);
      case 'verified':
        for (const job of this.#verification.answer(input.job, input.verdicts)) this.#judge(job);
        return;
      case 'verify-failed': {
        const again = this.#verification.retry(input.job);
        if (again !== undefined) this.#effects.push(again);
        return;
      }
      case 'submit-transaction':
        return this.#submitTransaction(input.request, input.bytes);
      case 'submit-block':
        return this.#submitBlock(input.request, input.bytes);
      case 'request-template': {
        const refusal = this.#templates.add(input.request, input);
        if (refusal !== undefined) this.#effects.push({ kind: 'reply', ...refusal });
        return;
      }
      default:
        assertNever(input);
    }
  }

  // ---- peers ---------------------------------------------------------------------------------

  #handlePeer(input: NetInput): void {
    this.#net.handle(input, this.#now);
    this.#drainNet();
  }

  #announceAgain(): void {
    const due = this.#pool.takeDueAnnouncements(this.#now);
    if (due.length > 0) this.#net.announceTransactions(due, this.#now, { again: true });
  }

  /** Passes on what net wants done, and judges what peers brought. */
  #drainNet(): void {
    for (const output of this.#net.drain()) this.#takeNetOutput(output);
  }

  #takeNetOutput(output: NetOutput): void {
    switch (output.kind) {
      case 'block': {
        const entry = required(this.#chain.headers.find(output.id), 'a requested block is known');
        return this.#receiveBlock(entry, output.bytes, { kind: 'peer', peer: output.peer });
      }
      case 'transactions':
        return this.#receiveTransactions(output.peer, output.transactions);
      default:
        this.#effects.push(output);
    }
  }

  // ---- blocks --------------------------------------------------------------------------------

  #submitBlock(request: RequestId, bytes: Uint8Array): void {
    const nowSeconds = Math.floor(this.#now.wallMs / 1000);
    const entry = this.#blocks.acceptHeader(bytes, nowSeconds);
    if (entry.ok) this.#receiveBlock(entry.value, bytes, { kind: 'local', request });
    else this.#reply(request, entry);
  }

  #receiveBlock(entry: EntryIndex, bytes: Uint8Array, source: BlockSource): void {
    const checked = this.#blocks.check(entry, bytes);
    if (!checked.ok) return this.#refuseBlock(entry, source, checked);
    const block = checked.value;
    const open = block.transactions.filter(
      ({ id }) => !this.#verification.isVerified(id) && this.#pool.get(id) === undefined,
    );
    const pending: PendingBlock = { entry, block, source };
    if (open.length === 0) return this.#judgeBlock(pending, [], []);
    this.#blocks.beginVerification(block.header.id);
    this.#effects.push(this.#verification.issue({ kind: 'block', pending }, open));
  }

  #judgeBlock(
    pending: PendingBlock,
    transactions: readonly Transaction[],
    verdicts: readonly boolean[],
  ): void {
    const verdict = this.#blocks.endVerification(pending, transactions, verdicts);
    const { entry, source } = pending;
    if (!verdict.ok) return this.#refuseBlock(entry, source, verdict);
    const { header, height } = pending.block;
    const { id } = header;
    this.#event({ kind: 'block-stored', id, height });
    if (source.kind === 'peer') this.#net.blockStored(id);
    else this.#submitted.set(id, source.request);
  }

  /** A submitted block is answered once the chain has done with it: it is the tip, or beside it. */
  #answerSubmitted(): void {
    if (this.#submitted.size === 0 || this.#chain.hasWork || this.#isUnsettled) return;
    for (const [id, request] of this.#submitted) {
      const entry = required(this.#chain.headers.find(id), 'a stored block is known');
      const height = this.#chain.headers.height(entry);
      this.#reply(request, ok({ kind: 'block-accepted', id, height }));
    }
    this.#submitted.clear();
  }

  #refuseBlock(entry: EntryIndex, source: BlockSource, verdict: Reject): void {
    const id = this.#chain.headers.id(entry);
    if (source.kind === 'local') return this.#reply(source.request, verdict);
    this.#net.blockRefused({ id, peer: source.peer, code: verdict.code }, this.#now);
    this.#event({ kind: 'block-refused', id, peer: source.peer, ...factsOf(verdict) });
  }

  // ---- transactions --------------------------------------------------------------------------

  #submitTransaction(request: RequestId, bytes: Uint8Array): void {
    const submitter: Submitter = { kind: 'local', request };
    const decoded = decodeTransaction(bytes);
    if (!decoded.ok) return this.#reply(request, decoded);
    const { id } = decoded.value;
    const known = this.#pool.status(id);
    if (known?.state === 'pending' || known?.state === 'waiting') {
      const reason = known.state === 'waiting' ? known.reason : undefined;
      return this.#replyAccepted(request, { id, state: known.state, reason });
    }
    if (this.#chain.place(id) !== undefined) {
      return this.#reply(request, reject('tx-known', { state: 'confirmed' }));
    }
    const verdict = this.#transactions.begin(decoded.value, this.#now);
    if (!verdict.ok) return this.#answer({ submitter, id, result: verdict });
    this.#verify(submitter, [decoded.value]);
  }

  #receiveTransactions(peer: PeerId, transactions: readonly Transaction[]): void {
    if (this.#verification.backlogBytes > VERIFICATION_BACKLOG_BYTES_MAX) return;
    const submitter: Submitter = { kind: 'peer', peer };
    const wanted: Transaction[] = [];
    for (const transaction of transactions) {
      const verdict = this.#transactions.begin(transaction, this.#now);
      if (verdict.ok) wanted.push(transaction);
      else this.#answer({ submitter, id: transaction.id, result: verdict });
    }
    if (wanted.length > 0) this.#verify(submitter, wanted);
  }

  #verify(submitter: Submitter, transactions: readonly Transaction[]): void {
    this.#effects.push(this.#verification.issue({ kind: 'transactions', submitter }, transactions));
  }

  /** Tells a submitter what became of its transaction. */
  #answer({ submitter, id, result }: IntakeVerdict): void {
    if (result.ok) {
      if (submitter.kind === 'peer') return;
      const { state, reason } = result.value;
      this.#replyAccepted(submitter.request, { id, state, reason });
      return;
    }
    if (submitter.kind === 'local') return this.#reply(submitter.request, result);
    const { peer } = submitter;
    this.#net.transactionRefused({ id, peer, code: result.code }, this.#now);
    this.#event({ kind: 'transaction-refused', id, peer, ...factsOf(result) });
  }

  #replyAccepted(
    request: RequestId,
    accepted: {
      readonly id: TxId;
      readonly state: 'pending' | 'waiting';
      readonly reason: string | undefined;
    },
  ): void {
    const announcedTo = accepted.state === 'pending' ? this.#net.peers().length : 0;
    this.#reply(request, ok({ kind: 'transaction-accepted', ...accepted, announcedTo }));
  }

  // ---- work in slices ------------------------------------------------------------------------

  /** The pool and the accounts do not agree right now, or the accounts are between two tips. */
  get #isUnsettled(): boolean {
    return this.#pool.isFollowing || this.#chain.isWriting || this.#chain.reorganising;
  }

  #work(): void {
    if (this.#pool.isFollowing) return this.#followTip();
    if (!this.#isUnsettled) this.#admit();
    if (!this.#isUnsettled) this.#serveTemplate();
    if (!this.#chain.isWriting) this.#runChain();
  }

  #runChain(): void {
    this.#chain.work(this.#now);
    if (this.#chain.isWriting) this.#templates.restart();
    for (const outcome of this.#chain.takeOutcomes()) this.#takeChainOutcome(outcome);
  }

  #takeChainOutcome(outcome: ChainOutcome): void {
    switch (outcome.kind) {
      case 'write':
        this.#effects.push(outcome);
        return;
      case 'tip-changed':
        return this.#takeTipChange(outcome);
      case 'block-invalid':
        return this.#takeInvalidBlock(outcome.id, outcome.verdict);
      case 'reorganising':
        this.#event(outcome);
        return;
      default:
        assertNever(outcome);
    }
  }

  #takeInvalidBlock(id: BlockId, verdict: Reject): void {
    this.#net.blockInvalidated(id, verdict.code, this.#now);
    const request = this.#submitted.get(id);
    this.#submitted.delete(id);
    if (request !== undefined) this.#reply(request, verdict);
    this.#event({ kind: 'block-refused', id, peer: undefined, ...factsOf(verdict) });
  }

  /** After a reorg that outlived a restart, stored transactions are placed when its tip is told. */
  #restorePool(): void {
    if (this.#isPoolRestored) return;
    this.#isPoolRestored = true;
    this.#pool.finishRestore(this.#now);
  }

  #takeTipChange(change: TipChange): void {
    this.#restorePool();
    this.#following = change;
    this.#templates.restart();
    this.#adapter.noteTipChange(change);
    this.#pool.beginTipChange({ ...change, isReorg: change.disconnected.length > 0 }, this.#now);
    this.#net.onTipChanged();
  }

  #followTip(): void {
    const outcome = this.#pool.work(POOL_FOLLOW_PER_STEP);
    if (outcome === undefined) return;
    const { tip, disconnected, connected } = required(this.#following, 'the pool follows a change');
    this.#following = undefined;
    this.#event({ kind: 'tip-changed', tip, disconnected, connected, ...outcome });
  }

  #admit(): void {
    const verdicts = this.#transactions.admit(ADMISSIONS_PER_STEP, this.#now);
    if (verdicts.length === 0) return;
    this.#drainPool();
    for (const verdict of verdicts) this.#answer(verdict);
  }

  #serveTemplate(): void {
    const reply = this.#templates.work();
    if (reply !== undefined) this.#effects.push({ kind: 'reply', ...reply });
  }

  #judge(job: VerifiedJob<Purpose>): void {
    const { purpose, transactions, verdicts } = job;
    if (purpose.kind === 'block') {
      return this.#judgeBlock(purpose.pending, transactions, verdicts);
    }
    const refused = this.#transactions.endVerification(purpose.submitter, transactions, verdicts);
    for (const verdict of refused) this.#answer(verdict);
  }

  // ---- effects -------------------------------------------------------------------------------

  /** What the pool wants written goes out before anybody is told of it. */
  #drainPool(): void {
    const changes = this.#pool.drainChanges();
    if (changes.length > 0) this.#effects.push({ kind: 'write', changes, durable: false });
    const pending: TxId[] = [];
    for (const event of this.#pool.drainEvents()) {
      if (event.state === 'pending') pending.push(event.id);
      this.#event({ kind: 'transaction-changed', ...event });
    }
    if (pending.length > 0) this.#net.announceTransactions(pending, this.#now);
  }

  #reply(request: RequestId, result: Result<Reply>): void {
    this.#effects.push({ kind: 'reply', request, result });
  }

  #event(event: NodeEvent): void {
    this.#effects.push({ kind: 'event', event });
  }
}

function factsOf(verdict: Reject): { readonly code: RejectCode; readonly facts: Reject['facts'] } {
  return { code: verdict.code, facts: verdict.facts };
}

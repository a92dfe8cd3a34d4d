/**
 * Owns: the node: one step per input, and the order in which its parts act within a step.
 * Does not own: what any part decides, or carrying out effects (io/runtime, sim). Layer 4.
 * docs/architecture.md, "One step".
 */
import { assertNever, required } from '../base/assert.ts';
import type { Now } from '../base/now.ts';
import type { Random } from '../base/random.ts';
import type { TxId } from '../base/types.ts';
import { toHeight } from '../base/types.ts';
import type { Chain, ChainOutcome, TipChange } from '../chain/chain.ts';
import { Mempool } from '../chain/mempool.ts';
import type { StoreChange } from '../chain/store.ts';
import type { NetOutput } from '../net/border.ts';
import { Conversation } from '../net/conversation.ts';
import { ABSENT_ACCOUNT } from '../rules/account.ts';
import { BlockDesk } from './block-desk.ts';
import { BlockIntake } from './block-intake.ts';
import { ChainAdapter } from './chain-adapter.ts';
import { EffectList } from './effects.ts';
import { POOL_FOLLOW_PER_STEP } from './limits.ts';
import { NodeReader } from './node-reader.ts';
import type { Purpose } from './parts.ts';
import type { Effect, Input } from './ports.ts';
import { TemplateDesk } from './template-desk.ts';
import { buildTemplate } from './template.ts';
import { TransactionDesk } from './transaction-desk.ts';
import { TransactionIntake } from './transaction-intake.ts';
import type { VerifiedJob } from './verification.ts';
import { VerificationQueue } from './verification.ts';
import type { NodeView } from './view.ts';

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
  readonly #effects = new EffectList();
  readonly #blocks: BlockDesk;
  readonly #transactions: TransactionDesk;
  readonly #templates: TemplateDesk;
  /**
   * The change of tip that the pool is following; its event waits for the fate of every
   * transaction.
   */
  #following: TipChange | undefined;
  #isPoolRestored = false;
  #now: Now;

  constructor(options: NodeOptions) {
    const { chain, random, agent, listenPort } = options;
    const { params, id: networkId } = chain.network;
    this.#now = options.now;
    this.#chain = chain;
    this.#pool = new Mempool({ accountOf: (address) => chain.account(address) ?? ABSENT_ACCOUNT });
    for (const { key, value } of options.poolRecords) {
      if (value !== undefined) this.#pool.restore(key, value);
    }
    if (!chain.reorganising) this.#restorePool();
    const [pool, blocks] = [this.#pool, new BlockIntake(chain)];
    const transactions = new TransactionIntake(params, pool);
    this.#adapter = new ChainAdapter({
      chain,
      backlogBytes: () => this.#verification.backlogBytes,
      isVerifying: (id) => blocks.isVerifying(id),
    });
    const poolView = {
      has: (id: TxId) => pool.get(id) !== undefined || transactions.isUnderWay(id),
      bytes: (id: TxId) => pool.get(id)?.bytes,
      page: (after: TxId, countMax: number) => pool.page(after, countMax),
    };
    const ports = { chain: this.#adapter, pool: poolView };
    const net = new Conversation({ networkId, params, ...ports, random, agent, listenPort });
    this.#net = net;
    const now = (): Now => this.#now;
    const [effects, verification] = [this.#effects, this.#verification];
    const parts = { chain, pool, net, verification, effects, now };
    this.#blocks = new BlockDesk(parts, blocks);
    this.#transactions = new TransactionDesk(parts, transactions);
    this.#templates = new TemplateDesk((request) => {
      const nowSeconds = Math.floor(this.#now.wallMs / 1000);
      return buildTemplate({ chain, selection: pool.select(), request, nowSeconds });
    });
    this.view = new NodeReader({ chain, pool, net, now });
  }

  /** The monotonic time at which the node wants a `tick`; Infinity when it waits for nothing. */
  deadlineMs(): number {
    return Math.min(this.#net.deadlineMs(), this.#pool.deadlineMs());
  }

  /** Whether there is work left that a `tick` would go on with at once. */
  wantsMore(): boolean {
    if (this.#chain.hasWork || this.#pool.isFollowing) return true;
    return !this.#isUnsettled && (this.#transactions.hasWork || this.#templates.hasWork);
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
    if (!this.#chain.hasWork && !this.#isUnsettled) this.#blocks.answerSubmitted();
    this.#net.settle(now);
    this.#drainNet();
    return this.#effects.take();
  }

  #handle(input: Input): void {
    switch (input.kind) {
      case 'tick':
        return this.#tick();
      case 'peer-connected':
      case 'peer-message':
      case 'peer-closed':
      case 'dial-failed':
      case 'add-peer':
      case 'drop-peer':
      case 'set-cut':
        this.#net.handle(input, this.#now);
        return this.#drainNet();
      case 'verified':
        for (const job of this.#verification.answer(input.job, input.verdicts)) this.#judge(job);
        return;
      case 'verify-failed': {
        const again = this.#verification.retry(input.job);
        if (again !== undefined) this.#effects.push(again);
        return;
      }
      case 'submit-transaction':
        return this.#transactions.submit(input.request, input.bytes);
      case 'submit-block':
        return this.#blocks.submit(input.request, input.bytes);
      case 'request-template': {
        const refusal = this.#templates.add(input.request, input);
        if (refusal !== undefined) this.#effects.reply(refusal.request, refusal.result);
        return;
      }
      default:
        assertNever(input);
    }
  }

  #tick(): void {
    this.#net.tick(this.#now);
    this.#pool.expire(this.#now);
    const due = this.#pool.takeDueAnnouncements(this.#now);
    if (due.length > 0) this.#net.announceTransactions(due, this.#now, { again: true });
  }

  /** Passes on what net wants done, and judges what peers brought. */
  #drainNet(): void {
    for (const output of this.#net.drain()) this.#takeNetOutput(output);
  }

  #takeNetOutput(output: NetOutput): void {
    switch (output.kind) {
      case 'block':
        return this.#blocks.receive(output.id, output.bytes, output.peer);
      case 'transactions':
        return this.#transactions.receive(output.peer, output.transactions);
      default:
        this.#effects.push(output);
    }
  }

  #judge({ purpose, transactions, verdicts }: VerifiedJob<Purpose>): void {
    if (purpose.kind === 'block') this.#blocks.judge(purpose.pending, transactions, verdicts);
    else this.#transactions.judge(purpose.submitter, transactions, verdicts);
  }

  // ---- work in slices ------------------------------------------------------------------------

  /** The pool and the accounts do not agree right now, or the accounts are between two tips. */
  get #isUnsettled(): boolean {
    return this.#pool.isFollowing || this.#chain.isWriting || this.#chain.reorganising;
  }

  #work(): void {
    if (this.#pool.isFollowing) return this.#followTip();
    if (!this.#isUnsettled) {
      this.#transactions.admit(() => this.#drainPool());
      const reply = this.#templates.work();
      if (reply !== undefined) this.#effects.reply(reply.request, reply.result);
    }
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
        return this.#effects.push(outcome);
      case 'tip-changed':
        return this.#takeTipChange(outcome);
      case 'block-invalid':
        return this.#blocks.noteInvalid(outcome.id, outcome.verdict);
      case 'reorganising':
        return this.#effects.event(outcome);
      default:
        assertNever(outcome);
    }
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
    this.#effects.event({ kind: 'tip-changed', tip, disconnected, connected, ...outcome });
    const bestKnownHeight = toHeight(this.#net.bestKnownHeight());
    if (bestKnownHeight <= tip.height) return;
    this.#effects.event({ kind: 'sync-progress', height: tip.height, bestKnownHeight });
  }

  /** What the pool wants written goes out before anybody is told of it. */
  #drainPool(): void {
    const changes = this.#pool.drainChanges();
    if (changes.length > 0) this.#effects.push({ kind: 'write', changes, durable: false });
    const pending: TxId[] = [];
    for (const event of this.#pool.drainEvents()) {
      if (event.state === 'pending') pending.push(event.id);
      this.#effects.event({ kind: 'transaction-changed', ...event });
    }
    if (pending.length > 0) this.#net.announceTransactions(pending, this.#now);
  }
}

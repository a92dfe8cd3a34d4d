/**
 * Owns: the mempool as the node sees it: admission, tips, reading, what to write and to announce.
 * Does not own: T1 to T7, blocks, peers. Layer 3.
 * docs/protocol.md sections 12 and 13.
 *
 * Nothing is reserved before a signature is verified: `precheck` is pure, `add` checks again.
 */
import type { Now } from '../base/now.ts';
import { assert, required } from '../base/assert.ts';
import type { Result } from '../base/rejects.ts';
import { PASSED, ok } from '../base/rejects.ts';
import type { Address, Amount, TxId } from '../base/types.ts';
import { parseTxId, toAmount, toNonce } from '../base/types.ts';
import { bytesToHex } from '../base/bytes.ts';
import type { Transaction } from '../codec/transaction.ts';
import type { Account } from '../rules/account.ts';
import { DROPPED_PREFIX, POOL_PREFIX } from './layout.ts';
import type { AdmissionPlan } from './mempool-admission.ts';
import { checkAdmission } from './mempool-admission.ts';
import type { DropReason, Entry, Origin, WaitingReason } from './mempool-entry.ts';
import { createEntry } from './mempool-entry.ts';
import { feeAtRate } from './mempool-fees.ts';
import type { MempoolLimits } from './limits.ts';
import { MEMPOOL_LIMITS } from './limits.ts';
import type { FateRecord } from './mempool-records.ts';
import { decodeFate, decodePoolRecord } from './mempool-records.ts';
import { Selection } from './mempool-selection.ts';
import type { MempoolEvent } from './mempool-state.ts';
import { MempoolState } from './mempool-state.ts';
import type { MempoolTipChange, MempoolTipOutcome } from './mempool-tip.ts';
import { followTip, placeRestored } from './mempool-tip.ts';
import { ownRecord } from './records.ts';
import type { StoreChange, StoreKey } from './store.ts';

export interface MempoolOptions {
  /** Reads an account at the told tip. */
  readonly accountOf: (address: Address) => Account;
  readonly limits?: Partial<MempoolLimits>;
}

/** Where a newly added transaction stands, and who left for it. */
export interface Admission {
  readonly state: 'pending' | 'waiting';
  readonly reason: WaitingReason | undefined;
  readonly replaced: readonly TxId[];
  readonly evicted: readonly TxId[];
  /** Transactions that it placed or moved: itself, its sender's later ones, and the evicted. */
  readonly work: number;
}

export type TransactionStatus =
  | { readonly state: 'pending' }
  | { readonly state: 'waiting'; readonly reason: WaitingReason }
  | { readonly state: 'replaced'; readonly by: TxId }
  | { readonly state: 'dropped'; readonly reason: DropReason };

export interface MempoolItem {
  readonly transaction: Transaction;
  readonly state: 'pending' | 'waiting';
  readonly reason: WaitingReason | undefined;
  readonly receivedWallMs: number;
}

export class Mempool {
  readonly #limits: MempoolLimits;
  readonly #state: MempoolState;
  /** The change of tip that is being followed. */
  #following: Generator<number, MempoolTipOutcome> | undefined;
  #restored: Entry[] = [];
  #restoredFates: (FateRecord & { readonly id: TxId })[] = [];

  constructor(options: MempoolOptions) {
    this.#limits = { ...MEMPOOL_LIMITS, ...options.limits };
    this.#state = new MempoolState(this.#limits, options.accountOf);
  }

  // ---- admission -------------------------------------------------------------------------------

  /** Whether `add` would take what has passed T1 to T6; changes nothing. Codes: checkAdmission. */
  precheck(transaction: Transaction, now: Now): Result<undefined> {
    const verdict = checkAdmission(this.#state, transaction, now.monotonicMs);
    return verdict.ok ? PASSED : verdict;
  }

  /** Takes a transaction that has passed T1 to T7, or says why not. Codes: checkAdmission. */
  add(
    transaction: Transaction,
    options: { readonly origin: 'local' | 'peer'; readonly now: Now },
  ): Result<Admission> {
    assert(this.#following === undefined, 'admissions wait while a tip is followed');
    const verdict = checkAdmission(this.#state, transaction, options.now.monotonicMs);
    return verdict.ok ? ok(this.#admit(transaction, verdict.value, options)) : verdict;
  }

  #admit(
    transaction: Transaction,
    admission: AdmissionPlan,
    options: { readonly origin: Origin; readonly now: Now },
  ): Admission {
    const state = this.#state;
    const { now, origin } = options;
    const { place, replaced, victims } = admission;
    const entry = createEntry(transaction, { origin, receivedWallMs: now.wallMs });
    const queue = state.openQueue(transaction.sender);
    const later = replaced?.place === 'executable' ? state.cut(queue, transaction.nonce) : [];
    if (replaced !== undefined) {
      queue.noteReplacement(now.monotonicMs);
      state.discard(replaced, { kind: 'replaced', by: transaction.id }, now);
    }
    state.evict(victims, now);
    state.adopt(entry);
    state.attach(entry, place, now);
    for (const follower of later) {
      if (follower !== replaced) state.place(queue, follower, now);
    }
    const settled = state.settle(queue, now);
    const isPending = entry.place === 'executable';
    return {
      state: isPending ? 'pending' : 'waiting',
      reason: isPending ? undefined : state.waitingReason(entry),
      replaced: replaced === undefined ? [] : [replaced.transaction.id],
      evicted: victims.map((victim) => victim.transaction.id),
      work: 1 + later.length + victims.length + settled,
    };
  }

  // ---- time and tips ---------------------------------------------------------------------------

  /** Whether a change of tip is being followed: `add` has to wait. */
  get isFollowing(): boolean {
    return this.#following !== undefined;
  }

  /** Begins to follow a change of tip that `accountOf` already shows. */
  beginTipChange(change: MempoolTipChange, now: Now): void {
    assert(this.#following === undefined, 'one change of tip is followed at a time');
    this.#following = followTip(this.#state, change, now);
  }

  /** Handles about `budget` transactions; answers the outcome once the change is followed. */
  work(budget: number): MempoolTipOutcome | undefined {
    const following = required(this.#following, 'a change of tip is being followed');
    for (let spent = 0; spent < budget;) {
      const step = following.next();
      if (step.done === true) {
        this.#following = undefined;
        return step.value;
      }
      spent += step.value;
    }
    return undefined;
  }

  /** Drops what has waited too long. */
  expire(now: Now): void {
    const { pools, queues } = this.#state;
    for (const pool of [pools.gap, pools.received, pools.reverted]) {
      let oldest = pool.oldest;
      while (oldest !== undefined && oldest.expiresMs <= now.monotonicMs) {
        this.#state.discard(oldest, { kind: 'dropped', reason: 'expired' }, now);
        const queue = queues.get(oldest.transaction.sender);
        if (queue !== undefined) this.#state.closeQueueIfEmpty(queue);
        oldest = pool.oldest;
      }
    }
  }

  /** When `expire` or `takeDueAnnouncements` has something to do, monotonic; Infinity if never. */
  deadlineMs(): number {
    const { pools, announcements } = this.#state;
    const waiting = [pools.gap, pools.received, pools.reverted];
    const expiries = waiting.map((pool) => pool.oldest?.expiresMs ?? Infinity);
    return Math.min(announcements.deadlineMs(), ...expiries);
  }

  /** Own and reverted pending transactions to be announced again; at most one inventory's worth. */
  takeDueAnnouncements(now: Now): readonly TxId[] {
    return this.#state.announcements.takeDue(now.monotonicMs, this.#limits.announcedMax);
  }

  // ---- storing ---------------------------------------------------------------------------------

  /** What has to be written since the last call. */
  drainChanges(): readonly StoreChange[] {
    return this.#state.takeChanges();
  }

  /** Changes of state since the last call, in order. */
  drainEvents(): readonly MempoolEvent[] {
    return this.#state.takeEvents();
  }

  /** Takes back a record of `POOL_PREFIX` or `DROPPED_PREFIX`; StoreDamage if it does not parse. */
  restore(key: StoreKey, value: Uint8Array): void {
    if (key.startsWith(POOL_PREFIX)) {
      const record = ownRecord(key, decodePoolRecord(value));
      this.#restored.push(createEntry(record.transaction, record));
    } else if (key.startsWith(DROPPED_PREFIX)) {
      const raw = Uint8Array.from(key.slice(1), (character) => character.charCodeAt(0));
      const id = required(parseTxId(bytesToHex(raw)), 'the key of a fate holds an id');
      this.#restoredFates.push({ id, ...ownRecord(key, decodeFate(value)) });
    }
  }

  /** Places what has been restored on the told tip's accounts; the events of it are not told. */
  finishRestore(now: Now): void {
    this.#state.fates.restore(this.#restoredFates);
    this.#restored.sort((a, b) => a.receivedWallMs - b.receivedWallMs);
    placeRestored(this.#state, this.#restored, now);
    this.#restored = [];
    this.#restoredFates = [];
    this.#state.takeEvents();
  }

  // ---- reading ---------------------------------------------------------------------------------

  /** Executable transactions. */
  get count(): number {
    return this.#state.pools.executable.count;
  }

  /** Policy size of the executable transactions. */
  get sizeBytes(): number {
    return this.#state.pools.executable.sizeBytes;
  }

  /** Future and waiting transactions. */
  get waitingCount(): number {
    return this.#state.entries.size - this.count;
  }

  get(id: TxId): Transaction | undefined {
    return this.#state.entries.get(id)?.transaction;
  }

  /** Undefined: never seen, confirmed, or forgotten. */
  status(id: TxId): TransactionStatus | undefined {
    const entry = this.#state.entries.get(id);
    if (entry !== undefined) {
      return entry.place === 'executable'
        ? { state: 'pending' }
        : { state: 'waiting', reason: this.#state.waitingReason(entry) };
    }
    const fate = this.#state.fates.get(id);
    if (fate === undefined) return undefined;
    return fate.kind === 'replaced'
      ? { state: 'replaced', by: fate.by }
      : { state: 'dropped', reason: fate.reason };
  }

  /** The first ids of executable transactions above `after`, ascending. */
  page(after: TxId, countMax: number): readonly TxId[] {
    return this.#state.executableIds.page(after, countMax);
  }

  /** The account after its executable transactions: what it may spend, and its next nonce. */
  pendingOf(address: Address): Account {
    const queue = this.#state.queues.get(address);
    if (queue === undefined) return this.#state.accountOf(address);
    const { account, executableCost, next } = queue;
    return { balance: toAmount(account.balance - executableCost), nonce: toNonce(next) };
  }

  /** The fee that admits a transaction of this policy size now. */
  minimumFee(sizeBytes: number, now: Now): Amount {
    return toAmount(feeAtRate(this.#state.minimumRate.at(now.monotonicMs), sizeBytes));
  }

  /** The executable transactions as a miner takes them; valid until the mempool changes. */
  select(): Selection {
    assert(this.#following === undefined, 'while a tip is followed not all of them apply to it');
    return new Selection(this.#state.queues.values());
  }

  /** The executable ones as a miner takes them, then the others by arrival; at most `limit`. */
  list(limit: number): readonly MempoolItem[] {
    const items: MempoolItem[] = [];
    const selection = new Selection(this.#state.queues.values());
    while (items.length < limit && selection.current !== undefined) {
      items.push(this.#describe(selection.current.id));
      selection.take();
    }
    const { gap, received, reverted } = this.#state.pools;
    for (const pool of [gap, received, reverted]) {
      for (const { transaction } of pool.entries()) {
        if (items.length >= limit) return items;
        items.push(this.#describe(transaction.id));
      }
    }
    return items;
  }

  #describe(id: TxId): MempoolItem {
    const entry = required(this.#state.entries.get(id), 'what is in a pool is known');
    const { transaction, receivedWallMs, place } = entry;
    return place === 'executable'
      ? { transaction, state: 'pending', reason: undefined, receivedWallMs }
      : { transaction, state: 'waiting', reason: this.#state.waitingReason(entry), receivedWallMs };
  }
}

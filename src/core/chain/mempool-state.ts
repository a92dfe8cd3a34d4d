/**
 * Owns: the entries, their pools, and the moves between these; what is written and told of it.
 * Does not own: who may enter (chain/mempool-admission), following tips (chain/mempool-tip).
 * Layer 3.
 */
import type { Now } from '../base/now.ts';
import { required } from '../base/assert.ts';
import type { Address, TxId } from '../base/types.ts';
import type { Account } from '../rules/account.ts';
import { poolKey } from './layout.ts';
import { AccountQueue } from './mempool-account.ts';
import { Announcements } from './mempool-announcements.ts';
import type { DropReason, Entry, Fate, Place, WaitingReason } from './mempool-entry.ts';
import { Fates } from './mempool-fates.ts';
import { MinimumRate } from './mempool-fees.ts';
import { IdIndex } from './mempool-ids.ts';
import type { MempoolLimits } from './limits.ts';
import { RankedPool } from './mempool-pool.ts';
import { entryToChange } from './mempool-records.ts';
import type { StoreChange, StoreKey } from './store.ts';

/** A transaction has changed its state; one that became `pending` is now worth announcing. */
export interface MempoolEvent {
  readonly id: TxId;
  readonly state: 'pending' | 'waiting' | 'confirmed' | 'replaced' | 'dropped';
  /** Why it waits or was dropped; the id of what replaced it. */
  readonly reason: WaitingReason | DropReason | TxId | undefined;
}

export class MempoolState {
  readonly limits: MempoolLimits;
  /** Reads the told tip's accounts. */
  readonly accountOf: (address: Address) => Account;
  readonly entries: Map<TxId, Entry> = new Map();
  readonly queues: Map<Address, AccountQueue> = new Map();
  readonly pools: Readonly<Record<Place, RankedPool>>;
  readonly executableIds: IdIndex = new IdIndex();
  readonly minimumRate: MinimumRate = new MinimumRate();
  readonly announcements: Announcements = new Announcements();
  readonly fates: Fates;
  readonly #lifetimesMs: Readonly<Record<Place, number>>;
  /** The last write per key. */
  #changes = new Map<StoreKey, StoreChange>();
  #events: MempoolEvent[] = [];

  constructor(limits: MempoolLimits, accountOf: (address: Address) => Account) {
    this.limits = limits;
    this.accountOf = accountOf;
    this.fates = new Fates(limits.fatesMax, (change) => this.#write(change));
    this.pools = {
      executable: new RankedPool(limits.executableBytesMax),
      gap: new RankedPool(limits.gapBytesMax),
      received: new RankedPool(limits.receivedBytesMax),
      reverted: new RankedPool(limits.revertedBytesMax),
    };
    this.#lifetimesMs = {
      executable: Infinity,
      gap: limits.gapLifetimeMs,
      received: limits.receivedLifetimeMs,
      reverted: limits.revertedLifetimeMs,
    };
  }

  #write(change: StoreChange): void {
    this.#changes.set(change.key, change);
  }

  takeChanges(): readonly StoreChange[] {
    const changes = [...this.#changes.values()];
    this.#changes = new Map();
    return changes;
  }

  takeEvents(): readonly MempoolEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** The queue of an account, made when there is none. */
  openQueue(address: Address): AccountQueue {
    const known = this.queues.get(address);
    if (known !== undefined) return known;
    const queue = new AccountQueue(address, this.accountOf(address));
    this.queues.set(address, queue);
    return queue;
  }

  closeQueueIfEmpty(queue: AccountQueue): void {
    if (queue.isEmpty) this.queues.delete(queue.address);
  }

  #queueOf(entry: Entry): AccountQueue {
    const { sender } = entry.transaction;
    return required(this.queues.get(sender), 'an account with entries has a queue');
  }

  /** Why an entry that is not executable waits. */
  waitingReason(entry: Entry): WaitingReason {
    if (entry.place === undefined) return 'waiting-for-tip';
    const queue = this.#queueOf(entry);
    const { nonce, cost } = entry.transaction;
    if (nonce > queue.next) return 'waiting-for-nonce';
    const isFunded = queue.executableCost + cost <= queue.account.balance;
    return isFunded ? 'waiting-for-room' : 'waiting-for-funds';
  }

  // ---- entering and leaving --------------------------------------------------------------------

  /** Makes an entry known and kept; its place follows. */
  adopt(entry: Entry): void {
    const { id } = entry.transaction;
    this.entries.set(id, entry);
    this.fates.delete(id);
    this.#write(entryToChange(entry));
  }

  /** Gives an entry the standing of one that a reorg took back. */
  markReverted(entry: Entry): void {
    if (entry.origin === 'reverted') return;
    entry.origin = 'reverted';
    this.#write(entryToChange(entry));
  }

  attach(entry: Entry, place: Place, now: Now): void {
    const { id } = entry.transaction;
    this.#queueOf(entry).attach(entry, place);
    entry.expiresMs = now.monotonicMs + this.#lifetimesMs[place];
    this.pools[place].add(entry);
    if (place === 'executable') {
      this.executableIds.add(id);
      if (entry.origin !== 'peer') this.announcements.add(id, now.monotonicMs);
    } else {
      this.announcements.delete(id);
    }
    this.#tellState(entry);
  }

  #tellState(entry: Entry): void {
    const state = entry.place === 'executable' ? 'pending' : 'waiting';
    if (entry.told === state) return;
    entry.told = state;
    const reason = state === 'waiting' ? this.waitingReason(entry) : undefined;
    this.#events.push({ id: entry.transaction.id, state, reason });
  }

  detach(entry: Entry): void {
    const place = required(entry.place, 'only an entry with a place leaves it');
    this.pools[place].remove(entry);
    this.#queueOf(entry).detach(entry);
    if (place === 'executable') this.executableIds.delete(entry.transaction.id);
  }

  /** Lets an entry go, without a fate when a block confirmed it. Its queue stays, maybe empty. */
  discard(entry: Entry, fate: Fate | undefined, now: Now): void {
    const { id } = entry.transaction;
    if (entry.place !== undefined) this.detach(entry);
    this.entries.delete(id);
    this.announcements.delete(id);
    this.#write({ key: poolKey(id), value: undefined });
    entry.fate = fate;
    if (fate === undefined) {
      this.#events.push({ id, state: 'confirmed', reason: undefined });
      return;
    }
    this.fates.set(id, { fate, wallMs: now.wallMs });
    const reason = fate.kind === 'replaced' ? fate.by : fate.reason;
    this.#events.push({ id, state: fate.kind, reason });
  }

  /** Lets entries go for others that pay more; the minimum rises when executable ones had to. */
  evict(victims: readonly Entry[], now: Now): void {
    for (const victim of victims) {
      const queue = this.#queueOf(victim);
      if (victim.place === 'executable') this.minimumRate.raise(victim.rank, now.monotonicMs);
      this.discard(victim, { kind: 'dropped', reason: 'evicted' }, now);
      this.closeQueueIfEmpty(queue);
    }
  }

  /** Detaches the executable entries from `nonce` on, and answers them in order. */
  cut(queue: AccountQueue, nonce: number): Entry[] {
    const entries = [...queue.executableFrom(nonce)];
    for (let i = entries.length - 1; i >= 0; i--) this.detach(entries[i] as Entry);
    return entries;
  }

  // ---- finding a place -------------------------------------------------------------------------

  /** Puts a detached entry where it belongs now; it may end up dropped. */
  place(queue: AccountQueue, entry: Entry, now: Now): void {
    if (!this.tryExecutable(queue, entry, now)) this.hold(queue, entry, now);
  }

  /** Makes an entry executable if it has the next nonce, funds, and room at its rank. */
  tryExecutable(queue: AccountQueue, entry: Entry, now: Now): boolean {
    const { nonce, cost, sender } = entry.transaction;
    if (nonce !== queue.next || queue.executableCost + cost > queue.account.balance) return false;
    const room = this.pools.executable.findRoom({
      rank: queue.rankAt(nonce, entry.feeRate),
      sizeBytes: entry.sizeBytes,
      spared: sender,
    });
    if (!room.found) return false;
    this.evict(room.victims, now);
    if (entry.place !== undefined) this.detach(entry);
    this.attach(entry, 'executable', now);
    return true;
  }

  /** Keeps a detached entry that is not executable now in the gap or waiting pool, or drops it. */
  hold(queue: AccountQueue, entry: Entry, now: Now): void {
    const drop = (reason: DropReason): void =>
      this.discard(entry, { kind: 'dropped', reason }, now);
    if (entry.origin === 'reverted') {
      if (!this.#tryHold(entry, 'reverted', now)) drop('evicted');
    } else if (!(this.mayFillGap(queue, entry) && this.#tryHold(entry, 'gap', now))) {
      if (!this.mayWait(queue, entry)) {
        drop(entry.transaction.nonce > queue.next ? 'nonce-gap' : 'insufficient-funds');
      } else if (!this.#tryHold(entry, 'received', now)) {
        drop('evicted');
      }
    }
  }

  #tryHold(entry: Entry, place: Place, now: Now): boolean {
    const room = this.pools[place].findRoom({
      rank: entry.feeRate,
      sizeBytes: entry.sizeBytes,
      spared: entry.transaction.sender,
    });
    if (!room.found) return false;
    this.evict(room.victims, now);
    this.attach(entry, place, now);
    return true;
  }

  /** Whether the account's own numbers let a future nonce into the gap pool. */
  mayFillGap(queue: AccountQueue, entry: Entry): boolean {
    const { nonce, cost } = entry.transaction;
    return (
      nonce > queue.next &&
      queue.gapCount < this.limits.gapPerAccountMax &&
      queue.reservedCost + cost <= queue.account.balance
    );
  }

  /** Whether the account's own numbers let a received transaction wait. */
  mayWait(queue: AccountQueue, entry: Entry): boolean {
    const { balance } = queue.account;
    const coversFee = balance > 0n && balance >= entry.transaction.fee;
    return coversFee && queue.receivedCount < this.limits.receivedPerAccountMax;
  }

  /**
   * After a change: makes executable what can be, then frees what future ones over-reserve; answers
   * how many it moved.
   */
  settle(queue: AccountQueue, now: Now): number {
    let moved = 0;
    if (!queue.hasOthers) return moved;
    let next = queue.get(queue.next);
    while (next !== undefined && this.tryExecutable(queue, next, now)) {
      next = queue.get(queue.next);
      moved++;
    }
    while (queue.reservedCost > queue.account.balance) {
      const highest = required(queue.highestGap(), 'only future ones over-reserve');
      this.detach(highest);
      this.hold(queue, highest, now);
      moved++;
    }
    return moved;
  }
}

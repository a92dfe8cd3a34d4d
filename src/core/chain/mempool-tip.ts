/**
 * Owns: following a change of tip, resumably: confirmed transactions leave, touched accounts are
 * placed anew, reverted transactions come back.
 * Does not own: which blocks changed (chain/chain). Layer 3.
 */
import type { Now } from '../base/now.ts';
import type { Address, TxId } from '../base/types.ts';
import type { Transaction } from '../codec/transaction.ts';
import type { Entry } from './mempool-entry.ts';
import { createEntry } from './mempool-entry.ts';
import type { MempoolState } from './mempool-state.ts';

export interface ConfirmedTransaction {
  readonly id: TxId;
  readonly sender: Address;
}

/** What a change of tip means for the mempool. */
export interface MempoolTipChange {
  /** Of the newly connected blocks. */
  readonly confirmed: readonly ConfirmedTransaction[];
  /** Whether blocks were disconnected. */
  readonly isReorg: boolean;
  /** Of the disconnected blocks, oldest first; those confirmed again may be among them. */
  readonly reverted: readonly Transaction[];
  /** Every account that differs between the two tips. */
  readonly touched: Iterable<Address>;
}

/** What became of the reverted transactions that are not confirmed again. */
export interface MempoolTipOutcome {
  /** Pending or waiting again. */
  readonly returned: readonly TxId[];
  readonly dropped: readonly { readonly id: TxId; readonly reason: string }[];
}

/** What one account is placed anew with. */
interface Arrivals {
  readonly entries: readonly Entry[];
  readonly confirmed: ReadonlySet<TxId>;
  /** Whether blocks were taken back: what loses its place then keeps it among the reverted ones. */
  readonly isReorg: boolean;
}

const NO_ENTRIES: readonly Entry[] = [];

/** Yields what each slice has cost, in transactions. */
export function* followTip(
  state: MempoolState,
  change: MempoolTipChange,
  now: Now,
): Generator<number, MempoolTipOutcome> {
  state.announcements.countTip();
  const confirmed = new Set<TxId>();
  const touched = new Set(change.touched);
  for (const { id, sender } of change.confirmed) {
    confirmed.add(id);
    state.fates.delete(id);
    touched.add(sender);
    yield 1;
  }
  const returning = change.reverted.filter(({ id }) => !confirmed.has(id));
  const entries: Entry[] = [];
  const bySender = new Map<Address, Entry[]>();
  for (const transaction of returning) {
    const entry = adoptReverted(state, transaction, now);
    entries.push(entry);
    touched.add(transaction.sender);
    if (entry.place === undefined) appendTo(bySender, entry);
    yield 1;
  }
  const { isReorg } = change;
  for (const address of touched) {
    const arrivals = { entries: bySender.get(address) ?? NO_ENTRIES, confirmed, isReorg };
    yield placeAccount(state, { address, arrivals, now });
  }
  return describeOutcome(entries);
}

/** Places what a store held; what a block has confirmed meanwhile is one whose nonce is used. */
export function placeRestored(state: MempoolState, entries: readonly Entry[], now: Now): void {
  const bySender = new Map<Address, Entry[]>();
  for (const entry of entries) {
    state.entries.set(entry.transaction.id, entry);
    appendTo(bySender, entry);
  }
  for (const [address, restored] of bySender) {
    const arrivals = { entries: restored, confirmed: new Set<TxId>(), isReorg: false };
    placeAccount(state, { address, arrivals, now });
  }
}

function appendTo(bySender: Map<Address, Entry[]>, entry: Entry): void {
  const { sender } = entry.transaction;
  const list = bySender.get(sender);
  if (list === undefined) bySender.set(sender, [entry]);
  else list.push(entry);
}

function adoptReverted(state: MempoolState, transaction: Transaction, now: Now): Entry {
  const known = state.entries.get(transaction.id);
  if (known !== undefined) {
    state.markReverted(known);
    return known;
  }
  const entry = createEntry(transaction, { origin: 'reverted', receivedWallMs: now.wallMs });
  state.adopt(entry);
  return entry;
}

/** Places an account's transactions on what the account has become; answers how many it handled. */
function placeAccount(
  state: MempoolState,
  options: { readonly address: Address; readonly arrivals: Arrivals; readonly now: Now },
): number {
  const { address, arrivals, now } = options;
  const isKnown = state.queues.has(address);
  if (!isKnown && arrivals.entries.length === 0) return 1;
  const queue = state.openQueue(address);
  const executable = state.cut(queue, queue.account.nonce);
  queue.rebase(state.accountOf(address));

  const others = [...queue.entries()];
  for (const entry of others) {
    if (entry.transaction.nonce < queue.next) leaveUsed(state, { entry, arrivals, now });
  }
  // Sorting is stable: of two with one nonce the one that a block held comes later, and stays.
  const candidates = [...executable, ...arrivals.entries];
  candidates.sort((a, b) => a.transaction.nonce - b.transaction.nonce);
  for (const entry of candidates) {
    const { nonce, id } = entry.transaction;
    if (nonce < queue.account.nonce) {
      leaveUsed(state, { entry, arrivals, now });
      continue;
    }
    const rival = queue.get(nonce);
    if (rival !== undefined) state.discard(rival, { kind: 'replaced', by: id }, now);
    if (state.tryExecutable(queue, entry, now)) continue;
    if (arrivals.isReorg) state.markReverted(entry);
    state.hold(queue, entry, now);
  }
  state.settle(queue, now);
  state.closeQueueIfEmpty(queue);
  return 1 + others.length + candidates.length;
}

/** An entry whose nonce the chain has passed was confirmed, or another one was. */
function leaveUsed(
  state: MempoolState,
  options: { readonly entry: Entry; readonly arrivals: Arrivals; readonly now: Now },
): void {
  const { entry, arrivals, now } = options;
  const isConfirmed = arrivals.confirmed.has(entry.transaction.id);
  state.discard(entry, isConfirmed ? undefined : { kind: 'dropped', reason: 'nonce-used' }, now);
}

function describeOutcome(entries: readonly Entry[]): MempoolTipOutcome {
  const returned: TxId[] = [];
  const dropped: { readonly id: TxId; readonly reason: string }[] = [];
  for (const { transaction, fate } of entries) {
    if (fate === undefined) returned.push(transaction.id);
    else {
      const reason = fate.kind === 'replaced' ? 'replaced' : fate.reason;
      dropped.push({ id: transaction.id, reason });
    }
  }
  return { returned, dropped };
}

/**
 * Owns: the accounts, history and indexes as they stand at one block, and moving them by
 * one block forwards or backwards in an overlay. Does not own: which block comes next
 * (chain/chain). Layer 3. docs/protocol.md section 10.5.
 */
import { assert } from '../base/assert.ts';
import { bytesToHex, equalBytes } from '../base/bytes.ts';
import type { Now } from '../base/now.ts';
import type { Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import type { Address, Hash, TxId, Work } from '../base/types.ts';
import type { Block } from '../codec/block.ts';
import type { Transaction } from '../codec/transaction.ts';
import type { AccountsTree } from './accounts-tree.ts';
import { indexBlock } from './address-index.ts';
import { AccountRecorder, applyBlock, hashAccounts } from './execution.ts';
import type { HistoryTree } from './history-tree.ts';
import { placeKey, poolKey, undoKey } from './layout.ts';
import { revertedToChange } from './mempool-records.ts';
import type { Overlay } from './overlay.ts';
import { encodePlace, ownRecord } from './records.ts';
import { StoreDamage } from './store.ts';
import type { Undo } from './undo.ts';
import { decodeUndo, encodeUndo } from './undo.ts';

/** Records put between two yields: a few milliseconds. */
const RECORDS_PER_SLICE = 1_000;

/** The parts of the state that move together, all reading and writing through one overlay. */
export interface LedgerState {
  readonly overlay: Overlay;
  readonly accounts: AccountsTree;
  readonly history: HistoryTree;
}

/** What a series of moves did, for those who follow the ledger. */
export interface LedgerMoves {
  readonly touched: ReadonlySet<Address>;
  /** Transactions of disconnected blocks in chain order, those connected again left out. */
  readonly reverted: readonly Transaction[];
  readonly confirmed: readonly Transaction[];
}

type Move =
  | { readonly kind: 'confirmed'; readonly transaction: Transaction }
  | { readonly kind: 'reverted'; readonly transaction: Transaction; readonly order: number };

/** Collects what moves did until somebody is told; a rollback forgets what was not written. */
export class MoveLog {
  readonly #touched = new Set<Address>();
  #moves: Move[] = [];
  #written = 0;

  touch(addresses: Iterable<Address>): void {
    for (const address of addresses) this.#touched.add(address);
  }

  confirm(transaction: Transaction): void {
    this.#moves.push({ kind: 'confirmed', transaction });
  }

  /** `order` rises with the place in the chain. */
  revert(transaction: Transaction, order: number): void {
    this.#moves.push({ kind: 'reverted', transaction, order });
  }

  checkpoint(): void {
    this.#written = this.#moves.length;
  }

  rollback(): void {
    this.#moves = this.#moves.slice(0, this.#written);
  }

  summary(): LedgerMoves {
    const last = new Map<TxId, Move>();
    for (const move of this.#moves) last.set(move.transaction.id, move);
    const confirmed: Transaction[] = [];
    const reverted: (Move & { kind: 'reverted' })[] = [];
    for (const move of last.values()) {
      if (move.kind === 'confirmed') confirmed.push(move.transaction);
      else reverted.push(move);
    }
    reverted.sort((a, b) => a.order - b.order);
    return {
      touched: this.#touched,
      reverted: reverted.map(({ transaction }) => transaction),
      confirmed,
    };
  }
}

/** Reads a block's undo record; a missing one is damage. */
function readUndo(state: LedgerState, block: Block): Undo {
  const key = undoKey(block.header.id);
  const bytes = state.overlay.get(key);
  if (bytes === undefined) throw new StoreDamage(key, 'the undo record of a connected block');
  return ownRecord(key, decodeUndo(bytes));
}

/**
 * Applies a block on top of the state it builds on (C1 to C3), yielding between slices.
 * Refusals: `block-history-root-wrong`, `block-transaction-invalid`, `block-accounts-root-wrong`;
 * after one the overlay is of no use any more. `work` is cumulative, the block's own included.
 */
export function* connectBlock(
  state: LedgerState,
  block: Block,
  context: { readonly work: Work; readonly log: MoveLog },
): Generator<void, Result<undefined>> {
  const { overlay, accounts, history } = state;
  const history0 = history.rootAt(block.height);
  if (!equalBytes(history0, block.historyRoot)) {
    return rootMismatch('block-history-root-wrong', block.historyRoot, history0);
  }
  const recorder = new AccountRecorder(accounts);
  const applied = yield* applyBlock(block, recorder);
  if (!applied.ok) return applied;
  yield* hashAccounts(accounts);
  if (!equalBytes(accounts.root(), block.accountsRoot)) {
    return rootMismatch('block-accounts-root-wrong', block.accountsRoot, accounts.root());
  }
  history.append(block.height, { id: block.header.id, work: context.work });
  overlay.put(undoKey(block.header.id), encodeUndo(recorder.undo));
  context.log.touch(recorder.undo.keys());
  for (const [index, transaction] of block.transactions.entries()) {
    if (index % RECORDS_PER_SLICE === RECORDS_PER_SLICE - 1) yield;
    overlay.put(placeKey(transaction.id), encodePlace({ height: block.height, index }));
    overlay.delete(poolKey(transaction.id));
    context.log.confirm(transaction);
  }
  yield* indexBlock(overlay, block, 'add');
  return PASSED;
}

/**
 * Takes the top block off, yielding between slices; its transactions become records of the pool in
 * the same batch. The accounts are left unhashed: see `settleAccounts`.
 */
export function* disconnectBlock(
  state: LedgerState,
  block: Block,
  context: { readonly log: MoveLog; readonly now: Now },
): Generator<void, void> {
  const { overlay, accounts } = state;
  const undo = readUndo(state, block);
  let moved = 0;
  for (const [address, before] of undo) {
    if (++moved % RECORDS_PER_SLICE === 0) yield;
    if (before === undefined) accounts.remove(address);
    else accounts.set(address, before);
  }
  context.log.touch(undo.keys());
  for (const [index, transaction] of block.transactions.entries()) {
    if (++moved % RECORDS_PER_SLICE === 0) yield;
    overlay.delete(placeKey(transaction.id));
    const { key, value } = revertedToChange(transaction, context.now);
    if (value !== undefined) overlay.put(key, value);
    context.log.revert(transaction, block.height * 65_536 + index);
  }
  yield* indexBlock(overlay, block, 'remove');
}

/** Hashes the accounts after disconnecting; they must be those of the block that is now on top. */
export function* settleAccounts(accounts: AccountsTree, expected: Hash): Generator<void, void> {
  yield* hashAccounts(accounts);
  assert(equalBytes(accounts.root(), expected), 'undo restores the accounts of the parent block');
}

function rootMismatch(
  code: 'block-history-root-wrong' | 'block-accounts-root-wrong',
  stated: Hash,
  computed: Hash,
): Result<undefined> {
  return reject(code, { stated: bytesToHex(stated), computed: bytesToHex(computed) });
}

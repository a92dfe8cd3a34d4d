/**
 * Owns: which block is the tip, and getting there: connecting, reorganising, marking invalid, in
 * slices.
 * Does not own: the rules (rules), one block's effect (chain/ledger), or where bodies come from
 * (node). Layer 3. docs/protocol.md section 11.
 */
import { assert, required } from '../base/assert.ts';
import type { Now } from '../base/now.ts';
import type { Reject } from '../base/rejects.ts';
import type { Address, BlockId, Hash, TxId } from '../base/types.ts';
import type { Header } from '../codec/header.ts';
import type { Tip } from '../codec/tip.ts';
import type { Transaction } from '../codec/transaction.ts';
import type { Account } from '../rules/account.ts';
import type { CheckedBlock } from '../rules/block.ts';
import type { Network } from '../rules/network.ts';
import { BlockStore } from './block-store.ts';
import { Candidates } from './candidates.ts';
import type { EntryIndex, HeaderTree } from './header-tree.ts';
import { POSITION_KEY } from './layout.ts';
import type { LedgerState } from './ledger.ts';
import { MoveLog, connectBlock, disconnectBlock, settleAccounts } from './ledger.ts';
import type { ChainLimits } from './chain-limits.ts';
import { CHAIN_LIMITS } from './chain-limits.ts';
import type { Place, Position } from './records.ts';
import { encodePosition } from './records.ts';
import { State } from './state.ts';
import type { StoreChange, StoreReader } from './store.ts';

/** What the chain wants written, and what it tells once that is done. In order. */
export type ChainOutcome =
  | {
      readonly kind: 'write';
      readonly changes: readonly StoreChange[];
      readonly durable: boolean;
    }
  | TipChange
  | { readonly kind: 'block-invalid'; readonly id: BlockId; readonly verdict: Reject }
  | { readonly kind: 'reorganising'; readonly active: boolean };

/** The told tip has moved; everything it tells of is durable. */
export interface TipChange {
  readonly kind: 'tip-changed';
  readonly tip: Tip;
  /** Highest first; empty unless this was a reorg. */
  readonly disconnected: readonly BlockId[];
  /** Lowest first. */
  readonly connected: readonly BlockId[];
  readonly confirmed: readonly Transaction[];
  /** Transactions of the disconnected blocks that the new branch lacks, in chain order. */
  readonly reverted: readonly Transaction[];
  readonly touched: ReadonlySet<Address>;
}

export class Chain {
  readonly network: Network;
  readonly headers: HeaderTree;
  readonly blocks: BlockStore;
  readonly #limits: ChainLimits;
  readonly #state: State;
  readonly #candidates: Candidates;
  readonly #outcomes: ChainOutcome[] = [];
  /** The tip that others have been told of. */
  #told: EntryIndex;
  /** Where the durable accounts stand: the told tip, but inside a reorg of several batches. */
  #durable: EntryIndex;
  /** Whether a batch of an unfinished reorg has been written. */
  #inBatches: boolean;
  #isWriting = false;
  /** What has happened since a tip was told. */
  #log = new MoveLog();
  #now: Now = { monotonicMs: 0, wallMs: 0 };
  #activation: Generator<void, void> | undefined;

  constructor(options: {
    readonly network: Network;
    readonly store: StoreReader;
    readonly headers: HeaderTree;
    readonly position: Position;
    readonly limits?: ChainLimits;
  }) {
    const { network, store, headers, position } = options;
    this.network = network;
    this.headers = headers;
    this.#limits = options.limits ?? CHAIN_LIMITS;
    this.blocks = new BlockStore({ network, store, headers });
    this.#state = new State(store, position.accountsRoot);
    this.#candidates = new Candidates(headers);
    this.#told = required(headers.find(position.told), 'the told tip is among the headers');
    this.#durable = required(headers.find(position.ledger), 'the ledger stands at a known block');
    for (const entry of headers.entries()) {
      if (headers.hasBody(entry)) this.#candidates.add(entry);
    }
    headers.setTip(this.#told);
    this.#inBatches = this.reorganising;
  }

  // ---- reading -------------------------------------------------------------------------------

  get tip(): Tip {
    return this.#describe(this.#told);
  }

  get tipEntry(): EntryIndex {
    return this.#told;
  }

  /**
   * Whether the batch handed out last has changed the accounts, and `work` is to tell of it before
   * all else.
   */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Inside a reorg that takes several batches: the accounts are between two tips. */
  get reorganising(): boolean {
    return this.#durable !== this.#told;
  }

  /** Whether `work` has something to do. */
  get hasWork(): boolean {
    return this.#activation !== undefined || this.#target() !== undefined;
  }

  /** An account at the told tip. */
  account(address: Address): Account | undefined {
    return this.#state.durableAccounts.get(address);
  }

  /** A state of its own on top of the told tip, for building a block; never written. */
  openScratch(): LedgerState {
    return this.#state.openScratch();
  }

  /** The accounts at the told tip, for proofs and totals. */
  get accountsRoot(): Hash {
    return this.blocks.accountsRoot(this.#told);
  }

  /** Where a transaction of the connected chain stands. */
  place(id: TxId): Place | undefined {
    return this.blocks.place(id);
  }

  // ---- changing ------------------------------------------------------------------------------

  /** Adds a header that has passed H1 to H9. */
  addHeader(header: Header): EntryIndex {
    const parent = required(this.headers.find(header.parent), 'a checked header has a parent');
    const known = this.headers.find(header.id);
    if (known !== undefined) return known;
    const entry = this.headers.add(header, parent);
    if (this.blocks.isMarked(header.id)) this.headers.markInvalid(entry);
    return entry;
  }

  /** Stores the body of a known header; it has passed B1 to B10. */
  addBody(entry: EntryIndex, block: CheckedBlock): void {
    if (this.headers.hasBody(entry)) return;
    this.#outcomes.push({ kind: 'write', changes: this.blocks.put(entry, block), durable: false });
    this.headers.setBody(entry);
    this.#candidates.add(entry);
  }

  /** Marks a block and its descendants for a fault that its header binds. */
  markInvalid(entry: EntryIndex, verdict: Reject): void {
    this.headers.markInvalid(entry);
    this.#candidates.remove(entry);
    const changes = this.blocks.putInvalidMark(entry, verdict);
    this.#outcomes.push({ kind: 'write', changes, durable: false });
    this.#outcomes.push({ kind: 'block-invalid', id: this.headers.id(entry), verdict });
  }

  /** Does one slice of work, a few milliseconds; what follows from it is in `takeOutcomes`. */
  work(now: Now): void {
    this.#now = now;
    const target = this.#target();
    if (this.#activation === undefined && target === undefined) return;
    this.#activation ??= this.#activate();
    if (this.#activation.next().done === true) this.#activation = undefined;
  }

  takeOutcomes(): readonly ChainOutcome[] {
    return this.#outcomes.splice(0);
  }

  // ---- activation ----------------------------------------------------------------------------

  #describe(entry: EntryIndex): Tip {
    const { headers } = this;
    return { height: headers.height(entry), id: headers.id(entry), work: headers.work(entry) };
  }

  /**
   * Where the ledger should move: the best branch, or back to the told tip when a reorg lost its
   * target.
   */
  #target(): EntryIndex | undefined {
    const best = this.#candidates.best(this.#told);
    if (best !== undefined) return best;
    return this.reorganising ? this.#told : undefined;
  }

  *#activate(): Generator<void, void> {
    let target = this.#target();
    while (target !== undefined) {
      yield* this.#moveTo(target);
      if (!this.reorganising) return;
      target = this.#target();
    }
  }

  /** Moves the ledger towards `target` until a tip has been told or the target proves invalid. */
  *#moveTo(target: EntryIndex): Generator<void, void> {
    const fork = this.headers.commonAncestor(this.#durable, target);
    let at = yield* this.#disconnectTo(fork);
    for (const next of this.#pathAbove(fork, target)) {
      const verdict = yield* connectBlock(this.#state.working, this.blocks.block(next), {
        work: this.headers.work(next),
        log: this.#log,
      });
      if (!verdict.ok) {
        this.#state.discard();
        this.#log.rollback();
        this.markInvalid(next, verdict);
        return;
      }
      at = next;
      yield;
      const { changedBytes } = this.#state;
      if (this.#mayTell(at)) {
        if (at !== target && changedBytes <= this.#limits.batchBytesMax) continue;
        yield* this.#flush(at);
        this.#tell(at);
        return;
      }
      if (changedBytes > this.#limits.reorgBatchBytesMax) yield* this.#flush(at);
    }
    // The way back to the told tip may consist of disconnecting alone.
    assert(at === this.#told, 'a candidate has more work than the told tip');
    yield* this.#flush(at);
    this.#tell(at);
  }

  /** Takes blocks off down to `fork`, in several batches if the overlay grows too large. */
  *#disconnectTo(fork: EntryIndex): Generator<void, EntryIndex> {
    const state = this.#state.working;
    let at = this.#durable;
    while (at !== fork) {
      yield* disconnectBlock(state, this.blocks.block(at), { log: this.#log, now: this.#now });
      at = required(this.headers.parent(at), 'a block above the fork has a parent');
      const full = this.#state.changedBytes > this.#limits.reorgBatchBytesMax;
      if (full || at === fork) yield* settleAccounts(state.accounts, this.blocks.accountsRoot(at));
      if (full) yield* this.#flush(at);
      yield;
    }
    return at;
  }

  /**
   * A tip may be told when it has more work than the told one, or is the told one that was returned
   * to.
   */
  #mayTell(entry: EntryIndex): boolean {
    return entry === this.#told || this.headers.work(entry) > this.headers.work(this.#told);
  }

  /**
   * Hands out what the overlay holds as one durable batch. Nobody reads accounts between this slice
   * and the end of the write; the slice after it goes on (`isWriting`).
   */
  *#flush(at: EntryIndex): Generator<void, void> {
    const told = this.#mayTell(at) ? at : this.#told;
    const { overlay, accounts } = this.#state.working;
    const position: Position = {
      ledger: this.headers.id(at),
      accountsRoot: accounts.root(),
      told: this.headers.id(told),
    };
    yield* this.#state.collect();
    overlay.put(POSITION_KEY, encodePosition(position));
    this.#outcomes.push({ kind: 'write', changes: overlay.changes(), durable: true });
    this.#state.promote();
    this.#log.checkpoint();
    this.#isWriting = true;
    yield;
    this.#isWriting = false;
    this.#durable = at;
    if (told !== at && !this.#inBatches) this.#setInBatches(true);
  }

  #setInBatches(active: boolean): void {
    this.#inBatches = active;
    this.#outcomes.push({ kind: 'reorganising', active });
  }

  #tell(at: EntryIndex): void {
    assert(at === this.#durable, 'only a durable tip is told');
    const fork = this.headers.commonAncestor(this.#told, at);
    const disconnected = this.#pathAbove(fork, this.#told).reverse();
    const connected = this.#pathAbove(fork, at);
    this.#told = at;
    this.headers.setTip(at);
    if (this.#inBatches) this.#setInBatches(false);
    this.#outcomes.push({
      kind: 'tip-changed',
      tip: this.tip,
      disconnected: disconnected.map((entry) => this.headers.id(entry)),
      connected: connected.map((entry) => this.headers.id(entry)),
      ...this.#log.summary(),
    });
    this.#log = new MoveLog();
  }

  /** The entries from just above `fork` up to `tip`. */
  #pathAbove(fork: EntryIndex, tip: EntryIndex): EntryIndex[] {
    const path: EntryIndex[] = [];
    for (let entry = tip; entry !== fork;) {
      path.push(entry);
      entry = required(this.headers.parent(entry), 'a block above the fork has a parent');
    }
    return path.reverse();
  }
}

/**
 * Owns: going through everything that is stored and computing it again: headers and their work,
 * bodies against headers, undo, the accounts tree, the history and the indexes.
 * Does not own: the checksums of records and files (io/store), or signatures: a body that its
 * header binds is the one whose signatures were verified. Layer 3. docs/protocol.md sections 7, 9
 * and 10.
 */
import { equalBytes } from '../base/bytes.ts';
import { required } from '../base/assert.ts';
import type { Result } from '../base/rejects.ts';
import type { Hash, Height } from '../base/types.ts';
import { toHeight } from '../base/types.ts';
import type { Block } from '../codec/block.ts';
import { decodeHeader } from '../codec/header.ts';
import { checkBlockSize, checkBodyBinding, checkBoundBlock } from '../rules/block.ts';
import { EMPTY_ACCOUNTS_ROOT } from '../rules/accounts-root.ts';
import { checkHeaderAlone, checkHeaderInContext } from '../rules/header.ts';
import { ROOT_NODE_KEY } from './account-branch.ts';
import { AccountsBase } from './accounts-base.ts';
import { placesOf } from './address-index.ts';
import type { Chain } from './chain.ts';
import type { EntryIndex } from './header-tree.ts';
import { HistoryTree } from './history-tree.ts';
import {
  ADDRESS_PLACE_PREFIX,
  PLACE_PREFIX,
  POSITION_KEY,
  addressPlaceKey,
  bodyKey,
  headerKey,
  historyKey,
  placeKey,
  undoKey,
} from './layout.ts';
import { Overlay } from './overlay.ts';
import { decodePosition, ownRecord } from './records.ts';
import type { StoreKey, StoreReader } from './store.ts';
import { StoreDamage } from './store.ts';
import { decodeUndo } from './undo.ts';

/** A clock by which no block is premature: that was judged when it came. */
const END_OF_TIME = Infinity;
const NODES_PER_STEP = 100;

export interface AuditOptions {
  /** Opened on the store, and not worked with. */
  readonly chain: Chain;
  readonly store: StoreReader;
  /** How many records begin with a prefix of one letter. */
  readonly countOf: (prefix: StoreKey) => number;
}

/** How far an audit has come; `total` is unknown for the accounts. */
export interface AuditProgress {
  readonly part: 'blocks' | 'ledger' | 'accounts';
  readonly done: number;
  readonly total: number | undefined;
}

export interface AuditSummary {
  readonly blocks: number;
  readonly height: Height;
  readonly accounts: number;
  readonly transactions: number;
}

/** Goes through the whole store, a few milliseconds between two yields. Throws `StoreDamage`. */
export function* auditStore(options: AuditOptions): Generator<AuditProgress, AuditSummary> {
  const { chain, store } = options;
  const { headers } = chain;
  const stored = required(store.get(POSITION_KEY), 'an opened chain has a position');
  const position = ownRecord(POSITION_KEY, decodePosition(stored));
  const ledger = required(headers.find(position.ledger), 'an opened chain checked its position');
  const blocks = yield* auditBlocks(options);
  if (!equalBytes(position.accountsRoot, chain.blocks.accountsRoot(ledger))) {
    throw new StoreDamage(POSITION_KEY, 'the position names another accounts root than its block');
  }
  headers.setTip(ledger);
  const transactions = yield* auditLedger(options, headers.height(ledger));
  const accounts = yield* auditAccounts(store, position.accountsRoot);
  return { blocks, height: headers.height(ledger), accounts, transactions };
}

/** Every stored block by itself: its header's rules, its body against the header. */
function* auditBlocks({ chain }: AuditOptions): Generator<AuditProgress, number> {
  const { headers } = chain;
  let done = 0;
  for (const entry of headers.entries()) {
    const parent = headers.parent(entry);
    if (parent === undefined || headers.isInvalid(entry) || !headers.hasBody(entry)) continue;
    auditHeader(chain, entry, parent);
    const key = bodyKey(headers.id(entry));
    const verdict = checkBody(chain, chain.blocks.block(entry), headers.height(parent));
    if (!verdict.ok) throw new StoreDamage(key, `${nameOf(chain, entry)} fails ${verdict.code}`);
    yield { part: 'blocks', done: ++done, total: headers.size - 1 };
  }
  return done;
}

function auditHeader(chain: Chain, entry: EntryIndex, parent: EntryIndex): void {
  const { headers, network } = chain;
  const key = headerKey(headers.height(entry), headers.id(entry));
  const header = ownRecord(key, decodeHeader(headers.headerBytes(entry)));
  const { params } = network;
  const context = { parent: headers.context(parent), params, nowSeconds: END_OF_TIME };
  for (const verdict of [checkHeaderAlone(header, params), checkHeaderInContext(header, context)]) {
    if (!verdict.ok) throw new StoreDamage(key, `${nameOf(chain, entry)} fails ${verdict.code}`);
  }
}

/** B1 to B9. */
function checkBody(chain: Chain, block: Block, parentHeight: Height): Result<unknown> {
  const { params } = chain.network;
  const size = checkBlockSize(block.bytes.length, params);
  if (!size.ok) return size;
  const bound = checkBodyBinding(block);
  return bound.ok ? checkBoundBlock(bound.value, { params, parentHeight }) : bound;
}

/** What each block of the ledger left behind: undo, history, both indexes. */
function* auditLedger(options: AuditOptions, height: Height): Generator<AuditProgress, number> {
  const { chain, store, countOf } = options;
  let places = 0;
  let addressPlaces = auditAllocations(options);
  auditHistory(options, toHeight(0));
  for (let at = 1; at <= height; at++) {
    const entry = required(chain.headers.mainAt(toHeight(at)), 'the main chain has no gaps');
    const block = chain.blocks.block(entry);
    const key = undoKey(block.header.id);
    ownRecord(key, decodeUndo(requireRecord(store, key, `the undo of ${nameOf(chain, entry)}`)));
    auditHistory(options, toHeight(at));
    places += auditPlaces(chain, block);
    addressPlaces += auditAddressPlaces(store, block);
    yield { part: 'ledger', done: at, total: height };
  }
  requireCount(countOf, PLACE_PREFIX, places);
  requireCount(countOf, ADDRESS_PLACE_PREFIX, addressPlaces);
  return places;
}

/** The history's record at a height must be the one that appending the block gives. */
function auditHistory({ chain, store }: AuditOptions, height: Height): void {
  const { headers } = chain;
  const entry = required(headers.mainAt(height), 'the main chain has no gaps');
  const key = historyKey(height);
  const overlay = new Overlay(store);
  new HistoryTree(overlay).append(height, { id: headers.id(entry), work: headers.work(entry) });
  const stored = requireRecord(store, key, `the history at height ${height}`);
  const computed = required(overlay.get(key), 'appending puts the record');
  if (!equalBytes(stored, computed)) {
    throw new StoreDamage(key, `the history at height ${height} is another chain's`);
  }
}

function auditPlaces(chain: Chain, block: Block): number {
  for (const [index, { id }] of block.transactions.entries()) {
    const place = chain.place(id);
    if (place?.height !== block.height || place.index !== index) {
      throw new StoreDamage(placeKey(id), `the index does not find transaction ${id}`);
    }
  }
  return block.transactions.length;
}

function auditAddressPlaces(store: StoreReader, block: Block): number {
  const keys = new Set<StoreKey>();
  for (const [address, index] of placesOf(block)) {
    keys.add(addressPlaceKey(address, { height: block.height, index }));
  }
  for (const key of keys) requireRecord(store, key, `an account's entry of block ${block.height}`);
  return keys.size;
}

function auditAllocations({ chain, store }: AuditOptions): number {
  const { allocations } = chain.network.params;
  for (const [index, { address }] of allocations.entries()) {
    const key = addressPlaceKey(address, { height: toHeight(0), index });
    requireRecord(store, key, `an account's entry of genesis`);
  }
  return allocations.length;
}

/** Every node of the accounts tree, each against the hash that its parent names. */
function* auditAccounts(store: StoreReader, root: Hash): Generator<AuditProgress, number> {
  if (equalBytes(root, EMPTY_ACCOUNTS_ROOT)) return 0;
  const base = new AccountsBase({ store, root: EMPTY_ACCOUNTS_ROOT, cacheBytesMax: 0 });
  const open = [{ key: ROOT_NODE_KEY, hash: root }];
  let [nodes, accounts] = [0, 0];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = base.load(next.key, next.hash);
    if (node.kind === 'page') accounts += node.count;
    else {
      for (const side of [0, 1] as const) {
        open.push({ key: node.childKey(side), hash: node.childHash(side) });
      }
    }
    if (++nodes % NODES_PER_STEP === 0) {
      yield { part: 'accounts', done: accounts, total: undefined };
    }
  }
  return accounts;
}

function requireRecord(store: StoreReader, key: StoreKey, what: string): Uint8Array {
  const record = store.get(key);
  if (record === undefined) throw new StoreDamage(key, `${what} is missing`);
  return record;
}

/** What is in an index must be no more than what was looked up in it. */
function requireCount(countOf: AuditOptions['countOf'], prefix: StoreKey, expected: number): void {
  const excess = countOf(prefix) - expected;
  if (excess !== 0)
    throw new StoreDamage(prefix, `${excess} entries of an index belong to no block`);
}

function nameOf({ headers }: Chain, entry: EntryIndex): string {
  return `block ${headers.id(entry)} at height ${headers.height(entry)}`;
}

/**
 * Owns: turning stored records back into a running node's memory: headers, marks, the pool.
 * Does not own: reading the records from disk (io) or what the node does then (node/node). Layer 4.
 */
import { assert } from '../base/assert.ts';
import type { StoreChange, StoreKey, StoreReader } from '../chain/store.ts';
import { StoreDamage } from '../chain/store.ts';
import type { ChainLimits } from '../chain/chain-limits.ts';
import { CHAIN_LIMITS } from '../chain/chain-limits.ts';
import { Chain } from '../chain/chain.ts';
import { genesisChanges } from '../chain/genesis-state.ts';
import { HeaderTree } from '../chain/header-tree.ts';
import { HEADER_PREFIX, INVALID_PREFIX, POSITION_KEY, bodyKey } from '../chain/layout.ts';
import type { Position } from '../chain/records.ts';
import { decodeInvalidMark, decodePosition, ownRecord } from '../chain/records.ts';
import type { Header } from '../codec/header.ts';
import { decodeHeader } from '../codec/header.ts';
import type { Network } from '../rules/network.ts';

/** What a node starts from. */
export interface Booted {
  readonly chain: Chain;
  /** Records of the pool, for it to restore. */
  readonly poolRecords: readonly StoreChange[];
}

/**
 * Takes the records under `BOOT_PREFIXES`, in that order and each prefix in key order; once
 * `changes` is written, opens the chain. Headers come by rising height, so that a parent is there
 * before its children.
 */
export class Boot {
  readonly #network: Network;
  readonly #headers: HeaderTree;
  readonly #marked: Header[] = [];
  readonly #poolRecords: StoreChange[] = [];
  readonly #changes: StoreChange[] = [];

  constructor(network: Network) {
    this.#network = network;
    this.#headers = new HeaderTree(network.genesis);
  }

  add(key: StoreKey, value: Uint8Array): void {
    if (key.startsWith(HEADER_PREFIX)) this.#addHeader(key, value);
    else if (key.startsWith(INVALID_PREFIX)) this.#addMark(key, value);
    else this.#poolRecords.push({ key, value });
  }

  /**
   * To be written before `open`: the first batch of a fresh store, or the removal of what a
   * download left. Throws `StoreDamage` before anything is removed for the want of a lost header.
   */
  changes(store: StoreReader): readonly StoreChange[] {
    if (store.get(POSITION_KEY) !== undefined) {
      this.#readPosition(store);
      return this.#changes;
    }
    if (this.#headers.size > 1 || this.#changes.length > 0) {
      throw new StoreDamage(POSITION_KEY, 'blocks are stored, but not where the ledger stands');
    }
    return genesisChanges(this.#network, store);
  }

  open(store: StoreReader, limits: ChainLimits = CHAIN_LIMITS): Booted {
    const position = this.#readPosition(store);
    const headers = this.#headers;
    const chain = new Chain({ network: this.#network, store, headers, position, limits });
    for (const { id } of this.#marked) chain.blocks.restoreInvalidMark(id);
    return { chain, poolRecords: this.#poolRecords };
  }

  #readPosition(store: StoreReader): Position {
    const stored = store.get(POSITION_KEY);
    assert(stored !== undefined, 'the first batch of a fresh store is written before it is opened');
    const position = ownRecord(POSITION_KEY, decodePosition(stored));
    for (const id of [position.ledger, position.told]) {
      if (this.#headers.find(id) === undefined) {
        throw new StoreDamage(POSITION_KEY, 'the tip has no header');
      }
    }
    return position;
  }

  /**
   * A header whose parent was never stored belongs to a download that did not finish: it and its
   * body go.
   */
  #addHeader(key: StoreKey, value: Uint8Array): void {
    const header = ownRecord(key, decodeHeader(value));
    const parent = this.#headers.find(header.parent);
    if (parent === undefined) {
      this.#changes.push({ key, value: undefined });
      this.#changes.push({ key: bodyKey(header.id), value: undefined });
      return;
    }
    this.#headers.setBody(this.#headers.add(header, parent));
  }

  #addMark(key: StoreKey, value: Uint8Array): void {
    const mark = ownRecord(key, decodeInvalidMark(value));
    const header = ownRecord(key, decodeHeader(mark.header));
    const parent = this.#headers.find(header.parent);
    if (parent !== undefined) this.#headers.markInvalid(this.#headers.add(header, parent));
    this.#marked.push(header);
  }
}

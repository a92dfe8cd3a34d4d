/**
 * Owns: reading and writing bodies, header entries, invalid marks and places of transactions.
 * Does not own: accounts, history and undo (chain/ledger) or what is worth storing (node, chain).
 * Layer 3.
 */
import type { Reject } from '../base/rejects.ts';
import type { BlockId, Hash, TxId } from '../base/types.ts';
import type { Block } from '../codec/block.ts';
import { decodeBlock } from '../codec/block.ts';
import type { Network } from '../rules/network.ts';
import type { EntryIndex, HeaderTree } from './header-tree.ts';
import { bodyKey, headerKey, invalidKey, placeKey } from './layout.ts';
import { DECODED_BLOCKS_BYTES_MAX, INVALID_MARKS_MAX } from './chain-limits.ts';
import type { Place } from './records.ts';
import { decodePlace, encodeInvalidMark, ownRecord } from './records.ts';
import type { StoreChange, StoreReader } from './store.ts';
import { StoreDamage } from './store.ts';

export class BlockStore {
  readonly #network: Network;
  readonly #store: StoreReader;
  readonly #headers: HeaderTree;
  /** Lately stored or read blocks, decoded; oldest first, capped in bytes. */
  readonly #decoded = new Map<EntryIndex, Block>();
  #decodedBytes = 0;
  /** Marked blocks, oldest first; beyond the cap the oldest mark is forgotten. */
  readonly #marked = new Set<BlockId>();

  constructor(options: {
    readonly network: Network;
    readonly store: StoreReader;
    readonly headers: HeaderTree;
  }) {
    this.#network = options.network;
    this.#store = options.store;
    this.#headers = options.headers;
  }

  /** The bytes of a stored block, header included; genesis has none. */
  bytes(entry: EntryIndex): Uint8Array | undefined {
    if (!this.#headers.hasBody(entry) || this.#isGenesis(entry)) return undefined;
    const cached = this.#decoded.get(entry);
    return cached === undefined ? this.#read(entry) : cached.bytes;
  }

  /** A stored block, decoded. */
  block(entry: EntryIndex): Block {
    const cached = this.#decoded.get(entry);
    if (cached !== undefined) return cached;
    const key = bodyKey(this.#headers.id(entry));
    const block = ownRecord(key, decodeBlock(this.#read(entry)));
    if (block.header.id !== this.#headers.id(entry)) {
      throw new StoreDamage(key, 'a body stands under the id of another block');
    }
    this.#remember(entry, block);
    return block;
  }

  /** The accounts root that a block states, genesis included. */
  accountsRoot(entry: EntryIndex): Hash {
    return this.#isGenesis(entry)
      ? this.#network.genesis.committed.accountsRoot
      : this.block(entry).accountsRoot;
  }

  place(id: TxId): Place | undefined {
    const key = placeKey(id);
    const bytes = this.#store.get(key);
    return bytes === undefined ? undefined : ownRecord(key, decodePlace(bytes));
  }

  /** Remembers a block about to be stored and answers what to write. */
  put(entry: EntryIndex, block: Block): readonly StoreChange[] {
    this.#remember(entry, block);
    const { id, bytes } = block.header;
    return [
      { key: bodyKey(id), value: block.bytes },
      { key: headerKey(block.height, id), value: bytes },
    ];
  }

  /** Replaces what is stored of a block by the mark that it is invalid. */
  putInvalidMark(entry: EntryIndex, verdict: Reject): readonly StoreChange[] {
    const id = this.#headers.id(entry);
    const header = this.#headers.headerBytes(entry);
    this.#headers.clearBody(entry);
    this.#forget(entry);
    const changes: StoreChange[] = [
      { key: bodyKey(id), value: undefined },
      { key: headerKey(this.#headers.height(entry), id), value: undefined },
      { key: invalidKey(id), value: encodeInvalidMark(header, verdict) },
    ];
    this.restoreInvalidMark(id);
    for (const oldest of this.#marked) {
      if (this.#marked.size <= INVALID_MARKS_MAX) break;
      this.#marked.delete(oldest);
      changes.push({ key: invalidKey(oldest), value: undefined });
      this.#forgetHeader(oldest);
    }
    return changes;
  }

  /** Counts a mark that was stored before this start. */
  restoreInvalidMark(id: BlockId): void {
    this.#marked.add(id);
  }

  /** Whether this very block was marked, not one below it. */
  isMarked(id: BlockId): boolean {
    return this.#marked.has(id);
  }

  /** Without its mark a block is as unknown as any other. */
  #forgetHeader(id: BlockId): void {
    const entry = this.#headers.find(id);
    if (entry !== undefined && !this.#headers.hasChildren(entry)) this.#headers.remove(entry);
  }

  #isGenesis(entry: EntryIndex): boolean {
    return this.#headers.parent(entry) === undefined;
  }

  #read(entry: EntryIndex): Uint8Array {
    const key = bodyKey(this.#headers.id(entry));
    const bytes = this.#store.get(key);
    if (bytes === undefined) throw new StoreDamage(key, 'the body of a stored block');
    return bytes;
  }

  #remember(entry: EntryIndex, block: Block): void {
    this.#forget(entry);
    this.#decoded.set(entry, block);
    this.#decodedBytes += block.bytes.length;
    for (const oldest of this.#decoded.keys()) {
      if (this.#decodedBytes <= DECODED_BLOCKS_BYTES_MAX || oldest === entry) break;
      this.#forget(oldest);
    }
  }

  #forget(entry: EntryIndex): void {
    const block = this.#decoded.get(entry);
    if (block === undefined) return;
    this.#decoded.delete(entry);
    this.#decodedBytes -= block.bytes.length;
  }
}

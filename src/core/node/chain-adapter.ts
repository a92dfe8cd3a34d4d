/**
 * Owns: showing the chain to the conversation with peers, which knows it only as an interface.
 * Does not own: either of them (chain/chain, net). Layer 4.
 */
import { required } from '../base/assert.ts';
import type { BlockId, Height } from '../base/types.ts';
import { toHeight } from '../base/types.ts';
import type { Header } from '../codec/header.ts';
import type { Tip } from '../codec/tip.ts';
import type { Chain, TipChange } from '../chain/chain.ts';
import type { EntryIndex } from '../chain/header-tree.ts';
import type { ChainView, HeaderInfo } from '../net/chain-view.ts';
import type { ParentContext } from '../rules/header.ts';
import { DISCONNECTED_BLOCKS_MAX } from './limits.ts';

export class ChainAdapter implements ChainView {
  readonly #chain: Chain;
  readonly #backlogBytes: () => number;
  readonly #isVerifying: (id: BlockId) => boolean;
  /** Blocks taken off lately with the tip's height then; oldest first. */
  readonly #disconnected = new Map<BlockId, Height>();

  constructor(options: {
    readonly chain: Chain;
    readonly backlogBytes: () => number;
    readonly isVerifying: (id: BlockId) => boolean;
  }) {
    this.#chain = options.chain;
    this.#backlogBytes = options.backlogBytes;
    this.#isVerifying = options.isVerifying;
  }

  /** Remembers what a change of tip took off. */
  noteTipChange(change: TipChange): void {
    for (const id of change.disconnected) this.#disconnected.set(id, change.tip.height);
    for (const oldest of this.#disconnected.keys()) {
      if (this.#disconnected.size <= DISCONNECTED_BLOCKS_MAX) break;
      this.#disconnected.delete(oldest);
    }
  }

  tip(): Tip {
    return this.#chain.tip;
  }

  find(id: BlockId): HeaderInfo | undefined {
    const { headers } = this.#chain;
    const entry = headers.find(id);
    if (entry === undefined) return undefined;
    return {
      id,
      parent: headers.parentId(entry),
      height: headers.height(entry),
      work: headers.work(entry),
      hasBody: headers.hasBody(entry),
      invalid: headers.isInvalid(entry),
      onMain: headers.isMain(entry),
    };
  }

  mainIdAt(height: number): BlockId | undefined {
    const { headers } = this.#chain;
    const entry = headers.mainAt(toHeight(height));
    return entry === undefined ? undefined : headers.id(entry);
  }

  ancestorAt(id: BlockId, height: number): BlockId {
    const { headers } = this.#chain;
    return headers.id(headers.ancestorAt(this.#known(id), toHeight(height)));
  }

  context(id: BlockId): ParentContext {
    return this.#chain.headers.context(this.#known(id));
  }

  headerBytes(id: BlockId): Uint8Array {
    return this.#chain.headers.headerBytes(this.#known(id));
  }

  addHeader(header: Header): void {
    this.#chain.addHeader(header);
  }

  removeBranch(leaf: BlockId, kept?: BlockId): void {
    const { headers } = this.#chain;
    let entry = headers.find(leaf);
    while (entry !== undefined && this.#isLoose(entry)) {
      const id = headers.id(entry);
      // A body under verification is as good as there: its verdict will be about this entry.
      if (id === kept || this.#isVerifying(id)) return;
      const parent = headers.parent(entry);
      headers.remove(entry);
      entry = parent;
    }
  }

  blockBytes(id: BlockId): Uint8Array | undefined {
    const entry = this.#chain.headers.find(id);
    return entry === undefined ? undefined : this.#chain.blocks.bytes(entry);
  }

  disconnectedAt(id: BlockId): Height | undefined {
    return this.#disconnected.get(id);
  }

  backlogBytes(): number {
    return this.#backlogBytes();
  }

  /** A leaf that holds nothing: no body, and no mark that has to be remembered. */
  #isLoose(entry: EntryIndex): boolean {
    const { headers, blocks } = this.#chain;
    const isLeaf = !headers.hasBody(entry) && !headers.hasChildren(entry);
    return isLeaf && !blocks.isMarked(headers.id(entry));
  }

  #known(id: BlockId): EntryIndex {
    return required(this.#chain.headers.find(id), 'net asks about known headers only');
  }
}

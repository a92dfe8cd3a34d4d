/**
 * Owns: an attacker's own miner: valid and deliberately broken blocks on a model of the ledger,
 * by the second implementation. Does not own: bringing them to a node (raw-peer, node-process).
 */
import { randomBytes } from 'node:crypto';
import { createBlock, decodeHeader, medianTime, rewardAt } from '../../vectors/reference/block.mjs';
import { hex, shown } from '../../vectors/reference/bytes.mjs';
import { canonicalTarget, headerId, workOf } from '../../vectors/reference/difficulty.mjs';
import { nowSeconds } from './world.ts';

export type Content = Partial<Reference.BlockContent>;

/** The 68 bytes that peers tell of their chain, in the second implementation's form. */
export interface Tip {
  readonly height: number;
  readonly id: string;
  readonly work: string;
}

export class ChainBuilder {
  readonly network: Reference.Network;
  readonly #blocks: Reference.Block[];

  constructor(network: Reference.Network, blocks: readonly Reference.Block[] = network.chain) {
    this.network = network;
    this.#blocks = [...blocks];
  }

  /** The chain from genesis. */
  get blocks(): readonly Reference.Block[] {
    return this.#blocks;
  }

  get tip(): Reference.Block {
    return this.#blocks.at(-1)!;
  }

  get height(): number {
    return this.tip.height;
  }

  /** The tip's accounts root as nodes show it. */
  get accountsRoot(): string {
    return hex(this.tip.accountsRoot);
  }

  /**
   * A mined child of the tip, not added; its time is its parent's and a second, as far as it may
   * be.
   */
  build(content: Content = {}): Reference.Block {
    const time = Math.max(medianTime(this.#blocks) + 1, Math.min(this.tip.time + 1, nowSeconds()));
    return createBlock(this.network, this.#blocks, { time, extra: randomBytes(8), ...content });
  }

  /** A block that no honest miner builds: its accounts root is a stand-in unless told. */
  buildBroken(content: Content): Reference.Block {
    const accountsRoot = Buffer.alloc(32, 1);
    return this.build({ ...content, wrong: { accountsRoot, ...content.wrong } });
  }

  /** Adds a valid child. */
  extend(content: Content = {}): Reference.Block {
    const block = this.build(content);
    this.#blocks.push(block);
    return block;
  }

  extendBy(count: number, content: Content = {}): this {
    for (let i = 0; i < count; i++) this.extend(content);
    return this;
  }

  /** Adds whatever block is given, right or wrong. */
  add(block: Reference.Block): this {
    this.#blocks.push(block);
    return this;
  }

  /** Another chain with the same blocks up to `height`. */
  fork(height: number = this.height): ChainBuilder {
    return new ChainBuilder(this.network, this.#blocks.slice(0, height + 1));
  }

  reward(height: number = this.height + 1): bigint {
    return rewardAt(this.network.parameters, height);
  }

  accountOf({ address }: Pick<Reference.Key, 'address'>): Reference.Account {
    return this.tip.accounts.get(hex(address)) ?? { balance: 0n, nonce: 0 };
  }

  nonceOf(key: Pick<Reference.Key, 'address'>): number {
    return this.accountOf(key).nonce;
  }
}

export function idOfBlock({ id }: Pick<Reference.Block, 'id'>): string {
  return shown(id);
}

/** A block's claim as a peer's tip; more work may be claimed than there is. */
export function tipOf(block: Reference.Block, extraWork = 0n): Tip {
  const work = `0x${(block.cumulativeWork + extraWork).toString(16)}`;
  return { height: block.height, id: idOfBlock(block), work };
}

/**
 * The claim of a peer whose tip is this header on top of `parent`, with the work that it states.
 */
export function claimOf(header: Buffer, parent: Reference.Block): Tip {
  const { bits } = decodeHeader(header);
  const work = parent.cumulativeWork + (canonicalTarget(bits) === undefined ? 1n : workOf(bits));
  const id = shown(headerId(header));
  return { height: parent.height + 1, id, work: `0x${work.toString(16)}` };
}

/** The newest time that a node whose clock is this machine's takes. */
export function newestTime({ parameters }: Reference.Network): number {
  return nowSeconds() + parameters.maxFutureSeconds;
}

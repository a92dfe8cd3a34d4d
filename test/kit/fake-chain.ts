/**
 * Owns: a chain of headers without contents, as the conversation with peers sees one, and cheap
 * headers for it.
 * Does not own: any rule of blocks; a body is whatever bytes follow the header.
 */
import { required } from '../../src/core/base/assert.ts';
import { concatBytes } from '../../src/core/base/bytes.ts';
import type { BlockId, Height, Work } from '../../src/core/base/types.ts';
import {
  parseBlockId,
  toAmount,
  toHash,
  toHeight,
  toUnixSeconds,
  toWork,
} from '../../src/core/base/types.ts';
import type { Header } from '../../src/core/codec/header.ts';
import { decodeHeader, encodeHeader } from '../../src/core/codec/header.ts';
import type { Tip } from '../../src/core/codec/tip.ts';
import type { ChainView, HeaderInfo } from '../../src/core/net/chain-view.ts';
import type { ParentContext } from '../../src/core/rules/header.ts';
import { extendContext } from '../../src/core/rules/header.ts';
import type { Params } from '../../src/core/rules/params.ts';
import { bitsToTarget, bitsToWork, idMeetsTarget } from '../../src/core/rules/work.ts';

const EASY_BITS = 0x207fffff;

export const FAKE_PARAMS: Params = {
  name: 'fake',
  salt: new Uint8Array(8),
  prefix: 'fake',
  time: toUnixSeconds(1_700_000_000),
  bits: EASY_BITS,
  powLimit: EASY_BITS,
  spacingSeconds: 1,
  halfLifeSeconds: 600,
  retarget: false,
  reward: toAmount(1n),
  halvingBlocks: 1000,
  blockSizeMax: 400_000,
  minimumOutput: toAmount(1n),
  maxFutureSeconds: 7200,
  allocations: [],
};

export const FAKE_GENESIS: Header = decode({
  parent: required(parseBlockId('0'.repeat(64)), 'zeros are an id'),
  time: FAKE_PARAMS.time,
  salt: 0,
  nonce: 0,
});

function decode(fields: {
  readonly parent: BlockId;
  readonly time: number;
  readonly salt: number;
  readonly nonce: number;
}): Header {
  const commitment = new Uint8Array(32).fill(fields.salt & 0xff);
  commitment[0] = fields.salt >>> 8;
  const decoded = decodeHeader(
    encodeHeader({
      version: 1,
      parent: fields.parent,
      commitment: toHash(commitment),
      time: toUnixSeconds(fields.time),
      bits: EASY_BITS,
      nonce: fields.nonce,
    }),
  );
  if (!decoded.ok) throw new Error('a header of 80 bytes decodes');
  return decoded.value;
}

/** Mines headers one on top of the other, so many seconds apart; `salt` tells branches apart. */
export function mineHeaders(
  parent: Header,
  count: number,
  options: { readonly salt?: number; readonly secondsApart?: number } = {},
): readonly Header[] {
  const { salt = 1, secondsApart = 1 } = options;
  const target = bitsToTarget(EASY_BITS);
  const headers: Header[] = [];
  let below = parent;
  for (let i = 0; i < count; i++) {
    let nonce = 0;
    const time = parent.time + Math.ceil((i + 1) * secondsApart);
    const at = { parent: below.id, time, salt };
    let header = decode({ ...at, nonce });
    while (!idMeetsTarget(header.id, target)) header = decode({ ...at, nonce: (nonce += 1) });
    headers.push(header);
    below = header;
  }
  return headers;
}

/** A header whose id misses the target. */
export function mineWeakHeader(parent: Header): Header {
  const target = bitsToTarget(EASY_BITS);
  for (let nonce = 0; ; nonce++) {
    const header = decode({ parent: parent.id, time: parent.time + 1, salt: 9, nonce });
    if (!idMeetsTarget(header.id, target)) return header;
  }
}

export function bodyOf(header: Header): Uint8Array {
  return concatBytes(header.bytes, new Uint8Array(120).fill(7));
}

/** The tip that a chain of these headers from genesis has. */
export function tipOf(header: Header, height: number): Tip {
  return { id: header.id, height: toHeight(height), work: workAt(height) };
}

export function workAt(height: number): Work {
  return toWork(bitsToWork(EASY_BITS) * BigInt(height + 1));
}

const STRIDE = 64;

interface Entry {
  readonly header: Header;
  readonly height: Height;
  readonly work: Work;
  readonly context: ParentContext;
  readonly children: Set<BlockId>;
  /** The ancestor `STRIDE` below, or genesis. */
  readonly far: BlockId;
  hasBody: boolean;
  /** It and all its ancestors have bodies. */
  isComplete: boolean;
  invalid: boolean;
}

export class FakeChain implements ChainView {
  readonly #entries = new Map<BlockId, Entry>();
  readonly #main: BlockId[] = [FAKE_GENESIS.id];
  /** Complete since the last choice of a tip. */
  readonly #complete: Entry[] = [];
  readonly #disconnected = new Map<BlockId, Height>();
  backlog = 0;

  constructor() {
    this.#entries.set(FAKE_GENESIS.id, {
      header: FAKE_GENESIS,
      height: toHeight(0),
      work: workAt(0),
      context: { height: toHeight(0), recentTimes: [FAKE_GENESIS.time] },
      children: new Set(),
      far: FAKE_GENESIS.id,
      hasBody: true,
      isComplete: true,
      invalid: false,
    });
  }

  get size(): number {
    return this.#entries.size;
  }

  tip(): Tip {
    const id = this.#main[this.#main.length - 1]!;
    const { height, work } = this.#entry(id);
    return { id, height, work };
  }

  find(id: BlockId): HeaderInfo | undefined {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    const { header, height, work, hasBody, invalid } = entry;
    const onMain = this.#main[height] === id;
    return { id, parent: header.parent, height, work, hasBody, invalid, onMain };
  }

  mainIdAt(height: number): BlockId | undefined {
    return this.#main[height];
  }

  ancestorAt(id: BlockId, height: number): BlockId {
    let entry = this.#entry(id);
    while (entry.height > height && this.#main[entry.height] !== entry.header.id) {
      entry = this.#entry(entry.height - height >= STRIDE ? entry.far : entry.header.parent);
    }
    return entry.height > height ? this.#main[height]! : entry.header.id;
  }

  context(id: BlockId): ParentContext {
    return this.#entry(id).context;
  }

  headerBytes(id: BlockId): Uint8Array {
    return this.#entry(id).header.bytes;
  }

  addHeader(header: Header): void {
    if (this.#entries.has(header.id)) return;
    const parent = this.#entry(header.parent);
    parent.children.add(header.id);
    this.#entries.set(header.id, {
      header,
      height: toHeight(parent.height + 1),
      work: toWork(parent.work + bitsToWork(header.bits)),
      context: extendContext(parent.context, header.time),
      children: new Set(),
      far: this.ancestorAt(header.parent, Math.max(0, parent.height + 1 - STRIDE)),
      hasBody: false,
      isComplete: false,
      invalid: parent.invalid,
    });
  }

  removeBranch(leaf: BlockId, kept?: BlockId): void {
    let entry = this.#entries.get(leaf);
    while (entry && !entry.hasBody && entry.children.size === 0 && entry.header.id !== kept) {
      this.#entries.delete(entry.header.id);
      const parent = this.#entry(entry.header.parent);
      parent.children.delete(entry.header.id);
      entry = parent;
    }
  }

  blockBytes(id: BlockId): Uint8Array | undefined {
    const entry = this.#entry(id);
    return entry.hasBody ? bodyOf(entry.header) : undefined;
  }

  disconnectedAt(id: BlockId): Height | undefined {
    return this.#disconnected.get(id);
  }

  backlogBytes(): number {
    return this.backlog;
  }

  storeBody(id: BlockId): void {
    const stored = this.#entry(id);
    stored.hasBody = true;
    const open = this.#entry(stored.header.parent).isComplete ? [stored] : [];
    for (let entry = open.pop(); entry; entry = open.pop()) {
      entry.isComplete = true;
      this.#complete.push(entry);
      for (const child of entry.children) {
        if (this.#entry(child).hasBody) open.push(this.#entry(child));
      }
    }
  }

  markInvalid(id: BlockId): void {
    const entry = this.#entry(id);
    entry.invalid = true;
    for (const child of entry.children) this.markInvalid(child);
  }

  /** Makes these headers, the first on the connected chain, known, stored and connected. */
  extend(headers: readonly Header[]): void {
    for (const header of headers) {
      this.addHeader(header);
      this.storeBody(header.id);
    }
    this.connectBest();
  }

  /** Connects the heaviest branch whose bodies are all there; answers whether the tip changed. */
  connectBest(): boolean {
    let best = this.#entry(this.tip().id);
    for (const entry of this.#complete.splice(0)) {
      if (!entry.invalid && entry.work > best.work) best = entry;
    }
    if (best.header.id === this.tip().id) return false;
    const path: BlockId[] = [];
    let entry = best;
    while (this.#main[entry.height] !== entry.header.id) {
      path.unshift(entry.header.id);
      entry = this.#entry(entry.header.parent);
    }
    const off = this.#main.splice(entry.height + 1);
    this.#main.push(...path);
    for (const id of off) this.#disconnected.set(id, best.height);
    return true;
  }

  #entry(id: BlockId): Entry {
    return required(this.#entries.get(id), `the fake chain knows ${id}`);
  }
}

/**
 * Owns: `reindex`: a fresh store beside the old one, and a node without peers that takes in every
 * block found in the old one as if a stranger sent it. It can end at any moment: while the old
 * store is there, the next start goes on.
 * Does not own: what is found in the old store (rebuild-source), the order of blocks
 * (core/chain/rebuild-plan), or judging them (core/node). docs/decisions/0011.
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { required } from '../core/base/assert.ts';
import { PLACE_PREFIX, POOL_PREFIX } from '../core/chain/layout.ts';
import type { Chain } from '../core/chain/chain.ts';
import type { EntryIndex } from '../core/chain/header-tree.ts';
import { RebuildPlan } from '../core/chain/rebuild-plan.ts';
import type { StoreChange } from '../core/chain/store.ts';
import type { Tip } from '../core/codec/tip.ts';
import type { Network } from '../core/rules/network.ts';
import {
  bootStore,
  damagedStoreFolder,
  oldStoreFolder,
  openStore,
  storeFolder,
  syncFolder,
} from './data-folder.ts';
import { OperationalError } from './errors.ts';
import { Feed } from './rebuild-feed.ts';
import type { FoundBlock, RebuildSource } from './rebuild-source.ts';
import { readBody, readSource } from './rebuild-source.ts';
import type { LevelStore } from './store/level-store.ts';
import { assertUnlocked } from './store/level-store.ts';
import { assertFormat } from './store/store-format.ts';

export interface RebuildProgress {
  readonly part: 'files' | 'blocks';
  readonly done: number;
  readonly total: number;
}

export interface RebuildReport {
  readonly tip: Tip;
  /** Blocks of the old store that are in the new one. */
  readonly blocks: number;
  /** Where the old store is kept, when its ledger went further than what could be read of it. */
  readonly kept: string | undefined;
}

export interface RebuildOptions {
  readonly datadir: string;
  readonly network: Network;
  readonly onProgress: (progress: RebuildProgress) => void;
  /** Ends it early and in order, with `interrupted`; the next call goes on. */
  readonly signal?: AbortSignal | undefined;
}

const INTERRUPTED = 130;

/** Whether a rebuild was begun that has not come to its end. */
export function isRebuilding(datadir: string): boolean {
  return existsSync(oldStoreFolder(datadir));
}

/**
 * Rebuilds the store of a stopped node, or goes on with that. Throws `store-locked`,
 * `store-other-network`, `store-format-unknown`, `interrupted`, and what writing may throw.
 */
export async function rebuildStore(options: RebuildOptions): Promise<RebuildReport> {
  const { datadir, onProgress } = options;
  const old = oldStoreFolder(datadir);
  const source = await takeAside(options, () =>
    readSource(old, (done, total) => onProgress({ part: 'files', done, total })),
  );
  const { tip, blocks, isShort } = await takeIn(options, source);
  await restorePool(options, source.pool);
  const kept = isShort ? damagedStoreFolder(datadir) : undefined;
  if (kept === undefined) await rm(old, { recursive: true, force: true });
  else {
    await rm(kept, { recursive: true, force: true });
    await rename(old, kept);
  }
  await syncFolder(datadir);
  return { tip, blocks, kept };
}

/** Renames the store unless that is done, reads it, and puts it back if it is not ours. */
async function takeAside(
  { datadir, network }: RebuildOptions,
  read: () => Promise<RebuildSource>,
): Promise<RebuildSource> {
  const [folder, old] = [storeFolder(datadir), oldStoreFolder(datadir)];
  await assertUnlocked(folder);
  const begins = !isRebuilding(datadir);
  if (begins) await rename(folder, old);
  try {
    const source = await read();
    const expected = { networkId: network.id, folder, older: true };
    if (source.format !== undefined) assertFormat(source.format, expected);
    return source;
  } catch (error) {
    if (begins) {
      await rm(folder, { recursive: true, force: true });
      await rename(old, folder);
    }
    throw error;
  } finally {
    await syncFolder(datadir);
  }
}

/** Feeds a node on the new store with all that was found. */
async function takeIn(
  options: RebuildOptions,
  source: RebuildSource,
): Promise<{ readonly tip: Tip; readonly blocks: number; readonly isShort: boolean }> {
  const { network, signal } = options;
  const { store, chain } = await openNew(options);
  const feed = await Feed.start({ store, chain, network, newestMs: newestTimeMs(source) });
  try {
    await feedAll(options, { chain, feed, source });
  } finally {
    await feed.stop();
  }
  if (signal?.aborted === true) throw createInterrupted(chain.tip);
  const told = source.told === undefined ? undefined : chain.headers.find(source.told);
  const blocks = [...chain.headers.entries()].filter((entry) => chain.headers.hasBody(entry));
  return {
    tip: chain.tip,
    blocks: blocks.length - 1,
    isShort: told === undefined || !chain.headers.isMain(told),
  };
}

async function feedAll(
  { network, onProgress, signal }: RebuildOptions,
  parts: { readonly chain: Chain; readonly feed: Feed; readonly source: RebuildSource },
): Promise<void> {
  const { feed, source } = parts;
  const plan = new RebuildPlan(network);
  const found = new Map<EntryIndex, FoundBlock>();
  for (const block of source.blocks) {
    const entry = plan.add(block.header);
    if (entry !== undefined) found.set(entry, block);
  }
  let done = 0;
  const total = found.size;
  for (const group of plan.groups(source.told)) {
    for (const entry of group) {
      if (signal?.aborted === true) return;
      await giveUnknown(parts, required(found.get(entry), 'every entry of the plan was found'));
      onProgress({ part: 'blocks', done: ++done, total });
    }
    await feed.settle();
  }
}

async function giveUnknown(
  { chain, feed }: { readonly chain: Chain; readonly feed: Feed },
  block: FoundBlock,
): Promise<void> {
  const known = chain.headers.find(block.header.id);
  if (known !== undefined && chain.headers.hasBody(known)) return;
  const body = await readBody(block);
  if (body !== undefined) await feed.give(body);
}

interface NewStore {
  readonly store: LevelStore;
  readonly chain: Chain;
}

/** The new store; one that has been spoilt in the meantime is begun again. */
async function openNew(options: RebuildOptions): Promise<NewStore> {
  try {
    return await openAndBoot(options);
  } catch (error) {
    if ((error as OperationalError).code !== 'store-damaged') throw error;
    await rm(storeFolder(options.datadir), { recursive: true, force: true });
    return openAndBoot(options);
  }
}

async function openAndBoot({ datadir, network }: RebuildOptions): Promise<NewStore> {
  const store = await openStore(datadir, network);
  try {
    const { chain } = await bootStore(store, network, { repair: true });
    return { store, chain };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Blocks that were taken once are not premature now, whatever the clock says. */
function newestTimeMs({ blocks }: RebuildSource): number {
  return blocks.reduce((newest, { header }) => Math.max(newest, header.time * 1000), 0);
}

/** Accepted transactions stay accepted, but for those that are in a block. */
async function restorePool(
  { datadir, network }: RebuildOptions,
  records: readonly StoreChange[],
): Promise<void> {
  const store = await openStore(datadir, network);
  try {
    const open = records.filter(
      ({ key }) => !key.startsWith(POOL_PREFIX) || store.get(placeKeyOf(key)) === undefined,
    );
    if (open.length > 0) await store.write(open, { durable: true });
  } finally {
    await store.close();
  }
}

/** The key of the place of a transaction of the pool: both end with its id. */
function placeKeyOf(poolKey: string): string {
  return PLACE_PREFIX + poolKey.slice(POOL_PREFIX.length);
}

function createInterrupted(tip: Tip): OperationalError {
  return new OperationalError({
    code: 'interrupted',
    message: `stopped at height ${tip.height}; nothing is lost`,
    hint: 'the same command goes on, and so does the next start of the node',
    exitCode: INTERRUPTED,
  });
}

/**
 * Owns: cutting a local network into sides and healing it, and what the healing changed on each
 * node.
 * Does not own: how a node refuses a peer (lab.cut of the node) or how nodes agree again (core).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { BlockTree, NodeView } from './block-tree.ts';
import { mergeTrees, tipChange } from './block-tree.ts';
import { labError } from './errors.ts';
import { applyCuts, isLinked } from './links.ts';
import { withMiningLock } from './mining-driver.ts';
import type { RunningNode } from './network-view.ts';
import { readStatuses, readViews, runningNodes } from './network-view.ts';
import type { NetworkRecord } from './registry.ts';
import { isNetworkRunning, requireNetwork, withNetworkLock, writeNetwork } from './registry.ts';
import type { Link } from './topology.ts';
import { linksBetween, parseGroups, topologyLinks } from './topology.ts';

/**
 * Two branches are compared over this many heights at first, and over at most the second number.
 */
const TREE_HEIGHTS = 50;
const TREE_HEIGHTS_MAX = 1000;
const HEAL_TIMEOUT_MS = 5000;
const POLL_MS = 15;

export interface SplitResult {
  readonly groups: readonly (readonly number[])[];
  readonly links: readonly Link[];
  readonly miningPaused: boolean;
}

/** What healing did to one node. */
export interface HealedNode {
  readonly node: number;
  readonly tip: string;
  readonly height: number;
  /** How many blocks it left and took instead. */
  readonly disconnected: number;
  readonly connected: number;
  /** Transactions of the blocks it left that are in its mempool again. */
  readonly returned: number;
  readonly elapsedMs: number;
}

export interface HealResult {
  readonly links: readonly Link[];
  /** The nodes that left a branch, by id. */
  readonly reorganised: readonly HealedNode[];
  /** Whether every running node ended on one tip in time. */
  readonly agreed: boolean;
  readonly miningResumed: boolean;
}

/** Cuts the network into sides: `1 2,3`. Nodes restarted meanwhile stay on their side. */
export async function splitNetwork(options: {
  readonly home: string;
  readonly name: string;
  readonly groups: readonly string[];
}): Promise<SplitResult> {
  const { home, name } = options;
  return withNetworkLock(home, name, async () => {
    const record = requireRunning(home, name);
    const groups = parseGroups(options.groups, record.nodes.length);
    const split = { ...record, split: { groups, sinceMs: Date.now() } };
    // With the lock in hand no automatic block is under way, and the record stops the next one.
    await withMiningLock(home, name, async () => writeNetwork(home, split));
    await applyCuts(home, split);
    return {
      groups,
      links: linksBetween(groups, topologyLinks(record.topology, record.nodes.length)),
      miningPaused: record.mining.mode !== 'off',
    };
  });
}

/**
 * Restores all links, waits until the nodes agree (a few seconds at most), and tells what changed.
 */
export async function healNetwork(options: {
  readonly home: string;
  readonly name: string;
}): Promise<HealResult> {
  const { home, name } = options;
  return withNetworkLock(home, name, async () => {
    const record = requireRunning(home, name);
    const healed = { ...record, split: null };
    const nodes = runningNodes(home, healed);
    const before = await readViews(nodes, TREE_HEIGHTS);
    const startedMs = performance.now();
    await applyCuts(home, healed);
    const moved = await waitForAgreement(healed, nodes, startedMs);
    const reorganised = await describeReorgs(nodes, before, moved.arrivedMs);
    // Only now may automatic mining go on: a block in between would blur what healing did.
    writeNetwork(home, healed);
    const groups = record.split?.groups ?? [];
    return {
      links: linksBetween(groups, topologyLinks(record.topology, record.nodes.length)),
      reorganised,
      agreed: moved.agreed,
      miningResumed: record.split !== null && record.mining.mode !== 'off',
    };
  });
}

function requireRunning(home: string, name: string): NetworkRecord {
  const record = requireNetwork(home, name);
  if (isNetworkRunning(record)) return record;
  throw labError('network-stopped', `network "${name}" is not running`, { hint: 'cairn up' });
}

/** Waits for all links and one tip; notes when each node was first seen on its new tip. */
async function waitForAgreement(
  record: NetworkRecord,
  nodes: readonly RunningNode[],
  startedMs: number,
): Promise<{ readonly agreed: boolean; readonly arrivedMs: ReadonlyMap<number, number> }> {
  const arrivedMs = new Map<number, number>();
  const lastTips = new Map<number, string>();
  while (performance.now() - startedMs < HEAL_TIMEOUT_MS) {
    const statuses = await readStatuses(nodes);
    const elapsedMs = performance.now() - startedMs;
    for (const [id, status] of statuses) {
      if (status === undefined || lastTips.get(id) === status.tip) continue;
      lastTips.set(id, status.tip);
      arrivedMs.set(id, elapsedMs);
    }
    const answers = [...statuses.values()].filter((status) => status !== undefined);
    const works = new Set(answers.map(({ work }) => work));
    const tips = new Set(answers.map(({ tip }) => tip));
    // Branches of equal work stay apart until the next block: nothing is left to wait for.
    if (isLinked(record, statuses) && works.size === 1)
      return { agreed: tips.size === 1, arrivedMs };
    await delay(POLL_MS);
  }
  return { agreed: false, arrivedMs };
}

async function describeReorgs(
  nodes: readonly RunningNode[],
  before: readonly NodeView[],
  arrivedMs: ReadonlyMap<number, number>,
): Promise<readonly HealedNode[]> {
  const tree = await deepEnough(nodes, before);
  const healed = await Promise.all(
    nodes.map(async ({ place, client }): Promise<HealedNode | undefined> => {
      const from = before.find(({ node }) => node === place.id)?.tip;
      const { tip, height } = await client.call('node.status', {});
      const change = from === undefined ? undefined : tipChange(tree, from, tip);
      if (change === undefined || change.disconnected.length === 0) return undefined;
      const [left, pool] = await Promise.all([
        Promise.all(change.disconnected.map(({ id }) => client.call('block.get', { block: id }))),
        client.call('mempool.get', { limit: 10_000 }),
      ]);
      const pooled = new Set(pool.transactions.map(({ id }) => id));
      const reverted = left.flatMap(({ transactions }) => transactions.map(({ id }) => id));
      return {
        ...{ node: place.id, tip, height },
        disconnected: change.disconnected.length,
        connected: change.connected.length,
        returned: reverted.filter((id) => pooled.has(id)).length,
        elapsedMs: arrivedMs.get(place.id) ?? 0,
      };
    }),
  );
  return healed.filter((node) => node !== undefined);
}

/** The merged tree, reaching below every fork where the nodes' memory allows. */
async function deepEnough(
  nodes: readonly RunningNode[],
  before: readonly NodeView[],
): Promise<BlockTree> {
  const shallow = mergeTrees([...before, ...(await readViews(nodes, TREE_HEIGHTS))]);
  const tips = before.map(({ tip }) => tip);
  const isDeep = tips.every((tip) => tipChange(shallow, tips[0] ?? tip, tip) !== undefined);
  if (isDeep) return shallow;
  return mergeTrees([...before, ...(await readViews(nodes, TREE_HEIGHTS_MAX))]);
}

/**
 * Owns: when the local network mines by itself, and which node does it: the lowest-numbered running
 * one.
 * Does not own: the search for a nonce (the nodes) or the plan (the network's record).
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../client/client.ts';
import { withLock } from './lock.ts';
import { nodeClient } from './node-client.ts';
import type { NetworkRecord } from './registry.ts';
import { nodePlace, readNetwork } from './registry.ts';

const POLL_MS = 60;
const LOCK_TIMEOUT_MS = 30_000;
const POOL_SEEN = 50;
const MINING = { timeoutMs: 600_000 } as const;

/** Runs `work` while no automatic block is being mined, and none will be before it has ended. */
export async function withMiningLock<T>(
  home: string,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  return withLock(join(home, 'networks', `.${name}.mining.lock`), LOCK_TIMEOUT_MS, work);
}

/** Mines by the network's plan until `signal` aborts. The plan may change at any time. */
export async function driveMining(options: {
  readonly home: string;
  readonly name: string;
  /** The address that is paid. */
  readonly to: string;
  readonly signal: AbortSignal;
  readonly report: (text: string) => void;
}): Promise<void> {
  const { home, name, to, signal, report } = options;
  let lastMs = performance.now();
  let lastFailure = '';
  while (!signal.aborted) {
    try {
      if (await isDue(home, readNetwork(home, name), lastMs)) {
        await withMiningLock(home, name, async () => mineOne(home, readNetwork(home, name), to));
        lastMs = performance.now();
      }
    } catch (error) {
      // Nodes come and go: the next round asks again. Each new reason is told once.
      const failure = error instanceof Error ? error.message : String(error);
      if (failure !== lastFailure) report(`automatic mining: ${failure}`);
      lastFailure = failure;
      lastMs = performance.now();
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The node that mines now; none while mining is off or the network is split. */
function miner(home: string, record: NetworkRecord | undefined): Client | undefined {
  if (record === undefined || record.split !== null || record.mining.mode === 'off') {
    return undefined;
  }
  const node = record.nodes.find(({ process }) => process !== null);
  return node === undefined ? undefined : nodeClient(nodePlace(home, record, node.id));
}

async function isDue(
  home: string,
  record: NetworkRecord | undefined,
  lastMs: number,
): Promise<boolean> {
  const client = miner(home, record);
  if (client === undefined || record === undefined) return false;
  const plan = record.mining;
  switch (plan.mode) {
    case 'interval':
      return performance.now() - lastMs >= plan.seconds * 1000;
    case 'on-tx': {
      const { transactions } = await client.call('mempool.get', { limit: POOL_SEEN });
      return transactions.some(({ state }) => state === 'pending');
    }
    case 'continuous':
      return true;
    case 'off':
      return false;
  }
}

async function mineOne(home: string, record: NetworkRecord | undefined, to: string): Promise<void> {
  await miner(home, record)?.call('mining.mine', { count: 1, to }, MINING);
}

/**
 * Owns: the links that should stand now: telling nodes which to refuse, and waiting for the others.
 * Does not own: the topology (topology) or when a network is split (faults).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { StatusJson } from '../api/schemas/results.ts';
import { readStatuses, runningNodes } from './network-view.ts';
import { LOOPBACK } from './ports.ts';
import type { NetworkRecord } from './registry.ts';
import { nodePlace } from './registry.ts';
import { cutFrom, topologyLinks } from './topology.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const POLL_MS = 15;
const CUT = { timeoutMs: 5000 } as const;

/** The listening endpoints that node `id` refuses while the network is split. */
export function cutEndpoints(home: string, record: NetworkRecord, id: number): readonly string[] {
  return cutFrom(record.split?.groups ?? [], id).map(
    (other) => `${LOOPBACK}:${nodePlace(home, record, other).p2pPort}`,
  );
}

/** Tells every running node what to refuse; each then dials its other neighbours at once. */
export async function applyCuts(home: string, record: NetworkRecord): Promise<void> {
  await Promise.all(
    runningNodes(home, record).map(({ place, client }) =>
      client.call('lab.cut', { endpoints: cutEndpoints(home, record, place.id) }, CUT),
    ),
  );
}

/** Whether every node has the links it should have now, by what the nodes say. */
export function isLinked(
  record: NetworkRecord,
  statuses: ReadonlyMap<number, StatusJson | undefined>,
): boolean {
  return [...statuses].every(([id, status]) => (status?.peers ?? 0) >= expectedPeers(record, id));
}

/** Waits until every link stands; answers whether it came to that. */
export async function waitForLinks(home: string, record: NetworkRecord): Promise<boolean> {
  const nodes = runningNodes(home, record);
  const deadline = performance.now() + CONNECT_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (isLinked(record, await readStatuses(nodes))) return true;
    await delay(POLL_MS);
  }
  return false;
}

/** How many links node `id` should have: to its neighbours that run and are on its side. */
function expectedPeers(record: NetworkRecord, id: number): number {
  const running = record.nodes.filter(({ process }) => process !== null).map((node) => node.id);
  const apart = cutFrom(record.split?.groups ?? [], id);
  return topologyLinks(record.topology, record.nodes.length)
    .filter((link) => link.includes(id))
    .map(([low, high]) => (low === id ? high : low))
    .filter((other) => running.includes(other) && !apart.includes(other)).length;
}

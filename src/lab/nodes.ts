/**
 * Owns: starting, stopping and killing single nodes of a local network that exists.
 * Does not own: the whole network (network) or the process itself (node-control).
 */
import type { StatusJson } from '../api/schemas/results.ts';
import { labError } from './errors.ts';
import { applyCuts } from './links.ts';
import { endProcess, killProcess, spawnNode, waitForAnswer } from './node-control.ts';
import type { NetworkRecord, NodeRecord } from './registry.ts';
import {
  nodePlace,
  requireNetwork,
  withNetworkLock,
  withNodeProcess,
  writeNetwork,
} from './registry.ts';

const START_TIMEOUT_MS = 60_000;

/** One node of one network. */
export interface NodeTarget {
  readonly home: string;
  readonly name: string;
  readonly id: number;
}

/** The record of a node that must exist: `node-unknown`. */
export function requireNode(record: NetworkRecord, id: number): NodeRecord {
  const node = record.nodes.find((candidate) => candidate.id === id);
  if (node !== undefined) return node;
  throw labError(
    'node-unknown',
    `network "${record.name}" has ${record.nodes.length} nodes, none of them ${id}`,
  );
}

/** Starts a node unless it runs, and returns when it answers. */
export async function startNode(
  target: NodeTarget,
): Promise<{ readonly changed: boolean; readonly status: StatusJson }> {
  const { home, name, id } = target;
  return withNetworkLock(home, name, async () => {
    const found = requireNetwork(home, name);
    const running = requireNode(found, id).process;
    const process = running ?? spawnNode(home, found, id);
    const record = withNodeProcess(found, id, process);
    if (running === null) writeNetwork(home, record);
    const place = nodePlace(home, record, id);
    const status = await waitForAnswer({ place, process, timeoutMs: START_TIMEOUT_MS });
    // Its neighbours may have given up dialling it for a while: this makes them try now.
    if (running === null) await applyCuts(home, record).catch(() => undefined);
    return { changed: running === null, status };
  });
}

/** Ends a node in order, or at once and unprepared (`kill`); answers whether it ran. */
export async function stopNode(
  target: NodeTarget,
  how: 'stop' | 'kill',
): Promise<{ readonly changed: boolean }> {
  const { home, name, id } = target;
  return withNetworkLock(home, name, async () => {
    const record = requireNetwork(home, name);
    const { process } = requireNode(record, id);
    if (process === null) return { changed: false };
    await (how === 'kill' ? killProcess(process) : endProcess(process));
    writeNetwork(home, withNodeProcess(record, id, null));
    return { changed: true };
  });
}

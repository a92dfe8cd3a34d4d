/**
 * Owns: bringing a local network up and down, adopting what still runs.
 * Does not own: single nodes (nodes), what the lab process does (lab-process), faults.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StatusJson } from '../api/schemas/results.ts';
import { labError } from './errors.ts';
import { ensureGenesis } from './genesis.ts';
import { waitForLinks } from './links.ts';
import { readStatuses, runningNodes } from './network-view.ts';
import { endProcess, spawnNode, spawnProgram, waitForAnswer } from './node-control.ts';
import { PORT_BASE_DEFAULT, findPortBlock } from './ports.ts';
import { identifyProcess, isRunning } from './process-identity.ts';
import type { MiningPlan, NetworkRecord, NodeRecord } from './registry.ts';
import {
  createRecord,
  genesisFile,
  isNetworkRunning,
  labUrl,
  networkFolder,
  nodePlace,
  readNetwork,
  removeNetwork,
  withNetworkLock,
  withNodeProcess,
  writeNetwork,
} from './registry.ts';
import type { Topology } from './topology.ts';
import { topologyLinks } from './topology.ts';

const NODES_DEFAULT = 3;
const MINING_DEFAULT: MiningPlan = { mode: 'interval', seconds: 5 };
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 15;
/** Longer than its nodes may take to end. */
const LAB_END_TIMEOUT_MS = 30_000;

/** What is asked of `up`; what is not said stays as it was, or takes the default. */
export interface UpOptions {
  readonly home: string;
  readonly name: string;
  readonly nodes: number | undefined;
  readonly topology: Topology | undefined;
  readonly mining: MiningPlan | undefined;
  readonly portBase: number | undefined;
  /** How much of the processor mining may use. */
  readonly cpuPercent: number | undefined;
  readonly fresh: boolean;
  /** Whether this very process becomes the lab process. */
  readonly foreground: boolean;
}

export interface UpResult {
  /** `running`: it was, and nothing has changed. */
  readonly kind: 'running' | 'started';
  readonly record: NetworkRecord;
  readonly statuses: ReadonlyMap<number, StatusJson | undefined>;
  /** Nodes that ran already and were taken over. */
  readonly adopted: readonly number[];
  /** The base port that was busy, when another one was taken. */
  readonly busyPortBase: number | undefined;
  /** Whether all links of the topology stand. */
  readonly connected: boolean;
}

/** Starts what does not run, and returns when all nodes answer and are connected. */
export async function upNetwork(options: UpOptions): Promise<UpResult> {
  const { home, name } = options;
  return withNetworkLock(home, name, async () => {
    const found = readNetwork(home, name);
    if (found !== undefined && isNetworkRunning(found) && options.fresh) {
      throw labError('network-running', `network "${name}" is running`, {
        hint: 'cairn down, then cairn up --fresh',
      });
    }
    if (found !== undefined && found.lab !== null) {
      const statuses = await readStatuses(runningNodes(home, found));
      return {
        ...{ kind: 'running', record: found, statuses },
        ...{ adopted: [], busyPortBase: undefined, connected: true },
      };
    }
    if (options.fresh) removeNetwork(home, name);
    return startNetwork(options, options.fresh ? undefined : found);
  });
}

async function startNetwork(
  options: UpOptions,
  found: NetworkRecord | undefined,
): Promise<UpResult> {
  const { home } = options;
  const adopted = (found?.nodes ?? []).flatMap(({ id, process }) => (process ? [id] : []));
  const isAdopting = found !== undefined && adopted.length > 0;
  const wanted = options.portBase ?? found?.portBase ?? PORT_BASE_DEFAULT;
  const planned = isAdopting
    ? { ...found, mining: options.mining ?? found.mining }
    : await planRecord(options, found, wanted);
  ensureGenesis(genesisFile(home, planned.name));
  const record = startProcesses(options, planned);
  try {
    await waitForNodes(home, record);
  } catch (error) {
    await endStarted(home, record, adopted);
    throw error;
  }
  const connected = await waitForLinks(home, record);
  return {
    kind: 'started',
    record,
    statuses: await readStatuses(runningNodes(home, record)),
    adopted,
    busyPortBase: record.portBase === wanted ? undefined : wanted,
    connected,
  };
}

async function planRecord(
  options: UpOptions,
  found: NetworkRecord | undefined,
  wanted: number,
): Promise<NetworkRecord> {
  const count = options.nodes ?? found?.nodes.length ?? NODES_DEFAULT;
  const portBase = await findPortBlock({ wanted, count });
  const fields = {
    name: options.name,
    portBase,
    topology: options.topology ?? found?.topology ?? 'mesh',
    mining: options.mining ?? MINING_DEFAULT,
  };
  const nodes = Array.from({ length: count }, (_, index) => ({ id: index + 1, process: null }));
  const cpuPercent = options.cpuPercent ?? found?.cpuPercent;
  const share = cpuPercent === undefined ? {} : { cpuPercent };
  const fresh = { ...createRecord(fields), ...share, nodes };
  if (found?.nodes.length !== count) return fresh;
  const links = topologyLinks(fields.topology, count).map((link) => link.join());
  const delays = found.delays.filter(({ link }) => links.includes(link.join()));
  return { ...fresh, split: found.split, delays };
}

/** Spawns and records one process after another, so that a crash in between loses none. */
function startProcesses(options: UpOptions, planned: NetworkRecord): NetworkRecord {
  const { home, foreground } = options;
  let record = planned;
  const keep = (changed: NetworkRecord): void => {
    record = changed;
    writeNetwork(home, record);
  };
  keep({ ...record, stoppedAtMs: null });
  const own = identifyProcess(process.pid);
  if (foreground && own !== undefined) keep({ ...record, lab: { process: own, foreground } });
  for (const node of planned.nodes) {
    if (node.process === null) {
      keep(withNodeProcess(record, node.id, spawnNode(home, record, node.id)));
    }
  }
  if (!foreground) keep({ ...record, lab: { process: spawnLab(home, record), foreground } });
  return record;
}

function spawnLab(
  home: string,
  record: NetworkRecord,
): NonNullable<NetworkRecord['lab']>['process'] {
  const folder = networkFolder(home, record.name);
  const outputFile = labOutputFile(home, record.name);
  return spawnProgram({ args: ['lab-process', '-p', record.name], outputFile, folder });
}

function labOutputFile(home: string, name: string): string {
  return join(networkFolder(home, name), 'lab.out');
}

async function waitForNodes(home: string, record: NetworkRecord): Promise<void> {
  await Promise.all(
    record.nodes.map(async ({ id, process }) => {
      if (process === null) return;
      const place = nodePlace(home, record, id);
      await waitForAnswer({ place, process, timeoutMs: START_TIMEOUT_MS });
    }),
  );
  if (record.lab?.foreground === false) await waitForLab(home, record);
}

async function waitForLab(home: string, record: NetworkRecord): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const answer = await fetch(`${labUrl(record)}/healthz`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    if (record.lab !== null && !isRunning(record.lab.process)) break;
    await delay(POLL_MS);
  }
  throw labError('node-start-failed', `the lab process does not answer at ${labUrl(record)}`, {
    hint: `look into ${labOutputFile(home, record.name)}`,
  });
}

async function endStarted(
  home: string,
  record: NetworkRecord,
  adopted: readonly number[],
): Promise<void> {
  if (record.lab?.foreground === false) await endProcess(record.lab.process);
  const started = record.nodes.filter(({ id }) => !adopted.includes(id));
  await endNodes(started);
  const nodes = record.nodes.map((node) =>
    adopted.includes(node.id) ? node : { ...node, process: null },
  );
  writeNetwork(home, { ...record, lab: null, nodes });
}

/** Ends all processes of a network; with `wipe` its data too. Answers the nodes that it ended. */
export async function downNetwork(options: {
  readonly home: string;
  readonly name: string;
  readonly wipe: boolean;
}): Promise<{ readonly stopped: readonly number[]; readonly wasRunning: boolean }> {
  const { home, name, wipe } = options;
  const before = readNetwork(home, name);
  if (before === undefined) return { stopped: [], wasRunning: false };
  // A foreground lab process ends its nodes itself, and needs the lock for that.
  if (before.lab?.foreground === true && before.lab.process.pid !== process.pid) {
    await endProcess(before.lab.process, LAB_END_TIMEOUT_MS);
  }
  await withNetworkLock(home, name, async () => {
    const record = readNetwork(home, name);
    if (record === undefined) return;
    if (record.lab !== null && record.lab.process.pid !== process.pid) {
      await endProcess(record.lab.process);
    }
    await endNodes(record.nodes);
    if (wipe) removeNetwork(home, name);
    else if (isNetworkRunning(before)) writeNetwork(home, withAllStopped(record));
  });
  const stopped = before.nodes.flatMap(({ id, process }) => (process ? [id] : []));
  return { stopped, wasRunning: isNetworkRunning(before) };
}

async function endNodes(nodes: readonly NodeRecord[]): Promise<void> {
  await Promise.all(
    nodes.map(async ({ process }) => {
      if (process !== null) await endProcess(process);
    }),
  );
}

function withAllStopped(record: NetworkRecord): NetworkRecord {
  const nodes = record.nodes.map(({ id }) => ({ id, process: null }));
  return { ...record, lab: null, nodes, stoppedAtMs: Date.now() };
}

/**
 * Owns: the records of the local networks: one file per network, changed under a lock, written
 * whole.
 * Does not own: the processes recorded there (network, node-control) or the nodes' data (io).
 *
 * <home>/networks/NAME/network.json   the record      genesis.json   the network's own genesis
 *                     /nodeI/         node I's data
 *                     /nodeI.log      what it logs   nodeI.out      what it printed
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { OperationalError } from '../io/errors.ts';
import { labError } from './errors.ts';
import { withLock } from './lock.ts';
import { LOOPBACK, peerPort, rpcPort } from './ports.ts';
import type { ProcessRecord } from './process-identity.ts';
import { isRunning } from './process-identity.ts';
import type { Link, Topology } from './topology.ts';

const FORMAT = 1;
const LOCK_TIMEOUT_MS = 30_000;
const NAME_FORM = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** When blocks appear by themselves. */
export type MiningPlan =
  | { readonly mode: 'interval'; readonly seconds: number }
  | { readonly mode: 'on-tx' | 'continuous' | 'off' };

export interface Split {
  readonly groups: readonly (readonly number[])[];
  readonly sinceMs: number;
}

/** A link that is slow in each direction. */
export interface LinkDelayRecord {
  readonly link: Link;
  readonly delayMs: number;
}

export interface NodeRecord {
  readonly id: number;
  /** Null while the node is stopped. */
  readonly process: ProcessRecord | null;
}

export interface NetworkRecord {
  readonly format: typeof FORMAT;
  readonly name: string;
  readonly portBase: number;
  readonly topology: Topology;
  readonly mining: MiningPlan;
  /** In percent of each mining thread's core; all of it where it is missing. */
  readonly cpuPercent?: number;
  readonly split: Split | null;
  readonly delays: readonly LinkDelayRecord[];
  /** The process that mines and serves the base port; `foreground` ends its nodes with itself. */
  readonly lab: { readonly process: ProcessRecord; readonly foreground: boolean } | null;
  readonly nodes: readonly NodeRecord[];
  readonly stoppedAtMs: number | null;
}

/** Where a node listens and keeps its data. */
export interface NodePlace {
  readonly id: number;
  readonly rpc: string;
  readonly p2p: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
  readonly datadir: string;
  /** What the node logs: JSON lines, rotated by the node. */
  readonly logFile: string;
  /** What its process printed: start-up failures and crashes. */
  readonly outputFile: string;
}

export function networkFolder(home: string, name: string): string {
  return join(home, 'networks', name);
}

export function genesisFile(home: string, name: string): string {
  return join(networkFolder(home, name), 'genesis.json');
}

export function labUrl(record: NetworkRecord): string {
  return `http://${LOOPBACK}:${record.portBase}`;
}

export function nodePlace(home: string, record: NetworkRecord, id: number): NodePlace {
  const folder = networkFolder(home, record.name);
  const ports = { rpc: rpcPort(record.portBase, id), p2p: peerPort(record.portBase, id) };
  return {
    id,
    rpc: `http://${LOOPBACK}:${ports.rpc}`,
    p2p: `ws://${LOOPBACK}:${ports.p2p}`,
    rpcPort: ports.rpc,
    p2pPort: ports.p2p,
    datadir: join(folder, `node${id}`),
    logFile: join(folder, `node${id}.log`),
    outputFile: join(folder, `node${id}.out`),
  };
}

/**
 * The record of a network, with processes that have ended taken out; undefined when there is none.
 */
export function readNetwork(home: string, name: string): NetworkRecord | undefined {
  const path = recordFile(home, name);
  if (!existsSync(path)) return undefined;
  return withoutEnded(parseRecord(path));
}

/** The record of a network that must exist: `network-unknown`. */
export function requireNetwork(home: string, name: string): NetworkRecord {
  const record = readNetwork(home, name);
  if (record !== undefined) return record;
  throw labError('network-unknown', `there is no local network "${name}"`, {
    hint: name === 'default' ? 'cairn up' : `cairn up -p ${name}`,
  });
}

/** Every network with a record, by name. */
export function listNetworks(home: string): readonly NetworkRecord[] {
  const folder = join(home, 'networks');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => readNetwork(home, name))
    .filter((record) => record !== undefined);
}

export function isNetworkRunning(record: NetworkRecord): boolean {
  return record.lab !== null || record.nodes.some(({ process }) => process !== null);
}

/** Runs `work` as the only command that changes this network. */
export async function withNetworkLock<T>(
  home: string,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  if (!NAME_FORM.test(name)) {
    throw labError('network-unknown', `"${name}" is no name for a network`, {
      hint: 'lower-case letters, digits and dashes, at most 32',
    });
  }
  return withLock(join(home, 'networks', `.${name}.lock`), LOCK_TIMEOUT_MS, work);
}

/** Writes a record whole or not at all. Call under the network's lock. */
export function writeNetwork(home: string, record: NetworkRecord): void {
  const path = recordFile(home, record.name);
  mkdirSync(networkFolder(home, record.name), { recursive: true });
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(fresh, path);
}

/** Forgets a network and all its data. Call under the network's lock, with nothing running. */
export function removeNetwork(home: string, name: string): void {
  rmSync(networkFolder(home, name), { recursive: true, force: true });
}

/** The record with one node's process replaced. */
export function withNodeProcess(
  record: NetworkRecord,
  id: number,
  process: ProcessRecord | null,
): NetworkRecord {
  const nodes = record.nodes.map((node) => (node.id === id ? { id, process } : node));
  return { ...record, nodes };
}

/** A first record of a network that does not run. */
export function createRecord(
  fields: Pick<NetworkRecord, 'name' | 'portBase' | 'topology' | 'mining'>,
): NetworkRecord {
  const calm = { split: null, delays: [], lab: null, nodes: [], stoppedAtMs: null };
  return { format: FORMAT, ...fields, ...calm };
}

function recordFile(home: string, name: string): string {
  return join(networkFolder(home, name), 'network.json');
}

function parseRecord(path: string): NetworkRecord {
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as { readonly format?: unknown };
    if (record.format === FORMAT) {
      // Records of before there were slow links have none.
      const { delays = [], ...rest } = record as Partial<NetworkRecord>;
      return { ...rest, delays } as NetworkRecord;
    }
  } catch (error) {
    throw damaged(path, error);
  }
  throw damaged(path);
}

function damaged(path: string, cause?: unknown): OperationalError {
  return labError('network-damaged', `${path} is not a network record of this version`, {
    cause,
    hint: 'remove the folder it lies in',
  });
}

function withoutEnded(record: NetworkRecord): NetworkRecord {
  return {
    ...record,
    lab: record.lab !== null && isRunning(record.lab.process) ? record.lab : null,
    nodes: record.nodes.map(({ id, process }) => ({
      id,
      process: process !== null && isRunning(process) ? process : null,
    })),
  };
}

/**
 * Owns: one node of a local network as a process: starting, waiting for it, ending it.
 * Does not own: the network's record (registry) or what the process does (cli node start).
 */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { StatusJson } from '../api/schemas/results.ts';
import { delayedEndpoints } from './delays.ts';
import { labError } from './errors.ts';
import { programCommand } from './home.ts';
import { cutEndpoints } from './links.ts';
import { nodeClient } from './node-client.ts';
import type { ProcessRecord } from './process-identity.ts';
import { identifyProcess, isRunning, signalProcess, waitForEnd } from './process-identity.ts';
import type { NetworkRecord, NodePlace } from './registry.ts';
import { genesisFile, networkFolder, nodePlace } from './registry.ts';
import { dialledBy, topologyLinks } from './topology.ts';

const POLL_MS = 15;
const END_TIMEOUT_MS = 10_000;
const LOG_TAIL_LINES = 5;

/** Starts this program as a process of its own that outlives this one, printing into a file. */
export function spawnProgram(options: {
  readonly args: readonly string[];
  readonly outputFile: string;
  readonly folder: string;
}): ProcessRecord {
  const [node, main] = programCommand();
  const log = openSync(options.outputFile, 'a');
  const child = spawn(node, [main, ...options.args], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: options.folder,
  });
  closeSync(log);
  child.unref();
  // A failure to start shows as a process that does not run.
  child.on('error', () => undefined);
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity === undefined) throw startFailed('the process', options.outputFile);
  return identity;
}

/** Starts node `id`; it does not answer yet. */
export function spawnNode(home: string, record: NetworkRecord, id: number): ProcessRecord {
  const place = nodePlace(home, record, id);
  mkdirSync(place.datadir, { recursive: true });
  return spawnProgram({
    args: nodeArguments(home, record, place),
    outputFile: place.outputFile,
    folder: networkFolder(home, record.name),
  });
}

function nodeArguments(home: string, record: NetworkRecord, place: NodePlace): readonly string[] {
  const links = topologyLinks(record.topology, record.nodes.length);
  const peers = dialledBy(links, place.id).map((id) => nodePlace(home, record, id).p2p);
  const owner = record.lab?.foreground === true ? record.lab.process.pid : undefined;
  return [
    ...['node', 'start', '--lab'],
    ...['--datadir', place.datadir, '--genesis', genesisFile(home, record.name)],
    ...['--rpc-port', String(place.rpcPort), '--p2p-port', String(place.p2pPort)],
    ...peers.flatMap((url) => ['--peer', url]),
    ...cutEndpoints(home, record, place.id).flatMap((endpoint) => ['--cut', endpoint]),
    ...delayedEndpoints(home, record, place.id).flatMap(({ endpoint, delayMs }) => [
      ...['--slow', `${endpoint}=${delayMs}`],
    ]),
    ...(record.cpuPercent === undefined ? [] : ['--cpu', `${record.cpuPercent}%`]),
    ...(owner === undefined ? [] : ['--owner', String(owner)]),
  ];
}

/** Waits until this very process answers on its port: `node-start-failed`, `node-timeout`. */
export async function waitForAnswer(options: {
  readonly place: NodePlace;
  readonly process: ProcessRecord;
  readonly timeoutMs: number;
}): Promise<StatusJson> {
  const { place, process, timeoutMs } = options;
  const client = nodeClient(place);
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const status = await client.call('node.status', {}).catch(() => undefined);
    if (status?.pid === process.pid) return status;
    if (!isRunning(process)) throw startFailed(`node ${place.id}`, place.outputFile);
    await delay(POLL_MS);
  }
  throw labError('node-timeout', `node ${place.id} runs but does not answer at ${place.rpc}`, {
    hint: `cairn logs ${place.id}`,
  });
}

/** Ends a process in order, or by force when it takes too long. */
export async function endProcess(
  process: ProcessRecord,
  timeoutMs: number = END_TIMEOUT_MS,
): Promise<void> {
  signalProcess(process, 'SIGTERM');
  if (await waitForEnd(process, timeoutMs)) return;
  await killProcess(process);
}

/** Ends a process at once, as a power cut would. */
export async function killProcess(process: ProcessRecord): Promise<void> {
  signalProcess(process, 'SIGKILL');
  await waitForEnd(process, END_TIMEOUT_MS);
}

function startFailed(what: string, outputFile: string): Error {
  const lines = readFileSync(outputFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES);
  return labError('node-start-failed', `${what} ended while starting: ${lines.join('\n  ')}`, {
    hint: `look into ${outputFile}`,
  });
}

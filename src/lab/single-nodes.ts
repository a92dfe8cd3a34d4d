/**
 * Owns: the records of nodes that run outside local networks (`cairn node start`): where they
 * answer and keep their data, one file each, gone with their process.
 * Does not own: nodes of local networks (registry).
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ProcessRecord } from './process-identity.ts';
import { identifyProcess, isRunning } from './process-identity.ts';

export interface SingleNode {
  readonly rpc: string;
  readonly datadir: string;
  readonly process: ProcessRecord;
}

/** Records this process as a node; answers how to take that back. */
export function registerNode(home: string, node: Pick<SingleNode, 'rpc' | 'datadir'>): () => void {
  const path = recordFile(home, process.pid);
  mkdirSync(folderOf(home), { recursive: true });
  const datadir = resolve(node.datadir);
  const record = { ...node, datadir, process: identifyProcess(process.pid) };
  writeFileSync(`${path}.new`, JSON.stringify(record));
  renameSync(`${path}.new`, path);
  return () => rmSync(path, { force: true });
}

/** The nodes that run, by their address. */
export function listSingleNodes(home: string): readonly SingleNode[] {
  const nodes: SingleNode[] = [];
  for (const name of namesIn(folderOf(home))) {
    const node = readRecord(join(folderOf(home), name));
    if (node !== undefined && isRunning(node.process)) nodes.push(node);
    else rmSync(join(folderOf(home), name), { force: true });
  }
  return nodes.sort((a, b) => (a.rpc < b.rpc ? -1 : 1));
}

function readRecord(path: string): SingleNode | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SingleNode;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

function folderOf(home: string): string {
  return join(home, 'nodes');
}

function recordFile(home: string, pid: number): string {
  return join(folderOf(home), `${pid}.json`);
}

/**
 * Owns: reading a network from its genesis file, and the copy of that file which lies beside a
 * node's data, so that commands on a stopped node know its network.
 * Does not own: what the file may say (core/rules/genesis-file).
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseGenesisFile } from '../core/rules/genesis-file.ts';
import type { Network } from '../core/rules/network.ts';
import { createNetwork } from '../core/rules/network.ts';
import { OperationalError, toOperationalError } from './errors.ts';

const FILE = 'genesis.json';

/** Reads a network: `genesis-unreadable`, or a code of docs/protocol.md section 10.6. */
export function readNetwork(path: string): Network {
  const hint = 'name the file of a network with --genesis';
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const message = `the genesis file ${path} cannot be read`;
    throw toOperationalError(error, { code: 'genesis-unreadable', message, hint });
  }
  const params = parseGenesisFile(text);
  if (params.ok) return createNetwork(params.value);
  const key = 'key' in params.facts ? ` (${params.facts['key']})` : '';
  const message = `the genesis file ${path} is refused: ${params.code}${key}`;
  throw new OperationalError({ code: params.code, message, hint });
}

/** Puts a copy into a data folder whose store is known to be of this network. */
export function keepGenesis(datadir: string, path: string): void {
  const copy = join(datadir, FILE);
  const text = readFileSync(path, 'utf8');
  if (existsSync(copy) && readFileSync(copy, 'utf8') === text) return;
  writeFileSync(`${copy}.new`, text);
  renameSync(`${copy}.new`, copy);
}

/** The genesis file of a data folder: its copy, or that of the local network it belongs to. */
export function findGenesis(datadir: string): string | undefined {
  return [datadir, dirname(datadir)].map((folder) => join(folder, FILE)).find(existsSync);
}

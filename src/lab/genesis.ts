/**
 * Owns: a local network's own genesis file: the packaged one with its creation time and a salt.
 * Does not own: what a genesis file may say (core/rules/genesis-file checks it when a node starts).
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from './home.ts';

const SALT_SIZE = 8;

/** Writes the file unless it is there: a network keeps its identity for life. */
export function ensureGenesis(path: string): void {
  if (existsSync(path)) return;
  const packaged = readFileSync(join(packageRoot(), 'genesis.json'), 'utf8');
  const own = {
    ...(JSON.parse(packaged) as object),
    salt: randomBytes(SALT_SIZE).toString('hex'),
    time: Math.floor(Date.now() / 1000),
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(own, null, 2)}\n`);
}

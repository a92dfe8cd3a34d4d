/**
 * Owns: what lies where in a node's data folder, and opening its store.
 * Does not own: the store itself (store/level-store), the cookie (api), or rebuilding (rebuild).
 */
import { existsSync, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { BOOT_PREFIXES } from '../core/chain/layout.ts';
import { StoreDamage } from '../core/chain/store.ts';
import type { Booted } from '../core/node/boot.ts';
import { Boot } from '../core/node/boot.ts';
import type { Network } from '../core/rules/network.ts';
import { OperationalError } from './errors.ts';
import { LevelStore } from './store/level-store.ts';
import { toStoreError } from './store/level-errors.ts';
import { createDamage } from './store/record-codec.ts';

const FOLDER_MODE = 0o700;

/** Where the database lies. */
export function storeFolder(datadir: string): string {
  return join(datadir, 'store');
}

/** Where the database lies that is being rebuilt from: its presence means that this goes on. */
export function oldStoreFolder(datadir: string): string {
  return join(datadir, 'store.old');
}

/** Where a database is kept from which not all blocks could be taken. */
export function damagedStoreFolder(datadir: string): string {
  return join(datadir, 'store.damaged');
}

/** Makes the folder if it is not there; only its owner may look into it. */
export function createDataFolder(datadir: string): void {
  try {
    mkdirSync(datadir, { recursive: true, mode: FOLDER_MODE });
  } catch (error) {
    throw toStoreError(error, datadir);
  }
}

/** Throws `store-missing` when a folder holds no data of a node. */
export function assertDataFolder(datadir: string): void {
  if (existsSync(storeFolder(datadir)) || existsSync(oldStoreFolder(datadir))) return;
  throw new OperationalError({
    code: 'store-missing',
    message: `there is no data of a node in ${datadir}`,
    hint: 'name the folder with --datadir, or a node of the local network with --node',
  });
}

/** Opens the store of a data folder. Codes: `LevelStore.open`. */
export function openStore(datadir: string, network: Network): Promise<LevelStore> {
  return LevelStore.open({ folder: storeFolder(datadir), networkId: network.id });
}

/** Reads what a chain starts from; with `repair` it writes what a fresh or crashed store lacks. */
export async function bootStore(
  store: LevelStore,
  network: Network,
  { repair }: { readonly repair: boolean },
): Promise<Booted> {
  const boot = new Boot(network);
  try {
    for (const prefix of BOOT_PREFIXES) {
      for await (const { key, value } of store.readRange(prefix)) boot.add(key, value);
    }
    const changes = boot.changes(store);
    if (repair && changes.length > 0) await store.write(changes, { durable: true });
    return boot.open(store);
  } catch (error) {
    throw namedDamage(error);
  }
}

/** Damage that core found, as an error for people. */
export function namedDamage(error: unknown): unknown {
  return error instanceof StoreDamage ? createDamage(error.message, error) : error;
}

/** Puts a folder's entries on disk; where that is impossible (Windows) they are journalled. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

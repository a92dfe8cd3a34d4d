/**
 * Owns: the seal of a store that was closed in order: size and checksum of every file that may not
 * change until it is opened again. It tells a torn or cut file from one that a crash left so.
 * Does not own: tables, which LevelDB's manifest lists with their sizes (level-manifest).
 */
import { existsSync } from 'node:fs';
import { open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { createDamage } from './record-codec.ts';

const SEAL = 'SEAL';
const SEALED = /^(?:CURRENT|MANIFEST-\d+|\d+\.log)$/;

/** One line per file: `crc32 size name`. With `sync` they are on disk when it is answered. */
async function describeFiles(folder: string, sync: boolean): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => SEALED.test(name)).sort();
  const lines = [];
  for (const name of names) {
    const content = await readFile(join(folder, name));
    if (sync) await syncPath(join(folder, name));
    lines.push(`${crc32(content).toString(16)} ${content.length} ${name}`);
  }
  return lines;
}

function toText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/** Seals a closed store: after a power cut too, what the seal tells of is on disk. */
export async function writeSeal(folder: string): Promise<void> {
  const fresh = join(folder, `${SEAL}.new`);
  const lines = await describeFiles(folder, true);
  const file = await open(fresh, 'w');
  try {
    await file.writeFile(toText(lines));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, join(folder, SEAL));
}

/** Throws `store-damaged` when a sealed store is not as it was; without a seal it crashed. */
export async function checkSeal(folder: string): Promise<void> {
  const sealed = await readFile(join(folder, SEAL), 'utf8').catch(() => undefined);
  if (sealed === undefined) return;
  const found = await describeFiles(folder, false);
  if (sealed === toText(found)) return;
  const wrong = sealed.split('\n').find((line) => line !== '' && !found.includes(line));
  const name = wrong?.split(' ')[2] ?? 'the list of its files';
  throw createDamage(`${name} is not as the node left it`);
}

/** Before the first change: a seal must not outlive it. */
export async function breakSeal(folder: string): Promise<void> {
  const path = join(folder, SEAL);
  if (!existsSync(path)) return;
  await rm(path);
  await syncPath(folder);
}

/** Where a folder cannot be synced (Windows), its entries are journalled. */
async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r').catch(() => undefined);
  await file?.sync().catch(() => undefined);
  await file?.close();
}

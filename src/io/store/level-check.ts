/**
 * Owns: finding damage in the files of a LevelDB before it reads them. LevelDB drops what does not
 * match in its logs without a word, and reads its tables without their checksums: a flipped bit in
 * a key or a filter would make a record silently absent, and one in a length may end the process.
 * Does not own: the forms of the files (level-log, level-manifest, level-table, level-seal) or the
 * checksums of records (record-codec).
 *
 * The whole database is read: about 3 seconds per gigabyte. docs/decisions/0010.
 */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { yieldToEventLoop } from '../clock.ts';
import { findLogDamage } from './level-log.ts';
import { readLiveTables } from './level-manifest.ts';
import { checkSeal } from './level-seal.ts';
import { findTableDamage } from './level-table.ts';
import { createDamage } from './record-codec.ts';

/** Throws `store-damaged` for the first file that is not as it was written. Nobody may write. */
export async function checkFiles(folder: string): Promise<void> {
  await checkSeal(folder);
  for (const { name, size } of (await readLiveTables(folder)) ?? []) {
    const table = await readFile(join(folder, name)).catch((cause: unknown) => {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
      throw createDamage(`${name} is missing`, cause);
    });
    if (table.length !== size) throw createDamage(`${name} has ${table.length} bytes, not ${size}`);
    const damagedAt = findTableDamage(table);
    if (damagedAt !== undefined) throw createDamage(`${name} at byte ${damagedAt}`);
    await yieldToEventLoop();
  }
  for (const name of await listLogs(folder)) {
    const damagedAt = findLogDamage(await readFile(join(folder, name)));
    if (damagedAt !== undefined) throw createDamage(`${name} at byte ${damagedAt}`);
  }
}

async function listLogs(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => /^\d+\.log$/.test(name));
  } catch {
    // No folder yet: nothing to be damaged. Whatever else is wrong with it shows at opening.
    return [];
  }
}

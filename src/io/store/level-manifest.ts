/**
 * Owns: which files a LevelDB consists of, as its manifest says: live tables with their sizes.
 * Does not own: the form of the log in which that is written (level-log) or the tables' content.
 *
 * A manifest's records are edits: a sequence of a tag and its fields.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findLogDamage, logRecords } from './level-log.ts';
import { VarintReader } from './level-varint.ts';
import { createDamage } from './record-codec.ts';

const COMPARATOR = 1;
const COMPACT_POINTER = 5;
const DELETED_FILE = 6;
const NEW_FILE = 7;
/** Tags of one number each: log, next file, last sequence, previous log. */
const NUMBERS: readonly number[] = [2, 3, 4, 9];

export interface LiveTable {
  readonly name: string;
  readonly size: number;
}

/** The tables that make up the database; undefined where there is none yet. */
export async function readLiveTables(folder: string): Promise<readonly LiveTable[] | undefined> {
  const current = await readIfThere(join(folder, 'CURRENT'));
  if (current === undefined) return undefined;
  const name = current.toString('latin1').trimEnd();
  if (!/^MANIFEST-\d+$/.test(name)) throw createDamage('CURRENT names no manifest');
  const manifest = await readIfThere(join(folder, name));
  if (manifest === undefined) throw createDamage(`${name} is missing`);
  if (findLogDamage(manifest) !== undefined) throw createDamage(name);
  const sizes = new Map<number, number>();
  for (const { bytes, isIntact } of logRecords(manifest)) {
    if (isIntact && !applyEdit(new VarintReader(bytes), sizes)) throw createDamage(name);
  }
  return Array.from(sizes, ([number, size]) => ({ name: tableName(number), size }));
}

/** Whether the edit could be read. */
function applyEdit(edit: VarintReader, sizes: Map<number, number>): boolean {
  while (edit.hasMore) {
    const tag = edit.number();
    if (NUMBERS.includes(tag)) edit.number();
    else if (tag === COMPARATOR) edit.string();
    else if (tag === COMPACT_POINTER) {
      edit.number();
      edit.string();
    } else if (tag === DELETED_FILE) {
      edit.number();
      sizes.delete(edit.number());
    } else if (tag === NEW_FILE) {
      edit.number();
      sizes.set(edit.number(), edit.number());
      edit.string();
      edit.string();
    } else return false;
  }
  return edit.at !== undefined;
}

function tableName(number: number): string {
  return `${String(number).padStart(6, '0')}.ldb`;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Owns: finding damage in LevelDB's write-ahead logs before it replays them. LevelDB drops what
 * does not match its checksum without a word and goes on behind it: a state that never was would be
 * served.
 * Does not own: the end of a log, which a crash may tear: what LevelDB drops there leaves an older
 * state.
 *
 * A log is blocks of 32 KiB holding records `checksum u32 | length u16 | type u8 | payload`; the
 * checksum is CRC-32C of type and payload, masked. Fewer than 7 bytes at the end of a block stay
 * empty.
 */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createDamage } from './record-codec.ts';

const BLOCK_SIZE = 32_768;
const HEAD_SIZE = 7;
const MASK_DELTA = 0xa282_ead8;
const CASTAGNOLI = 0x82f6_3b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ ((value & 1) * CASTAGNOLI);
  return value;
});

/** Throws `store-damaged` when a log of the folder is damaged in front of something intact. */
export async function checkLogs(folder: string): Promise<void> {
  for (const name of await listLogs(folder)) {
    const damagedAt = findDamage(await readFile(join(folder, name)));
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

/** The place of the first bad record that an intact one follows. */
function findDamage(log: Buffer): number | undefined {
  let damagedAt: number | undefined;
  for (let start = 0; start < log.length; start += BLOCK_SIZE) {
    const end = Math.min(start + BLOCK_SIZE, log.length);
    let at = start;
    while (at + HEAD_SIZE <= end) {
      const next = at + HEAD_SIZE + log.readUInt16LE(at + 4);
      if (next > end || !isIntact(log, at, next)) {
        damagedAt ??= at;
        break;
      }
      if (damagedAt !== undefined) return damagedAt;
      at = next;
    }
  }
  return undefined;
}

function isIntact(log: Buffer, start: number, end: number): boolean {
  let crc = 0xffff_ffff;
  for (let i = start + HEAD_SIZE - 1; i < end; i++) {
    crc = TABLE[(crc ^ log[i]!) & 0xff]! ^ (crc >>> 8);
  }
  crc = ~crc;
  const masked = (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
  return masked === log.readUInt32LE(start);
}

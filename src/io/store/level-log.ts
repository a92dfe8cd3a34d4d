/**
 * Owns: the form of LevelDB's logs, which its manifest has too: their records, and whether a log is
 * damaged.
 * Does not own: what stands in the records (level-manifest, level-salvage) or which logs there are
 * (level-check).
 *
 * A log is blocks of 32 KiB holding pieces `checksum u32 | length u16 | type u8 | payload`; the
 * checksum is CRC-32C of type and payload, masked. Fewer than 7 bytes at the end of a block stay
 * empty. A record is one whole piece, or a first, middle ones and a last.
 */
import { CRC_START, extendCrc, maskCrc } from './crc32c.ts';

const BLOCK_SIZE = 32_768;
const HEAD_SIZE = 7;
const WHOLE = 1;
const FIRST = 2;
const LAST = 4;

interface Piece {
  readonly at: number;
  /** Undefined when its checksum does not match: the rest of its block is unknown. */
  readonly payload: Buffer | undefined;
  readonly type: number;
}

/** The place of the first damage that something intact follows; a crash may tear the end. */
export function findLogDamage(log: Buffer): number | undefined {
  let damagedAt: number | undefined;
  for (const { at, payload } of pieces(log)) {
    if (payload === undefined) damagedAt ??= at;
    else if (damagedAt !== undefined) return damagedAt;
  }
  return undefined;
}

/** The records of a log that are whole and intact, in order. */
export function* logRecords(log: Buffer): Generator<Buffer, void> {
  let parts: Buffer[] = [];
  for (const { payload, type } of pieces(log)) {
    if (payload === undefined || type === WHOLE || type === FIRST) parts = [];
    if (payload === undefined) continue;
    parts.push(payload);
    if (type === WHOLE || type === LAST) yield parts.length === 1 ? payload : Buffer.concat(parts);
  }
}

function* pieces(log: Buffer): Generator<Piece, void> {
  for (let start = 0; start < log.length; start += BLOCK_SIZE) {
    const end = Math.min(start + BLOCK_SIZE, log.length);
    let at = start;
    while (at + HEAD_SIZE <= end) {
      const next = at + HEAD_SIZE + log.readUInt16LE(at + 4);
      const type = log[at + HEAD_SIZE - 1]!;
      const intact = next <= end && isIntact(log, at, next);
      yield { at, type, payload: intact ? log.subarray(at + HEAD_SIZE, next) : undefined };
      if (!intact) break;
      at = next;
    }
  }
}

function isIntact(log: Buffer, start: number, end: number): boolean {
  const crc = extendCrc(CRC_START, log, start + HEAD_SIZE - 1, end);
  return maskCrc(crc) === log.readUInt32LE(start);
}

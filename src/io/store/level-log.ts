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
  readonly type: number;
  /** Undefined when the piece does not fit: the rest of its block is unknown. */
  readonly payload: Buffer | undefined;
  readonly isIntact: boolean;
}

/** A record of a log. */
export interface LogRecord {
  readonly bytes: Buffer;
  /** Whether all its checksums match. */
  readonly isIntact: boolean;
}

/**
 * The place of the first damage that something intact follows in a later block. At damage LevelDB
 * drops the rest of the block: when nothing comes after it, that is an older state, and a crash may
 * have left it so.
 */
export function findLogDamage(log: Buffer): number | undefined {
  let damagedAt: number | undefined;
  for (const { at, isIntact } of pieces(log)) {
    if (!isIntact) damagedAt ??= at;
    else if (damagedAt !== undefined && blockOf(at) > blockOf(damagedAt)) return damagedAt;
  }
  return undefined;
}

function blockOf(at: number): number {
  return Math.floor(at / BLOCK_SIZE);
}

/** The records of a log in order, damaged ones too as far as they can be told apart. */
export function* logRecords(log: Buffer): Generator<LogRecord, void> {
  let parts: Piece[] = [];
  for (const piece of pieces(log)) {
    if (piece.payload === undefined || piece.type === WHOLE || piece.type === FIRST) parts = [];
    if (piece.payload === undefined) continue;
    parts.push(piece);
    if (piece.type !== WHOLE && piece.type !== LAST) continue;
    yield {
      bytes: Buffer.concat(parts.map(({ payload }) => payload ?? Buffer.alloc(0))),
      isIntact: parts.every(({ isIntact }) => isIntact),
    };
    parts = [];
  }
}

function* pieces(log: Buffer): Generator<Piece, void> {
  for (let start = 0; start < log.length; start += BLOCK_SIZE) {
    const end = Math.min(start + BLOCK_SIZE, log.length);
    let at = start;
    while (at + HEAD_SIZE <= end) {
      const next = at + HEAD_SIZE + log.readUInt16LE(at + 4);
      const type = log[at + HEAD_SIZE - 1]!;
      const fits = next <= end;
      const payload = fits ? log.subarray(at + HEAD_SIZE, next) : undefined;
      yield { at, type, payload, isIntact: fits && isIntact(log, at, next) };
      if (!fits) break;
      at = next;
    }
  }
}

function isIntact(log: Buffer, start: number, end: number): boolean {
  const crc = extendCrc(CRC_START, log, start + HEAD_SIZE - 1, end);
  return maskCrc(crc) === log.readUInt32LE(start);
}

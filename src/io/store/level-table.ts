/**
 * Owns: the form of LevelDB's tables: their blocks, whether each is intact, and their entries.
 * Does not own: which tables count (level-manifest) or the records in them (record-codec).
 *
 * A table is blocks `entries | restarts u32.. | their count u32`, each with a trailer `type u8 |
 * checksum u32`, and a footer of 48 bytes that names the index block, whose values name the others.
 * An entry is `shared | own | value size | own bytes of the key | value`, keys shortened by what
 * they share with the one before, but for those at a restart.
 */
import { CRC_START, extendCrc, maskCrc } from './crc32c.ts';
import { VarintReader } from './level-varint.ts';

const FOOTER_SIZE = 48;
const MAGIC = 0xdb47_7524_8b80_fb57n;
const TRAILER_SIZE = 5;
const U32_SIZE = 4;

/** A block's place, without its trailer. */
interface Block {
  readonly start: number;
  readonly end: number;
}

/** An entry's whole key, and where its value stands in the file. */
export interface TableEntry {
  readonly key: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The place of the first damage; every byte of the file is covered by a checksum. */
export function findTableDamage(table: Buffer): number | undefined {
  const blocks = listBlocks(table);
  if (blocks === undefined) return Math.max(0, table.length - FOOTER_SIZE);
  return blocks.find((block) => !isIntact(table, block))?.start;
}

/** Whatever entries can be read, damaged ones and those of the index among them. */
export function* tableEntries(table: Buffer): Generator<TableEntry, void> {
  for (const block of listBlocks(table) ?? scanBlocks(table)) yield* blockEntries(table, block);
}

/** All blocks in the order of the file, when index and footer are whole and leave no gap. */
function listBlocks(table: Buffer): readonly Block[] | undefined {
  const footerAt = table.length - FOOTER_SIZE;
  if (footerAt < 0 || table.readBigUInt64LE(table.length - 8) !== MAGIC) return undefined;
  const footer = new VarintReader(table, footerAt);
  const named = [readHandle(footer), readHandle(footer)];
  if (named.some((block) => block.end + TRAILER_SIZE > footerAt)) return undefined;
  const blocks = named.flatMap((block) => [block, ...handlesIn(table, block)]);
  blocks.sort((a, b) => a.start - b.start);
  let at = 0;
  for (const { start, end } of blocks) {
    if (start !== at) return undefined;
    at = end + TRAILER_SIZE;
  }
  return at === footerAt ? blocks : undefined;
}

function handlesIn(table: Buffer, block: Block): readonly Block[] {
  if (!isIntact(table, block)) return [];
  return Array.from(blockEntries(table, block), ({ start, end }) =>
    readHandle(new VarintReader(table, start, end)),
  );
}

function readHandle(reader: VarintReader): Block {
  const start = reader.number();
  return { start, end: start + reader.number() };
}

function isIntact(table: Buffer, { start, end }: Block): boolean {
  const crc = extendCrc(CRC_START, table, start, end + 1);
  return maskCrc(crc) === table.readUInt32LE(end + 1);
}

/** Blocks found by their checksums alone, for a table that has lost its index. */
function* scanBlocks(table: Buffer): Generator<Block, void> {
  let start = 0;
  let crc = CRC_START;
  for (let end = 0; end + TRAILER_SIZE <= table.length; end++) {
    crc = extendCrc(crc, table, end, end + 1);
    if (maskCrc(crc) !== table.readUInt32LE(end + 1)) continue;
    yield { start, end };
    end += TRAILER_SIZE - 1;
    start = end + 1;
    crc = CRC_START;
  }
}

function* blockEntries(table: Buffer, { start, end }: Block): Generator<TableEntry, void> {
  if (end - start < U32_SIZE) return;
  const count = table.readUInt32LE(end - U32_SIZE);
  const restartsAt = end - U32_SIZE * (count + 1);
  if (restartsAt < start) return;
  // Each restart begins anew: a damaged entry hides those up to the next one only.
  for (let index = 0; index < count; index++) {
    const at = restartsAt + U32_SIZE * index;
    const from = start + table.readUInt32LE(at);
    const to = index + 1 < count ? start + table.readUInt32LE(at + U32_SIZE) : restartsAt;
    if (from <= to && to <= restartsAt) yield* runEntries(table, from, to);
  }
}

function* runEntries(table: Buffer, start: number, end: number): Generator<TableEntry, void> {
  const reader = new VarintReader(table, start, end);
  let key = Buffer.alloc(0);
  while (reader.hasMore) {
    const shared = reader.number();
    const [own, size] = [reader.number(), reader.number()];
    key = Buffer.concat([key.subarray(0, shared), reader.take(own)]);
    const value = reader.at;
    reader.take(size);
    if (value === undefined || reader.at === undefined) return;
    yield { key, start: value, end: reader.at };
  }
}

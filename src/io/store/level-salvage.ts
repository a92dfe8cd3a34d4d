/**
 * Owns: reading whatever records of a closed, perhaps damaged store are still whole, straight from
 * its files: no missing or broken file of LevelDB keeps the others from being read.
 * Does not own: what the records mean, or which of them are to be believed: a checksum says only
 * that a record is one that was written, at some time.
 */
import { open, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreKey } from '../../core/chain/store.ts';
import { logRecords } from './level-log.ts';
import { tableEntries } from './level-table.ts';
import { VarintReader } from './level-varint.ts';
import { RecordCodec } from './record-codec.ts';

const SEQUENCE_SIZE = 8;
const BATCH_HEAD_SIZE = 12;
const PUT = 1;

/** A record as one file has it; the one with the highest sequence counts. */
export interface SalvagedRecord {
  readonly key: StoreKey;
  readonly sequence: bigint;
  /** Undefined: the record was deleted. A view of a buffer that is used no further. */
  readonly value: Uint8Array | undefined;
  /** Where the value stands in a table; undefined in a log. */
  readonly place: ValuePlace | undefined;
}

export interface ValuePlace {
  readonly path: string;
  readonly start: number;
  readonly size: number;
}

/** All records that can be read, of every age, file by file. `onFile` tells how far it is. */
export async function* salvageRecords(
  folder: string,
  onFile: (done: number, total: number) => void,
): AsyncGenerator<SalvagedRecord, void> {
  const names = (await readdir(folder)).filter((name) => /^\d+\.(?:ldb|sst|log)$/.test(name));
  for (const [index, name] of names.sort().entries()) {
    const path = join(folder, name);
    const content = await readFile(path);
    yield* name.endsWith('.log') ? readLog(content) : readTable(content, path);
    onFile(index + 1, names.length);
  }
}

/** A value read again, alone; undefined when it has gone bad since. */
export async function readValue(place: ValuePlace): Promise<Uint8Array | undefined> {
  const file = await open(place.path, 'r');
  try {
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(place.size),
      position: place.start,
    });
    return bytesRead === place.size ? buffer : undefined;
  } finally {
    await file.close();
  }
}

const codec = new RecordCodec();

function* readTable(table: Buffer, path: string): Generator<SalvagedRecord, void> {
  for (const { key: internal, start, end } of tableEntries(table)) {
    if (internal.length < SEQUENCE_SIZE) continue;
    const tag = internal.readBigUInt64LE(internal.length - SEQUENCE_SIZE);
    const key = internal.subarray(0, internal.length - SEQUENCE_SIZE);
    const record = checked(
      key,
      tag >> 8n,
      (tag & 0xffn) === 1n ? table.subarray(start, end) : undefined,
    );
    if (record === undefined) continue;
    const size = record.value?.length ?? 0;
    yield { ...record, place: { path, start, size } };
  }
}

/**
 * A log's record is a batch: `sequence u64 | count u32 | kind u8, key, and the value of a put`. Of
 * a damaged one the sequence is not believed: its records give way to all others.
 */
function* readLog(log: Buffer): Generator<SalvagedRecord, void> {
  for (const { bytes: batch, isIntact } of logRecords(log)) {
    if (batch.length < BATCH_HEAD_SIZE) continue;
    let sequence = isIntact ? batch.readBigUInt64LE(0) : 0n;
    const reader = new VarintReader(batch, BATCH_HEAD_SIZE);
    while (reader.hasMore) {
      const isPut = reader.number() === PUT;
      const key = reader.string();
      const stored = isPut ? reader.string() : undefined;
      if (reader.at === undefined) break;
      const record = checked(key, sequence, stored);
      if (record !== undefined) yield { ...record, place: undefined };
      if (isIntact) sequence += 1n;
    }
  }
}

/** The record, unless its own checksum says otherwise. */
function checked(
  key: Buffer,
  sequence: bigint,
  stored: Buffer | undefined,
): Omit<SalvagedRecord, 'place'> | undefined {
  const name = key.toString('latin1');
  if (stored === undefined) return { key: name, sequence, value: undefined };
  try {
    return { key: name, sequence, value: codec.value(key, stored) };
  } catch {
    return undefined;
  }
}

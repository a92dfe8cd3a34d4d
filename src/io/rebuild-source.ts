/**
 * Owns: what an old store, damaged or not, holds that is worth taking over: bodies of blocks, where
 * the ledger stood, transactions that were accepted.
 * Does not own: reading its files (store/level-salvage) or judging what is found (rebuild).
 */
import type { BlockId } from '../core/base/types.ts';
import { BODY_PREFIX, DROPPED_PREFIX, POOL_PREFIX, POSITION_KEY } from '../core/chain/layout.ts';
import { decodePosition } from '../core/chain/records.ts';
import type { StoreChange, StoreKey } from '../core/chain/store.ts';
import type { Header } from '../core/codec/header.ts';
import { HEADER_SIZE, decodeHeader } from '../core/codec/header.ts';
import { toStoreError } from './store/level-errors.ts';
import type { SalvagedRecord, ValuePlace } from './store/level-salvage.ts';
import { readValue, salvageRecords } from './store/level-salvage.ts';
import { FORMAT_KEY } from './store/store-format.ts';

const HEIGHT_SIZE = 4;

/** What was found of a block. */
export interface FoundBlock {
  readonly header: Header;
  /** As the body says. */
  readonly height: number;
  readonly size: number;
  /** Where its body stands, or the body itself. */
  readonly body: ValuePlace | Uint8Array;
}

export interface RebuildSource {
  /** By rising height; some of them may be there twice. */
  readonly blocks: readonly FoundBlock[];
  readonly told: BlockId | undefined;
  /** Records of the pool. */
  readonly pool: readonly StoreChange[];
  /** The store's own record of its format and network. */
  readonly format: Uint8Array | undefined;
}

/** Reads everything that can be read. */
export async function readSource(
  folder: string,
  onFile: (done: number, total: number) => void,
): Promise<RebuildSource> {
  const blocks: FoundBlock[] = [];
  const latest = new Map<StoreKey, SalvagedRecord>();
  try {
    for await (const record of salvageRecords(folder, onFile)) {
      const { key, sequence } = record;
      if (key.startsWith(BODY_PREFIX)) blocks.push(...toFound(record));
      else if (isSmall(key) && (latest.get(key)?.sequence ?? -1n) < sequence) {
        latest.set(key, { ...record, value: record.value && Uint8Array.from(record.value) });
      }
    }
  } catch (error) {
    throw toStoreError(error, folder);
  }
  const position = latest.get(POSITION_KEY)?.value;
  const decoded = position && decodePosition(position);
  return {
    blocks: blocks.sort((a, b) => a.height - b.height),
    told: decoded?.ok === true ? decoded.value.told : undefined,
    pool: [...latest.values()].filter(({ key, value }) => isPoolKey(key) && value !== undefined),
    format: latest.get(FORMAT_KEY)?.value,
  };
}

/** A block's body, read again if need be; undefined when it has gone bad since. */
export async function readBody({ body }: FoundBlock): Promise<Uint8Array | undefined> {
  return body instanceof Uint8Array ? body : readValue(body);
}

/** A body begins with its header, and the height follows. */
function toFound({ value, place }: SalvagedRecord): readonly FoundBlock[] {
  if (value === undefined || value.length < HEADER_SIZE + HEIGHT_SIZE) return [];
  const header = decodeHeader(value.slice(0, HEADER_SIZE));
  if (!header.ok) return [];
  const height = new DataView(value.buffer, value.byteOffset).getUint32(HEADER_SIZE, true);
  return [{ header: header.value, height, size: value.length, body: place ?? value }];
}

function isPoolKey(key: StoreKey): boolean {
  return key.startsWith(POOL_PREFIX) || key.startsWith(DROPPED_PREFIX);
}

function isSmall(key: StoreKey): boolean {
  return key === FORMAT_KEY || key === POSITION_KEY || isPoolKey(key);
}

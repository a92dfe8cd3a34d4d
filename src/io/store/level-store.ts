/**
 * Owns: the store on disk: one LevelDB, checked records, atomic batches, its format and network.
 * Does not own: what is stored under which key (core/chain/layout) or rebuilding (reindex).
 */
import { ClassicLevel } from 'classic-level';
import { assert } from '../../core/base/assert.ts';
import type { StoreChange, StoreKey } from '../../core/chain/store.ts';
import type { BlockId } from '../../core/base/types.ts';
import { yieldToEventLoop } from '../clock.ts';
import type { OperationalError } from '../errors.ts';
import { checkFiles } from './level-check.ts';
import { toStoreError } from './level-errors.ts';
import { breakSeal, writeSeal } from './level-seal.ts';
import { RecordCodec, createDamage } from './record-codec.ts';
import type { BackwardsRange, Store, StoreRecord } from './store.ts';
import { FORMAT_KEY, assertFormat, encodeFormat } from './store-format.ts';
import { OWN_KEY_PREFIX, rangeEnd } from './store.ts';

const SLICE_MS = 10;
const SLICE_CHECK_EVERY = 128;
const RANGE_BATCH = 1000;
const LEVEL_OPTIONS = {
  keyEncoding: 'buffer',
  valueEncoding: 'buffer',
  // Keys, hashes and amounts hardly compress; 32 MB let a sync write few, large tables.
  compression: false,
  writeBufferSize: 32 << 20,
  cacheSize: 32 << 20,
} as const;

type Level = ClassicLevel<Buffer, Buffer>;

export class LevelStore implements Store {
  readonly #level: Level;
  readonly #folder: string;
  readonly #codec = new RecordCodec();
  /**
   * The first failed write: what is on disk is unknown from then on, so nothing more is written.
   */
  #failure: OperationalError | undefined;

  private constructor(level: Level, folder: string) {
    this.#level = level;
    this.#folder = folder;
  }

  /**
   * Opens or creates the store of one network. Throws `store-locked`, `store-format-unknown`,
   * `store-other-network`, `store-damaged`, `store-disk-full`, `store-not-writable`,
   * `store-too-many-files`.
   */
  static async open(options: {
    readonly folder: string;
    readonly networkId: BlockId;
  }): Promise<LevelStore> {
    const { folder, networkId } = options;
    let level: Level | undefined;
    try {
      await assertUnlocked(folder);
      await checkFiles(folder);
      await breakSeal(folder);
      // Not before: a database opens by itself once it is made.
      level = new ClassicLevel<Buffer, Buffer>(folder, LEVEL_OPTIONS);
      await level.open();
      const store = new LevelStore(level, folder);
      await store.#checkFormat(networkId);
      return store;
    } catch (error) {
      await level?.close();
      throw toStoreError(error, folder);
    }
  }

  get(key: StoreKey): Uint8Array | undefined {
    try {
      const keyBytes = this.#codec.key(key);
      const stored = this.#level.getSync(keyBytes);
      return stored === undefined ? undefined : this.#codec.value(keyBytes, stored);
    } catch (error) {
      throw toStoreError(error, this.#folder);
    }
  }

  async write(
    changes: readonly StoreChange[],
    options: { readonly durable: boolean },
  ): Promise<void> {
    for (const { key } of changes) {
      assert(key < OWN_KEY_PREFIX, 'keys of core lie below the prefix kept for the store');
    }
    await this.#write(changes, options.durable);
  }

  async *readRange(prefix: StoreKey): AsyncIterable<StoreRecord> {
    const iterator = this.#level.iterator({
      gte: Buffer.from(prefix, 'latin1'),
      lt: Buffer.from(rangeEnd(prefix), 'latin1'),
    });
    try {
      for (;;) {
        const entries = await iterator.nextv(RANGE_BATCH);
        if (entries.length === 0) return;
        for (const [key, stored] of entries) {
          yield { key: key.toString('latin1'), value: this.#codec.value(key, stored) };
        }
      }
    } catch (error) {
      throw toStoreError(error, this.#folder);
    } finally {
      await iterator.close();
    }
  }

  async readBackwards(range: BackwardsRange): Promise<readonly StoreRecord[]> {
    // The iterator sees the state of this moment, whatever is written while it is read.
    const iterator = this.#level.iterator({
      gte: Buffer.from(range.prefix, 'latin1'),
      lt: Buffer.from(range.below, 'latin1'),
      reverse: true,
      limit: range.limit,
    });
    try {
      const entries = await iterator.all();
      return entries.map(([key, stored]) => {
        return { key: key.toString('latin1'), value: this.#codec.value(key, stored) };
      });
    } catch (error) {
      throw toStoreError(error, this.#folder);
    } finally {
      await iterator.close();
    }
  }

  /** After a failed write nothing vouches for the files: they stay unsealed, as after a crash. */
  async close(): Promise<void> {
    if (this.#level.status === 'closed') return;
    await this.#level.close();
    if (this.#failure === undefined) await writeSeal(this.#folder).catch(() => undefined);
  }

  /** One atomic batch: filled in slices, so that a large one does not hold the event loop. */
  async #write(changes: readonly StoreChange[], durable: boolean): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      const batch = this.#level.batch();
      let sliceStartMs = performance.now();
      for (const [index, { key, value }] of changes.entries()) {
        if (value === undefined) batch.del(this.#codec.key(key));
        else {
          const record = this.#codec.record(key, value);
          batch.put(record.key, record.value);
        }
        if (index % SLICE_CHECK_EVERY === 0 && performance.now() - sliceStartMs > SLICE_MS) {
          await yieldToEventLoop();
          sliceStartMs = performance.now();
        }
      }
      await batch.write({ sync: durable });
    } catch (error) {
      this.#failure = toStoreError(error, this.#folder);
      throw this.#failure;
    }
  }

  async #checkFormat(networkId: BlockId): Promise<void> {
    const format = this.get(FORMAT_KEY);
    if (format !== undefined) {
      assertFormat(format, { networkId, folder: this.#folder, older: false });
      return;
    }
    const keys = await this.#level.keys({ limit: 1 }).all();
    if (keys.length > 0) throw createDamage('its format record is missing');
    await this.#write([{ key: FORMAT_KEY, value: encodeFormat(networkId) }], true);
  }
}

/** Throws `store-locked` when another process has the store open; changes nothing. */
export async function assertUnlocked(folder: string): Promise<void> {
  // LevelDB takes its lock before it finds that what is there must not be there.
  const probe = new ClassicLevel(folder, { createIfMissing: false, errorIfExists: true });
  const failure = await probe.open().then(
    () => undefined,
    (error: unknown) => toStoreError(error, folder),
  );
  await probe.close();
  if (failure?.code === 'store-locked') throw failure;
}

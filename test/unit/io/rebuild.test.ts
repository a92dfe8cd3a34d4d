/** Verifying and rebuilding a stopped node's store, whatever is wrong with it. */
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { required } from '../../../src/core/base/assert.ts';
import { bytesToHex } from '../../../src/core/base/bytes.ts';
import type { TxId } from '../../../src/core/base/types.ts';
import { toHeight } from '../../../src/core/base/types.ts';
import * as layout from '../../../src/core/chain/layout.ts';
import type { StoreChange } from '../../../src/core/chain/store.ts';
import {
  bootStore,
  damagedStoreFolder,
  openStore,
  storeFolder,
} from '../../../src/io/data-folder.ts';
import { installNativeHash } from '../../../src/io/install-hash.ts';
import type { RebuildOptions } from '../../../src/io/rebuild.ts';
import { isRebuilding, rebuildStore } from '../../../src/io/rebuild.ts';
import { verifyStore } from '../../../src/io/store-audit.ts';
import { RecordCodec } from '../../../src/io/store/record-codec.ts';
import { FORMAT_KEY, encodeFormat } from '../../../src/io/store/store-format.ts';
import { addressOf } from '../../kit/chain-script.ts';
import type { StoredChain } from '../../kit/stored-chain.ts';
import { STORED_HEIGHT, writeStoredChain } from '../../kit/stored-chain.ts';

installNativeHash();

const BUFFERS = { keyEncoding: 'buffer', valueEncoding: 'buffer', compression: false } as const;

let folder: string;
let template: string;
let stored: StoredChain;
let datadir: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-rebuild-'));
  template = join(folder, 'template');
  stored = await writeStoredChain(template);
});
beforeEach(async () => {
  datadir = await mkdtemp(join(folder, 'node-'));
  await cp(template, datadir, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

const quiet = (): void => undefined;
const rebuild = (options: Partial<RebuildOptions> = {}): ReturnType<typeof rebuildStore> =>
  rebuildStore({ datadir, network: stored.script.network, onProgress: quiet, ...options });
const verify = (deep = true): ReturnType<typeof verifyStore> =>
  verifyStore({ datadir, network: stored.script.network, deep, onProgress: quiet });

async function change(...changes: readonly StoreChange[]): Promise<void> {
  const store = await openStore(datadir, stored.script.network);
  await store.write(changes, { durable: true });
  await store.close();
}

/** What a node would serve from the folder. */
async function readChain(): Promise<object> {
  const store = await openStore(datadir, stored.script.network);
  try {
    const { chain, poolRecords } = await bootStore(store, stored.script.network, { repair: true });
    return {
      tip: chain.tip.id,
      root: bytesToHex(chain.accountsRoot),
      carol: chain.account(addressOf('carol')),
      pool: poolRecords.map(({ key }) => Buffer.from(key.slice(1), 'latin1').toString('hex')),
    };
  } finally {
    await store.close();
  }
}

describe('verify', () => {
  test('goes through all of a good store', async () => {
    const { records, deep } = await verify();
    expect(records).toBeGreaterThan(100);
    expect(deep).toMatchObject({ height: STORED_HEIGHT, transactions: 2 * STORED_HEIGHT });
    expect(deep?.blocks).toBe(STORED_HEIGHT + 4);
    expect((await verify(false)).deep).toBeUndefined();
  });

  test('is refused while another process has the store', async () => {
    const store = await openStore(datadir, stored.script.network);
    await expect(verify()).rejects.toMatchObject({ code: 'store-locked' });
    await store.close();
  });

  test('deeply, names each kind of record that is missing or another', async () => {
    const { script } = stored;
    const a7 = script.idOf('a7');
    const other = required(script.core.store.get(layout.undoKey(script.idOf('a8'))), 'undo');
    const payment = script.core.chain.blocks.block(
      required(script.core.chain.headers.find(a7), 'a7 is known'),
    ).transactions[0]!;
    const place = { height: toHeight(7), index: 0 };
    const node = [...script.core.store.keys()].find((key) => key.startsWith('a'))!;
    const damages: [string, StoreChange][] = [
      ['undo of block', { key: layout.undoKey(a7), value: undefined }],
      ['own record does not parse', { key: layout.undoKey(a7), value: other.slice(1) }],
      ['body of a stored block', { key: layout.bodyKey(a7), value: undefined }],
      ['history at height 7 is missing', { key: layout.historyKey(toHeight(7)), value: undefined }],
      ['history', { key: layout.historyKey(toHeight(7)), value: new Uint8Array(32) }],
      ['does not find transaction', { key: layout.placeKey(payment.id), value: undefined }],
      ['belong to no block', { key: layout.placeKey('ab'.repeat(32) as TxId), value: other }],
      [
        `account's entry of block 7`,
        { key: layout.addressPlaceKey(payment.sender, place), value: undefined },
      ],
      ['node of the accounts tree', { key: node, value: undefined }],
      ['not where the ledger stands', { key: layout.POSITION_KEY, value: undefined }],
      ['tip has no header', { key: layout.headerKey(toHeight(7), a7), value: undefined }],
    ];
    for (const [name, damage] of damages) {
      await rm(datadir, { recursive: true });
      await cp(template, datadir, { recursive: true });
      await change(damage);
      await expect(verify(), name).rejects.toMatchObject({
        code: 'store-damaged',
        message: expect.stringContaining(name) as string,
        hint: 'cairn node reindex',
        exitCode: 7,
      });
      // What a record says is not looked at without --deep.
      await expect(verify(false)).resolves.toBeDefined();
    }
  });
});

test('a store that lost a header keeps the bodies above it, for reindex', async () => {
  const { script } = stored;
  await change({ key: layout.headerKey(toHeight(7), script.idOf('a7')), value: undefined });
  await expect(readChain()).rejects.toMatchObject({ code: 'store-damaged' });
  const store = await openStore(datadir, script.network);
  expect(store.get(layout.bodyKey(script.idOf('a8')))).toBeDefined();
  await store.close();
});

describe('reindex', () => {
  test('makes the same ledger again, tie and pool included', async () => {
    const before = await readChain();
    const { tip, blocks, kept } = await rebuild();
    expect(tip).toMatchObject({ height: STORED_HEIGHT, id: stored.tip });
    expect([blocks, kept]).toEqual([STORED_HEIGHT + 4, undefined]);
    expect(await readChain()).toEqual(before);
    expect(before).toMatchObject({ tip: stored.tip, pool: [stored.pending] });
    expect((await verify()).deep?.blocks).toBe(STORED_HEIGHT + 4);
    expect((await readdir(datadir)).sort()).toEqual(['genesis.json', 'store']);
  });

  test('needs nothing but bodies: all other records may be gone', async () => {
    const store = await openStore(datadir, stored.script.network);
    const changes: StoreChange[] = [];
    for await (const { key } of store.readRange('')) {
      if (!key.startsWith('b') && key !== layout.POSITION_KEY && !key.startsWith('m')) {
        changes.push({ key, value: undefined });
      }
    }
    await store.write(changes, { durable: true });
    await store.close();
    await rebuild();
    expect(await readChain()).toMatchObject({ tip: stored.tip, pool: [stored.pending] });
    await verify();
  });

  test('needs no file of LevelDB but those with the bodies', async () => {
    const path = storeFolder(datadir);
    // A second opening puts the records into a table.
    await (await openStore(datadir, stored.script.network)).close();
    for (const name of await readdir(path)) {
      if (!name.endsWith('.ldb')) await rm(join(path, name));
    }
    const [table] = await readdir(path);
    const content = await readFile(join(path, table!));
    // The footer, without which LevelDB knows nothing of the table.
    content.fill(0, content.length - 48);
    await writeFile(join(path, table!), content);
    await rebuild();
    expect(await readChain()).toMatchObject({ tip: stored.tip });
  });

  test('without a body, ends below it, and keeps the old store', async () => {
    await change({ key: layout.bodyKey(stored.script.idOf('a10')), value: undefined });
    // The body is still in an older file: reindex finds it there.
    expect(await rebuild()).toMatchObject({ tip: { height: STORED_HEIGHT }, kept: undefined });

    const path = storeFolder(datadir);
    const body = stored.script.bytesOf('a10');
    for (const name of await readdir(path)) {
      const content = await readFile(join(path, name));
      for (let at = content.indexOf(body); at >= 0; at = content.indexOf(body, at + 1)) {
        content[at + 90]! ^= 16;
        await writeFile(join(path, name), content);
      }
    }
    await expect(verify()).rejects.toMatchObject({ code: 'store-damaged' });
    const report = await rebuild();
    expect(report).toMatchObject({ tip: { height: 9 }, kept: damagedStoreFolder(datadir) });
    expect(await verify()).toMatchObject({ deep: { height: 9 } });
  });

  test('loses one body at most to a flipped bit in a log', async () => {
    const path = storeFolder(datadir);
    const name = (await readdir(path)).find((file) => file.endsWith('.log'))!;
    const content = await readFile(join(path, name));
    expect(content.length).toBeGreaterThan(10_000);
    for (let trial = 0; trial < 12; trial++) {
      await rm(datadir, { recursive: true });
      await cp(template, datadir, { recursive: true });
      const flipped = Buffer.from(content);
      // Not into the length of a piece, which hides the rest of its block of 32 KiB.
      flipped[100 + Math.floor((trial * (content.length - 100)) / 12)]! ^= 1 << (trial % 8);
      await writeFile(join(path, name), flipped);
      const { tip, blocks, kept } = await rebuild();
      const isWhole = tip.id === stored.tip;
      expect(kept === undefined, `${trial}: height ${tip.height}, ${blocks} blocks`).toBe(isWhole);
      expect(blocks).toBeGreaterThanOrEqual(isWhole ? STORED_HEIGHT + 3 : tip.height);
    }
  });

  test('forgets invalid marks, and marks again what is still invalid', async () => {
    const { script } = stored;
    const id = script.idOf(`a${STORED_HEIGHT}`);
    const header = script.bytesOf(`a${STORED_HEIGHT}`).slice(0, 80);
    const mark = Uint8Array.from([...header, 5, ...Buffer.from('wrong')]);
    await change({ key: layout.invalidKey(id), value: mark });
    await rebuild();
    const store = await openStore(datadir, script.network);
    expect(store.get(layout.invalidKey(id))).toBeUndefined();
    await store.close();
    expect(await readChain()).toMatchObject({ tip: stored.tip });
  });

  test('ended at any block, goes on where it was', async () => {
    for (const stopAt of [1, 13, STORED_HEIGHT + 4]) {
      const abort = new AbortController();
      const onProgress: RebuildOptions['onProgress'] = ({ part, done }) => {
        if (part === 'blocks' && done === stopAt) abort.abort();
      };
      const ended = rebuild({ onProgress, signal: abort.signal });
      await expect(ended).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 });
      expect(isRebuilding(datadir)).toBe(true);
      await expect(verify()).rejects.toMatchObject({ code: 'store-rebuilding' });
    }
    await rebuild();
    expect(await readChain()).toMatchObject({ tip: stored.tip, pool: [stored.pending] });
  });

  test('begins again when the new store is spoilt', async () => {
    const abort = AbortSignal.abort();
    await expect(rebuild({ signal: abort })).rejects.toMatchObject({ code: 'interrupted' });
    await writeFile(join(storeFolder(datadir), 'CURRENT'), 'nonsense');
    expect(await rebuild()).toMatchObject({ tip: { id: stored.tip } });
  });

  test('is refused for another network, and changes nothing', async () => {
    const { createNetwork } = await import('../../../src/core/rules/network.ts');
    const other = createNetwork({
      ...stored.script.network.params,
      salt: new Uint8Array(8).fill(9),
    });
    await expect(rebuild({ network: other })).rejects.toMatchObject({
      code: 'store-other-network',
    });
    expect(isRebuilding(datadir)).toBe(false);
    expect(await readChain()).toMatchObject({ tip: stored.tip });
  });

  test('makes this format of an older one, and leaves a later one alone', async () => {
    const withFormat = async (format: number): Promise<void> => {
      const level = new ClassicLevel<Buffer, Buffer>(storeFolder(datadir), BUFFERS);
      const value = encodeFormat(stored.script.network.id);
      new DataView(value.buffer, value.byteOffset).setUint32(0, format, true);
      const record = new RecordCodec().record(FORMAT_KEY, value);
      await level.put(record.key, record.value);
      await level.close();
      await rm(join(storeFolder(datadir), 'SEAL'));
    };
    await withFormat(1);
    await expect(readChain()).rejects.toMatchObject({
      code: 'store-format-unknown',
      hint: 'cairn node reindex',
    });
    await rebuild();
    expect(await readChain()).toMatchObject({ tip: stored.tip, pool: [stored.pending] });

    await withFormat(99);
    await expect(rebuild()).rejects.toMatchObject({ code: 'store-format-unknown', exitCode: 7 });
    expect(isRebuilding(datadir)).toBe(false);
    expect((await readdir(storeFolder(datadir))).length).toBeGreaterThan(4);
  });

  test('is refused while a node has the store', async () => {
    const store = await openStore(datadir, stored.script.network);
    await expect(rebuild()).rejects.toMatchObject({ code: 'store-locked' });
    await store.close();
    expect(isRebuilding(datadir)).toBe(false);
  });
});

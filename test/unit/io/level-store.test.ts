/** Owns: what the store on disk does beyond the contract: durability, damage, locks, full disks. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseBlockId } from '../../../src/core/base/types.ts';
import type { OperationalError } from '../../../src/io/errors.ts';
import { LevelStore } from '../../../src/io/store/level-store.ts';

const networkId = parseBlockId('ab'.repeat(32))!;
const built = new URL('../../../dist/src/io/store/level-store.js', import.meta.url);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-level-'));
});
afterEach(() => rm(folder, { recursive: true }));

const failureOf = async (promise: Promise<unknown>): Promise<OperationalError> => {
  const outcome: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toMatchObject({ name: 'OperationalError' });
  return outcome as OperationalError;
};

/** Runs a script against the built store in a process of its own, under a shell's limits. */
async function runLimited(limit: string, script: string): Promise<string> {
  const code = `import { LevelStore } from ${JSON.stringify(built.href)};
    const folder = ${JSON.stringify(folder)}, networkId = ${JSON.stringify(networkId)};
    try { ${script} } catch (error) { console.log(error.code, '|', error.message); }`;
  const command = `${limit}; exec "$0" --input-type=module -e "$1"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, code]);
  return stdout;
}

test('a closed store opens again with what it held', async () => {
  const store = await LevelStore.open({ folder, networkId });
  await store.write([{ key: 'a', value: Uint8Array.of(1) }], { durable: false });
  await store.close();
  const again = await LevelStore.open({ folder, networkId });
  expect(again.get('a')).toEqual(Uint8Array.of(1));
  await again.close();
});

test('a large write lets the event loop turn', async () => {
  const store = await LevelStore.open({ folder, networkId });
  const value = new Uint8Array(100).fill(7);
  const changes = Array.from({ length: 60_000 }, (_, i) => ({ key: `k${i}`, value }));
  let turns = 0;
  const turn = (): void => {
    turns++;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  await store.write(changes, { durable: true });
  clearImmediate(next);
  expect(turns).toBeGreaterThan(2);
  await store.close();
});

test('a second opener is told who has it', async () => {
  const store = await LevelStore.open({ folder, networkId });
  const output = await runLimited('true', 'await LevelStore.open({ folder, networkId });');
  expect(output).toMatch(/^store-locked \| another process uses/);
  await store.close();
});

test('another network and an unknown format are refused', async () => {
  await (await LevelStore.open({ folder, networkId })).close();
  const other = parseBlockId('cd'.repeat(32))!;
  const refusal = await failureOf(LevelStore.open({ folder, networkId: other }));
  expect(refusal).toMatchObject({ code: 'store-other-network', exitCode: 7 });

  const level = new ClassicLevel<Buffer, Buffer>(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  });
  const key = Buffer.from('\u00ffformat', 'latin1');
  const value = Buffer.alloc(36);
  value.writeUInt32LE(99);
  const { crc32 } = await import('node:zlib');
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(value, crc32(key)));
  await level.put(key, Buffer.concat([value, checksum]));
  await level.close();
  const unknown = await failureOf(LevelStore.open({ folder, networkId }));
  expect(unknown.code).toBe('store-format-unknown');
});

test('a value that changed in a table file is named, never answered', async () => {
  const store = await LevelStore.open({ folder, networkId });
  const marker = Buffer.from('a value that is easy to find in a file');
  await store.write([{ key: 'victim', value: marker }], { durable: true });
  await store.close();
  // Opening writes the log into a table.
  await (await LevelStore.open({ folder, networkId })).close();
  const tables = (await readdir(folder)).filter((name) => name.endsWith('.ldb'));
  expect(tables.length).toBeGreaterThan(0);
  for (const name of tables) {
    const content = await readFile(join(folder, name));
    const at = content.indexOf(marker);
    if (at < 0) continue;
    content[at + 5]! ^= 4;
    await writeFile(join(folder, name), content);
  }
  const damaged = await LevelStore.open({ folder, networkId });
  const read = Promise.resolve().then(() => damaged.get('victim'));
  const failure = await failureOf(read);
  expect(failure).toMatchObject({ code: 'store-damaged', hint: 'cairn node reindex' });
  expect(failure.message).toContain(Buffer.from('victim').toString('hex'));
  await damaged.close();
});

test('a missing file of the database is damage', async () => {
  await (await LevelStore.open({ folder, networkId })).close();
  await (await LevelStore.open({ folder, networkId })).close();
  const manifest = (await readdir(folder)).find((name) => name.startsWith('MANIFEST'))!;
  await rm(join(folder, manifest));
  expect((await failureOf(LevelStore.open({ folder, networkId }))).code).toBe('store-damaged');
});

test('a full disk fails the write and every later one, and keeps what was there', async () => {
  const output = await runLimited(
    'ulimit -f 256',
    `const store = await LevelStore.open({ folder, networkId });
     await store.write([{ key: 'small', value: Uint8Array.of(5) }], { durable: true });
     const large = [{ key: 'large', value: new Uint8Array(1 << 20).fill(3) }];
     const failed = await store.write(large, { durable: true }).catch((error) => error.code);
     const next = [{ key: 'next', value: Uint8Array.of(1) }];
     const after = await store.write(next, { durable: true }).catch((error) => error.code);
     console.log(failed, after, store.get('large'), store.get('small')[0]);`,
  );
  expect(output.trim()).toBe('store-disk-full store-disk-full undefined 5');
  const store = await LevelStore.open({ folder, networkId });
  expect(store.get('small')).toEqual(Uint8Array.of(5));
  expect(store.get('large')).toBeUndefined();
  await store.close();
});

test('a process without file handles says so', async () => {
  const output = await runLimited(
    'ulimit -n 64',
    `const { openSync } = await import('node:fs');
     try { for (;;) openSync('/dev/null'); } catch {}
     await LevelStore.open({ folder, networkId });`,
  );
  expect(output).toMatch(/^store-too-many-files \|/);
});

test('one flipped bit in a log: an older state or named damage, never a mixture', async () => {
  // Write n sets all of these records to n, so that any two that differ show a lost write.
  const keys = ['a', 'b', 'c', 'd'];
  const template = join(folder, 'template');
  const store = await LevelStore.open({ folder: template, networkId });
  for (let n = 1; n <= 100; n++) {
    const filler = { key: `filler ${n}`, value: new Uint8Array(1_000).fill(n) };
    const changes = keys.map((key) => ({ key, value: Uint8Array.of(n) }));
    // One of them only in every other write: a dropped write in the middle shows there.
    const other = { key: `only ${n}`, value: Uint8Array.of(n) };
    await store.write([filler, other, ...changes], { durable: true });
  }
  await store.close();
  const log = (await readdir(template)).find((name) => name.endsWith('.log'))!;
  const content = await readFile(join(template, log));
  const outcomes = { damaged: 0, older: 0 };
  for (let trial = 0; trial < 60; trial++) {
    const copy = join(folder, `copy-${trial}`);
    await cp(template, copy, { recursive: true });
    const flipped = Buffer.from(content);
    flipped[Math.floor((trial * content.length) / 60) + (trial % 7)]! ^= 1 << (trial % 8);
    await writeFile(join(copy, log), flipped);
    const opened = await LevelStore.open({ folder: copy, networkId }).catch(
      (error: unknown) => error as OperationalError,
    );
    if (!(opened instanceof LevelStore)) {
      expect(opened).toMatchObject({ code: 'store-damaged', hint: 'cairn node reindex' });
      outcomes.damaged++;
      continue;
    }
    const values = keys.map((key) => opened.get(key)?.[0]);
    expect(new Set(values).size).toBe(1);
    for (let n = 1; n <= 100; n++) {
      expect(opened.get(`only ${n}`)?.[0]).toBe(n <= (values[0] ?? 0) ? n : undefined);
    }
    outcomes.older++;
    await opened.close();
  }
  expect(outcomes.damaged).toBeGreaterThan(0);
  expect(outcomes.older).toBeGreaterThan(0);
});

test('a log torn at any place opens, as an older state', async () => {
  const template = join(folder, 'template');
  const store = await LevelStore.open({ folder: template, networkId });
  for (let n = 1; n <= 40; n++) {
    await store.write([{ key: 'n', value: new Uint8Array(1_000).fill(n) }], { durable: true });
  }
  await store.close();
  const log = (await readdir(template)).find((name) => name.endsWith('.log'))!;
  const { size } = await stat(join(template, log));
  let last = 0;
  for (let kept = 512; kept <= size; kept += 512 * 5) {
    const copy = join(folder, `torn-${kept}`);
    await cp(template, copy, { recursive: true });
    await truncate(join(copy, log), kept);
    const opened = await LevelStore.open({ folder: copy, networkId });
    const n = opened.get('n')?.[0] ?? 0;
    expect(n).toBeGreaterThanOrEqual(last);
    last = n;
    await opened.close();
  }
  expect(last).toBeGreaterThan(30);
});

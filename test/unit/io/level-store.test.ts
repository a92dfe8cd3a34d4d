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

/** Leaves the files as a crash does: unsealed. */
async function closeAsCrash(store: LevelStore, path: string): Promise<void> {
  await store.close();
  await rm(join(path, 'SEAL'));
}

async function closeLevelAsCrash(level: ClassicLevel<Buffer, Buffer>): Promise<void> {
  await level.close();
  await rm(join(folder, 'SEAL'), { force: true });
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
  await closeLevelAsCrash(level);
  const unknown = await failureOf(LevelStore.open({ folder, networkId }));
  expect(unknown.code).toBe('store-format-unknown');
});

test('a value that changed where files are intact is named, never answered', async () => {
  await (await LevelStore.open({ folder, networkId })).close();
  const level = new ClassicLevel<Buffer, Buffer>(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  });
  await level.put(Buffer.from('victim'), Buffer.from('a value with no checksum behind it'));
  await closeLevelAsCrash(level);
  const store = await LevelStore.open({ folder, networkId });
  const failure = await failureOf(Promise.resolve().then(() => store.get('victim')));
  expect(failure).toMatchObject({ code: 'store-damaged', hint: 'cairn node reindex' });
  expect(failure.message).toContain(Buffer.from('victim').toString('hex'));
  await store.close();
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
  await closeAsCrash(store, template);
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
  await closeAsCrash(store, template);
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

/** A store with tables and a log: its files but for the lock and LevelDB's notes. */
async function createTemplate(): Promise<readonly [string, readonly string[]]> {
  const path = join(folder, 'template');
  for (let round = 0; round < 3; round++) {
    const store = await LevelStore.open({ folder: path, networkId });
    const changes = Array.from({ length: 400 }, (_, i) => ({
      key: `key ${round} ${i}`,
      value: new Uint8Array(60 + i).fill(i),
    }));
    await store.write(changes, { durable: true });
    await store.close();
  }
  return [path, (await readdir(path)).filter((name) => !name.startsWith('LO'))];
}

async function openDamaged(
  template: string,
  name: string,
  damage: (content: Buffer) => Buffer,
): Promise<string> {
  const copy = await mkdtemp(join(folder, 'copy-'));
  await cp(template, copy, { recursive: true });
  await writeFile(join(copy, name), damage(await readFile(join(copy, name))));
  const opened = await LevelStore.open({ folder: copy, networkId }).catch(
    (error: unknown) => error as OperationalError,
  );
  if (!(opened instanceof LevelStore)) return opened.code;
  await opened.close();
  return 'opened';
}

test('one flipped bit anywhere in a store that was closed is damage, and named', async () => {
  const [template, names] = await createTemplate();
  expect(names.some((name) => name.endsWith('.ldb'))).toBe(true);
  for (const [index, name] of names.entries()) {
    for (let trial = 0; trial < 12; trial++) {
      const outcome = await openDamaged(template, name, (content) => {
        const at = Math.floor(((trial + 0.5) * content.length) / 12);
        content[at]! ^= 1 << ((trial + index) % 8);
        return content;
      });
      expect({ name, trial, outcome }).toEqual({ name, trial, outcome: 'store-damaged' });
    }
  }
});

test('a file of a closed store that was cut is damage, and named', async () => {
  const [template, names] = await createTemplate();
  for (const name of names) {
    for (const part of [0, 0.3, 0.99]) {
      const outcome = await openDamaged(template, name, (content) =>
        content.subarray(0, Math.floor(content.length * part)),
      );
      expect({ name, part, outcome }).toEqual({ name, part, outcome: 'store-damaged' });
    }
  }
});

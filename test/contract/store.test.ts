/** Owns: running the store contract on every store. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { parseBlockId } from '../../src/core/base/types.ts';
import { LevelStore } from '../../src/io/store/level-store.ts';
import { MemoryStore } from '../../src/io/store/memory-store.ts';
import { describeStore } from './store-contract.ts';

const networkId = parseBlockId('ab'.repeat(32))!;
const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

describeStore('memory store', async () => new MemoryStore());
describeStore('level store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-store-'));
  folders.push(folder);
  return LevelStore.open({ folder, networkId });
});

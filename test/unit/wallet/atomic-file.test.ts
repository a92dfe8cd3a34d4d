/** Saving under kill -9: whatever the moment, the file is the old one or the new one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createFile, replaceFile } from '../../../src/wallet/atomic-file.ts';

const KILLS = 120;
const LONGEST_MS = 12;
const built = new URL('../../../dist/src/wallet/atomic-file.js', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'cairn-save-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Large enough to be written in several pages. */
const content = (letter: string): string => `${letter.repeat(20_000)}\n`;

/** Saves A and B in turn until it is killed; speaks once it has begun. */
const saver = `
  import { replaceFile } from ${JSON.stringify(built)};
  const [path] = process.argv.slice(1);
  const content = ${content.toString()};
  process.stdout.write('saving');
  for (;;) for (const letter of ['a', 'b']) replaceFile(path, content(letter));
`;

async function saveUntilKilled(path: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', saver, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  setTimeout(() => child.kill('SIGKILL'), afterMs);
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
}

test(`${KILLS} kills while saving leave the old file or the new one`, async () => {
  const path = join(folder, 'wallet.json');
  const states = [content('a'), content('b')];
  createFile(path, states[0]!);
  let torn = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await saveUntilKilled(path, (kill / KILLS) * LONGEST_MS);
    expect(states).toContain(readFileSync(path, 'utf8'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    if (existsSync(`${path}.bak`)) expect(states).toContain(readFileSync(`${path}.bak`, 'utf8'));
    if (existsSync(`${path}.new`)) torn++;
  }
  // Otherwise no kill fell into a save, and nothing was shown.
  expect(torn).toBeGreaterThan(0);
});

test('a file that is there is never created again, even by a racing process', () => {
  const path = join(folder, 'once.json');
  createFile(path, 'first');
  expect(() => createFile(path, 'second')).toThrow('EEXIST');
  expect(readFileSync(path, 'utf8')).toBe('first');
});

test('the previous file is kept, an older one is not', () => {
  const path = join(folder, 'kept.json');
  createFile(path, '1');
  replaceFile(path, '2');
  replaceFile(path, '3');
  expect(readFileSync(path, 'utf8')).toBe('3');
  expect(readFileSync(`${path}.bak`, 'utf8')).toBe('2');
});

test('what a killed save left is no hindrance', () => {
  const path = join(folder, 'left.json');
  createFile(path, '1');
  writeFileSync(`${path}.new`, 'half', { mode: 0o644 });
  linkSync(path, `${path}.bak.new`);
  replaceFile(path, '2');
  expect(readFileSync(path, 'utf8')).toBe('2');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

/** Owns: that the log is JSON lines, rotates by size and cannot be filled by one kind of line. */
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOG_LINES_PER_KIND, Log } from '../../../src/io/log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

const readLines = async (path: string): Promise<Record<string, unknown>[]> =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a line is one JSON object with its kind and fields, there at once', async () => {
  const path = join(folder, 'logs', 'node.log');
  const log = new Log({ path });
  log.write('warn', 'block-refused', { peer: 3, code: 'line\nbreak', amount: 2n ** 60n });
  log.write('debug', 'not-shown');
  const lines = await readLines(path);
  expect(lines).toMatchObject([
    { kind: 'block-refused', peer: 3, code: 'line\nbreak', amount: 2 ** 60 },
  ]);
  log.close();
});

test('files rotate by size, and a restart goes on where it was', async () => {
  const path = join(folder, 'node.log');
  let log = new Log({ path, fileBytesMax: 2_000, linesPerKind: Infinity });
  for (let i = 0; i < 500; i++) {
    if (i === 250) {
      log.close();
      log = new Log({ path, fileBytesMax: 2_000, linesPerKind: Infinity });
    }
    log.write('info', 'tip-changed', { height: i });
  }
  log.close();
  const names = (await readdir(folder)).sort();
  expect(names).toEqual(['node.log', 'node.log.1', 'node.log.2']);
  for (const name of names) expect((await stat(join(folder, name))).size).toBeLessThan(2_001);
  const heights = [];
  for (const name of names.reverse()) {
    heights.push(...(await readLines(join(folder, name))).map(({ height }) => Number(height)));
  }
  expect(heights.at(-1)).toBe(499);
  expect(heights).toEqual(heights.map((_, i) => 500 - heights.length + i));
});

test('100,000 lines of one kind are a few, and the rest is told as a number', async () => {
  const path = join(folder, 'node.log');
  let nowMs = 0;
  const log = new Log({ path, clock: () => nowMs });
  for (let i = 0; i < 100_000; i++) log.write('info', 'handshake-refused', { i });
  log.write('info', 'other');
  nowMs = 60_000;
  log.write('info', 'handshake-refused');
  log.close();
  const lines = await readLines(path);
  expect(lines.length).toBe(LOG_LINES_PER_KIND + 3);
  expect(lines.at(-2)).toMatchObject({
    kind: 'lines-left-out',
    of: 'handshake-refused',
    count: 100_000 - LOG_LINES_PER_KIND,
  });
});

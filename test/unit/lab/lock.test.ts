import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withLock } from '../../../src/lab/lock.ts';
import { identifyProcess, isRunning } from '../../../src/lab/process-identity.ts';

const folder = mkdtempSync(join(tmpdir(), 'cairn-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('work under one lock never overlaps', async () => {
  const path = join(folder, 'one');
  let inside = 0;
  let overlaps = 0;
  const work = async (): Promise<void> => {
    overlaps += inside;
    inside++;
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(path, 10_000, work)));
  expect(overlaps).toBe(0);
  expect(existsSync(path)).toBe(false);
});

test('a lock is free again after a failure', async () => {
  const path = join(folder, 'two');
  const failing = withLock(path, 1000, async () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await withLock(path, 1000, async () => 'yes')).toBe('yes');
});

test('a held lock is waited for, but not for ever', async () => {
  const path = join(folder, 'three');
  await withLock(path, 1000, async () => {
    await expect(withLock(path, 40, async () => undefined)).rejects.toThrow('another cairn');
  });
});

test('the lock of a process that has ended is taken over', async () => {
  const path = join(folder, 'four');
  const child = spawn(process.execPath, ['-e', '']);
  const identity = identifyProcess(child.pid!);
  await once(child, 'exit');
  writeFileSync(path, JSON.stringify(identity));
  expect(await withLock(path, 1000, async () => 'taken')).toBe('taken');
  expect(readdirSync(folder)).toEqual([]);
});

test('a process is known by its id and its start', async () => {
  const own = identifyProcess(process.pid)!;
  expect(isRunning(own)).toBe(true);
  expect(isRunning({ ...own, startedAt: 'another time' })).toBe(false);
  expect(identifyProcess(2 ** 22 + 1)).toBeUndefined();
});

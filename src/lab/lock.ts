/**
 * Owns: locks between processes, as files that name their holder.
 * Does not own: what they protect.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OperationalError } from '../io/errors.ts';
import { labError } from './errors.ts';
import type { ProcessRecord } from './process-identity.ts';
import { identifyProcess, isRunning } from './process-identity.ts';

const POLL_MS = 15;

/** Runs `work` while no other process holds the lock: `network-busy` after `timeoutMs`. */
export async function withLock<T>(
  path: string,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (!tryLock(path)) {
    if (performance.now() > deadline) throw busy(path);
    await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** A hard link appears whole or not at all: nobody ever reads a lock without its holder. */
function tryLock(path: string): boolean {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(own, JSON.stringify(identifyProcess(process.pid)));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const stale = readStale(path);
    if (stale !== undefined) breakLock(path, stale);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** The text of a lock whose holder has ended. */
function readStale(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return isRunning(JSON.parse(text) as ProcessRecord) ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * Takes a stale lock away, and puts it back if another process was quicker and made it a live one.
 */
function breakLock(path: string, stale: string): void {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, path);
  } catch {
    // Another process broke it first: the next attempt sees what became of it.
  } finally {
    rmSync(aside, { force: true });
  }
}

function busy(path: string): OperationalError {
  return labError('network-busy', 'another cairn command is at work here', {
    hint: `wait for it to end, or remove ${path}`,
  });
}

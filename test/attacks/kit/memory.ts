/** Owns: what an attack costs its victim in resident memory. */
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeProcess } from './node-process.ts';

const SAMPLE_MS = 100;
export const MIB = 1024 * 1024;

/**
 * What an attack makes a node hold counts, not garbage that waits for its collector: victims whose
 * memory is measured have a heap in which little can wait, and die where more is held.
 */
export const SMALL_HEAP = { NODE_OPTIONS: '--max-semi-space-size=2 --max-old-space-size=64' };

/** The highest memory while `attack` runs, above its level before, in bytes. */
export async function memoryGrowth(
  node: NodeProcess,
  attack: () => Promise<void>,
): Promise<number> {
  const before = await node.rssBytes();
  let highest = before;
  const done = new AbortController();
  const sampler = (async () => {
    while (!done.signal.aborted) {
      highest = Math.max(highest, await node.rssBytes());
      await delay(SAMPLE_MS);
    }
  })();
  try {
    await attack();
  } finally {
    done.abort();
    await sampler;
  }
  return Math.max(highest, await node.rssBytes()) - before;
}

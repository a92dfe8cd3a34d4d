/**
 * A sync that is killed half-way continues where it was: nothing that came is asked for again.
 *
 * CAIRN_TRANSFERS=20000 is the full run; with CAIRN_FIGURES=FILE it also writes what memory, disk
 * and time it took (docs/operations.md states what it gave).
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { NodeProcess } from '../attacks/kit/node-process.ts';
import { until } from '../attacks/kit/until.ts';
import { buildLongChain, submitAll } from '../kit/long-chain.ts';

const TRANSFERS = Number(process.env['CAIRN_TRANSFERS'] ?? 400);
const TRANSFERS_PER_BLOCK = Math.min(100, TRANSFERS / 80);
const BLOCKS = Math.floor(TRANSFERS / TRANSFERS_PER_BLOCK);
const FIGURES = process.env['CAIRN_FIGURES'];
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** What a node may ask for again: bodies that came out of order, and those on their way. */
const AGAIN = 0.25;
const SYNC_MS = 120_000;

async function bytesIn(node: NodeProcess): Promise<number> {
  const { peers } = await node.call<{ peers: { bytesIn: number }[] }>('peers.list');
  return peers.reduce((sum, peer) => sum + peer.bytesIn, 0);
}

/** Seconds that a command on the node's data takes. */
function timeOf(node: NodeProcess, ...words: readonly string[]): number {
  const startedMs = performance.now();
  const args = [program, 'node', ...words, '--datadir', node.datadir];
  expect(spawnSync(process.execPath, args).status).toBe(0);
  return Math.round((performance.now() - startedMs) / 100) / 10;
}

/** What holding this chain costs a node. */
async function measure(node: NodeProcess): Promise<object> {
  const rssAfterSync = await node.rssBytes();
  await node.stop();
  const verify = timeOf(node, 'verify');
  const deep = timeOf(node, 'verify', '--deep');
  const reindex = timeOf(node, 'reindex');
  const disk = await node.diskBytes();
  const startedMs = performance.now();
  await node.start();
  const start = Math.round(performance.now() - startedMs) / 1000;
  const rssAfterStart = await node.rssBytes();
  return { rssAfterSync, rssAfterStart, disk, seconds: { verify, deep, reindex, start } };
}

test('continues where it was', { timeout: 900_000 }, async () => {
  const chain = buildLongChain({ blocks: BLOCKS, transfers: TRANSFERS_PER_BLOCK });
  const source = await NodeProcess.start({ world: chain.world });
  await submitAll(source, chain.main);
  const bytes = chain.main.reduce((sum, block) => sum + block.bytes.length, 0);

  const node = await NodeProcess.start({ world: chain.world, peers: [source] });
  const half = await until(
    'half of the sync',
    async () => {
      const { height } = await node.status();
      return height >= BLOCKS / 2 ? height : undefined;
    },
    SYNC_MS,
  );
  await node.kill();
  expect(half, 'the kill fell into the sync').toBeLessThan(BLOCKS);

  await node.start();
  expect((await node.status()).height).toBeGreaterThanOrEqual(half);
  const { id } = chain.main.at(-1)!;
  await until('the same tip', async () => (await node.status()).tip === id, SYNC_MS);
  expect((await node.status()).accountsRoot).toBe((await source.status()).accountsRoot);
  const rest = bytes * (1 - half / BLOCKS);
  expect(await bytesIn(node)).toBeLessThan(rest + AGAIN * bytes + 100 * BLOCKS);
  if (FIGURES === undefined) return;
  const figures = { transfers: TRANSFERS, blocks: BLOCKS, bytes, ...(await measure(node)) };
  appendFileSync(FIGURES, `${JSON.stringify(figures)}\n`);
});

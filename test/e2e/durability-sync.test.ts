/**
 * A sync that is killed half-way continues where it was: nothing that came is asked for again.
 *
 * CAIRN_TRANSFERS=20000 is the full run (docs/operations.md states what it gave).
 */
import { expect, test } from 'vitest';
import { NodeProcess } from '../attacks/kit/node-process.ts';
import { until } from '../attacks/kit/until.ts';
import { buildLongChain, submitAll } from '../kit/long-chain.ts';

const TRANSFERS = Number(process.env['CAIRN_TRANSFERS'] ?? 400);
const TRANSFERS_PER_BLOCK = Math.min(100, TRANSFERS / 80);
const BLOCKS = Math.floor(TRANSFERS / TRANSFERS_PER_BLOCK);
/** What a node may ask for again: bodies that came out of order, and those on their way. */
const AGAIN = 0.25;
const SYNC_MS = 120_000;

async function bytesIn(node: NodeProcess): Promise<number> {
  const { peers } = await node.call<{ peers: { bytesIn: number }[] }>('peers.list');
  return peers.reduce((sum, peer) => sum + peer.bytesIn, 0);
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
});

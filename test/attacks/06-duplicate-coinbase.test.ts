/** Row 6, BIP30/34. Bound: 20 blocks of one miner, mined in a burst: every coinbase id differs. */
import { expect, test } from 'vitest';
import { coinbaseId, decodeBlock } from '../vectors/reference/block.mjs';
import { hex } from '../vectors/reference/bytes.mjs';
import { NodeProcess } from './kit/node-process.ts';
import { createWorld, miner } from './kit/world.ts';

const count = 20;

test('coinbases of one miner differ by height', async () => {
  const world = createWorld();
  const node = await NodeProcess.start({ world });
  const ids = await node.mine(miner, count);
  const blocks = await Promise.all(ids.map(async (id) => decodeBlock(await node.rawBlock(id))));
  expect(new Set(blocks.map(({ coinbase }) => hex(coinbaseId(coinbase)))).size).toBe(count);
  expect(blocks.map(({ coinbase }) => coinbase.height)).toEqual(blocks.map((_, i) => i + 1));
});

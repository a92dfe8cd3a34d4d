/**
 * Row 101. Bound: two nodes that mine at once to one address build no equal block, nor after a
 * restart.
 */
import { expect, test } from 'vitest';
import { decodeBlock } from '../vectors/reference/block.mjs';
import { hex } from '../vectors/reference/bytes.mjs';
import { NodeProcess } from './kit/node-process.ts';
import { createWorld, miner } from './kit/world.ts';

const count = 10;

test('miners with one address never build twins', async () => {
  const world = createWorld();
  const nodes = await Promise.all([1, 2].map(() => NodeProcess.start({ world })));
  const [mine, theirs] = await Promise.all(nodes.map((node) => node.mine(miner, count)));
  expect(new Set([...mine!, ...theirs!]).size).toBe(2 * count);

  const node = nodes[0]!;
  const extraOf = async (id: string): Promise<Buffer> =>
    decodeBlock(await node.rawBlock(id)).coinbase.extra;
  const first = await extraOf(mine![0]!);
  await node.kill();
  await node.start();
  const [again] = await node.mine(miner);
  const second = await extraOf(again!);
  expect([first.length >= 8, second.length >= 8]).toEqual([true, true]);
  expect(hex(first)).not.toBe(hex(second));
});

/**
 * Row 98. Bound: six kill -9, each right after a tip was told to a peer or over RPC: after the
 * restart the told tip is on the chain, with no repair.
 */
import { expect, test } from 'vitest';
import { ChainBuilder } from './kit/chain-builder.ts';
import { NodeProcess } from './kit/node-process.ts';
import { RawPeer } from './kit/raw-peer.ts';
import { until } from './kit/until.ts';
import { createWorld, miner } from './kit/world.ts';

interface Told {
  readonly height: number;
  readonly id: string;
}

async function toldToPeer(node: NodeProcess, genesis: ChainBuilder): Promise<Told> {
  const peer = await RawPeer.join(node.url, genesis);
  const mining = node.mine(miner, 1_000).catch(() => []);
  for (let wanted = 5; wanted > 1; wanted--) await peer.next('new-tip');
  const { height, id } = (await peer.next('new-tip'))['tip'] as Told;
  await node.kill();
  await mining;
  return { height, id };
}

async function toldOverRpc(node: NodeProcess): Promise<Told> {
  const before = await node.status();
  const mining = node.mine(miner, 1_000).catch(() => []);
  const told = await until('a new tip', async () => {
    const status = await node.status();
    return status.height > before.height + 3 ? status : undefined;
  });
  await node.kill();
  await mining;
  return { height: told.height, id: told.tip };
}

test('a told tip survives the crash', async () => {
  const world = createWorld();
  const node = await NodeProcess.start({ world });
  const genesis = new ChainBuilder(world.network);
  for (let round = 0; round < 6; round++) {
    const told = await (round % 2 ? toldOverRpc(node) : toldToPeer(node, genesis));
    await node.start();
    expect((await node.status()).height).toBeGreaterThanOrEqual(told.height);
    const { id } = await node.call<{ id: string }>('block.get', { block: told.height });
    expect(id).toBe(told.id);
  }
});

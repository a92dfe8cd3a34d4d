/**
 * Row 14. Bound: 10,000 one-block forks at random depths: disk +10 MiB and memory +32 MiB at most,
 * no body of them is asked for.
 */
import { expect, test } from 'vitest';
import { hex } from '../vectors/reference/bytes.mjs';
import { decodeHeader, mine } from '../vectors/reference/block.mjs';
import { Arena } from './kit/arena.ts';
import { claimOf } from './kit/chain-builder.ts';
import { createRandom } from './kit/forgery.ts';
import { MIB, memoryGrowth } from './kit/memory.ts';

const depth = 50;
const forks = 10_000;
const perPeer = 1_000;

test('forks off old blocks are not kept', async () => {
  const arena = await Arena.open({ height: depth, measuresMemory: true });
  const { victim, chain } = arena;
  const random = createRandom(14);
  const base = await victim.diskBytes();
  let bodiesAsked = 0;
  const growth = await memoryGrowth(victim, async () => {
    for (let sent = 0; sent < forks; sent += perPeer) {
      const peer = await arena.attacker();
      peer.on('get-blocks', () => bodiesAsked++);
      for (let i = 0; i < perPeer; i++) {
        const parent = chain.blocks[random(depth - 2)]!;
        const rival = decodeHeader(chain.blocks[parent.height + 1]!.header);
        const { header } = mine({ ...rival, commitment: Buffer.alloc(32, 1 + random(255)) });
        peer.send('new-tip', { tip: claimOf(header, parent), header: hex(header) });
      }
      await peer.roundTrip();
      peer.terminate();
    }
  });
  expect(bodiesAsked).toBe(0);
  expect(growth).toBeLessThan(32 * MIB);
  expect((await victim.diskBytes()) - base).toBeLessThan(10 * MIB);
  await arena.expectUnharmed();
});

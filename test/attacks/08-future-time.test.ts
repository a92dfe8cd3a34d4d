/**
 * Row 8. Bound: a block at the limit is taken, one above it is refused as too new, marked by
 * nobody, and taken when its time has come, from a peer without a second announcement.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { newestTime } from './kit/chain-builder.ts';
import { until } from './kit/until.ts';

const early = 3;

test('a block from the future is premature, not invalid', async () => {
  const arena = await Arena.open();
  const { victim, network } = arena;
  const atLimit = arena.chain.extend({ time: newestTime(network) });
  await victim.submitBlock(atLimit);

  const late = arena.chain.build({ time: newestTime(network) + early });
  expect((await victim.submitBlockRefusal(late.bytes))?.code).toBe('header-time-too-new');
  const peer = await arena.vouch(late);
  await peer.roundTrip();
  expect((await victim.status()).height).toBe(atLimit.height);

  arena.chain.add(late);
  await until('the block to be taken', async () => (await victim.status()).height === late.height);
  expect(peer.isOpen).toBe(true);
  await arena.settle();
  await arena.expectUnharmed();
});

/** Row 9. Bound: whatever times peers state, blocks at and above the limit are judged as before. */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { newestTime } from './kit/chain-builder.ts';
import { nowSeconds } from './kit/world.ts';

test('peers do not move the clock', async () => {
  const arena = await Arena.open();
  const { victim, network } = arena;
  const hour = 3_600;
  const times = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
  const skewed = Array.from({ length: 15 }, (_, i) => nowSeconds() + hour * (i % 2 ? -1 : 2));
  const peers = await Promise.all([...times, ...skewed].map((time) => arena.attacker({ time })));
  await Promise.all(peers.map((peer) => peer.roundTrip()));

  const late = arena.chain.build({ time: newestTime(network) + 60 });
  expect((await victim.submitBlockRefusal(late.bytes))?.code).toBe('header-time-too-new');
  await victim.submitBlock(arena.chain.extend({ time: newestTime(network) }));
  await arena.settle();
  await arena.expectUnharmed();
});

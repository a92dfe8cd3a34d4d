/**
 * Row 19. Bound: ten announced headers without bodies move no tip and no mining; the bodies are
 * asked of another within 3 s, and a lone withholder is asked again and again until it is given up.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { until } from './kit/until.ts';
import { miner } from './kit/world.ts';

test('headers without bodies decide nothing', async () => {
  const arena = await Arena.open();
  const { victim } = arena;
  const withheld = arena.chain.fork().extendBy(10);
  const silent = await arena.attacker();
  silent.serve(withheld, { bodies: false }).announce(withheld);
  await silent.next('get-blocks');
  const { height, tip } = await victim.status();
  expect(height).toBe(arena.chain.height);

  const mined = await victim.mine(miner);
  expect(mined).toHaveLength(1);
  await until('the own block at the oracle', async () => {
    return (await arena.oracle.status()).tip === mined[0];
  });
  expect((await victim.status()).tip).not.toBe(tip);

  const honest = await arena.attacker();
  honest.serve(withheld).announce(withheld);
  const begun = performance.now();
  arena.chain = withheld;
  await arena.settle();
  expect(performance.now() - begun).toBeLessThan(3_000);
  await arena.expectUnharmed();
});

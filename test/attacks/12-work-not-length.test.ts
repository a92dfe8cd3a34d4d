/**
 * Row 12. Bound: 100 blocks of full work beat 200 of a quarter, whichever the victim sees first.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { ChainBuilder } from './kit/chain-builder.ts';
import { nowSeconds } from './kit/world.ts';

const spacingSeconds = 5;
const halfLifeSeconds = 600;

test('cumulative work decides, not length', async () => {
  const time = nowSeconds() - 86_400;
  const parameters = {
    ...{ time, retarget: true, bits: '2007ffff', powLimit: '207fffff' },
    ...{ spacingSeconds, halfLifeSeconds, maxFutureSeconds: 30 },
  };
  const arenas = await Promise.all([1, 2].map(() => Arena.open({ parameters, height: 0 })));
  for (const [index, arena] of arenas.entries()) {
    const heavy = new ChainBuilder(arena.network);
    for (let i = 1; i <= 100; i++) heavy.extend({ time: time + i * spacingSeconds });
    // Two half-lives behind the schedule: ASERT makes every block four times easier.
    const long = new ChainBuilder(arena.network);
    const idle = 2 * halfLifeSeconds;
    for (let i = 1; i <= 200; i++) long.extend({ time: time + idle + i * spacingSeconds });
    expect(long.tip.cumulativeWork).toBeLessThan(heavy.tip.cumulativeWork);

    const order = index === 0 ? [heavy, long] : [long, heavy];
    for (const chain of order) {
      const peer = await arena.attacker();
      peer.serve(chain).announce(chain);
      if (chain === order[0]) await arena.settle(chain);
    }
    await arena.settle(heavy);
    arena.chain = heavy;
    await arena.expectUnharmed();
  }
});

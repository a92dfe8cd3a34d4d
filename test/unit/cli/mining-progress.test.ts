/** What a terminal shows while a node mines. */
import { expect, test } from 'vitest';
import { showMining, showRate } from '../../../cli/mining-progress.ts';

const status = (hashRate: number, difficulty: string) => ({
  mining: { mode: 'off' as const, to: null, hashRate },
  difficulty,
});

test('shows the block under way, the rate and the expected time', () => {
  expect(showMining(0, 1, undefined)).toBe('mining 1 of 1');
  expect(showMining(1, 4, status(0, '4096'))).toBe('mining 2 of 4');
  const shown = 'mining 2 of 4   1.2 MH/s, a block in about 5.0 s';
  expect(showMining(1, 4, status(1_200_000, '6000000'))).toBe(shown);
  expect(showRate(12.4)).toBe('12 H/s');
});

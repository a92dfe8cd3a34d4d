/** Mining modes and the share of the processor, on real processes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cairn, eventually } from '../kit/cairn.ts';

let cairn: Cairn;
beforeAll(async () => {
  cairn = new Cairn();
  await cairn.json('up', '-d', '--mine', 'off', '--nodes', '1', '--cpu', '5%');
});
afterAll(() => cairn.close());

/** Hashes per second over a few blocks. */
const rate = async (): Promise<number> => {
  const mined = await cairn.json<{ hashes: number; seconds: number }>('mine', '4');
  return mined.hashes / mined.seconds;
};

test('continuous mines one block after another until it is off', async () => {
  await cairn.json('mine', 'auto', 'continuous');
  await eventually(
    () => cairn.json<{ height: number }>('chain'),
    ({ height }) => height >= 2,
    60_000,
  );
  expect(await cairn.json('mine', 'auto', 'off')).toMatchObject({ mode: 'off' });
});

test('a share of the processor is kept over a restart, until another is said', async () => {
  await cairn.json('restart', '1');
  const slow = await rate();
  await cairn.json('down');
  await cairn.json('up', '-d', '--mine', 'off', '--cpu', '100%');
  expect(await rate()).toBeGreaterThan(3 * slow);
  expect(await cairn.failure('up', '--cpu', '0')).toMatchObject({ exit: 2, code: 'usage' });
});

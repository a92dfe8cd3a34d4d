/**
 * Row 1, CVE-2012-2459. Bound: a body with a repeated tail blames its sender alone; the block of
 * the same header is accepted afterwards. Where the header binds the repetition, the repetition
 * decides.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { repeatTail } from './kit/forgery.ts';
import { within } from './kit/until.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

test('a repeated tail does not poison the block', async () => {
  const arena = await Arena.open();
  const payment = pay(arena.network, alice, { nonce: 0, to: [[bob, COIN]] });
  const block = arena.chain.build({ transactions: [payment] });
  const forged = repeatTail(block);

  const { code } = (await arena.victim.submitBlockRefusal(forged))!;
  expect(code).toBe('block-commitment-mismatch');
  const liar = await arena.vouch(block, forged);
  await within('the liar to be dropped', liar.closed);

  const bound = arena.chain.buildBroken({ transactions: [payment, payment] });
  const refused = await arena.victim.submitBlockRefusal(bound.bytes);
  expect(refused?.code).toBe('block-transaction-invalid');

  await arena.vouch(block);
  arena.chain.add(block);
  await arena.settle();
  await arena.expectUnharmed();
});

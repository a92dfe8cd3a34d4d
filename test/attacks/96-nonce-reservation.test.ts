/**
 * Row 96. Bound: 1,000 junk transactions with somebody's public key, nonce and whole balance
 * reserve nothing: the real one is accepted at once, before, between and after.
 */
import { expect, test } from 'vitest';
import { hex } from '../vectors/reference/bytes.mjs';
import { Arena } from './kit/arena.ts';
import { breakEnd } from './kit/forgery.ts';
import { within } from './kit/until.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

const junkCount = 1_000;

test('junk reserves neither nonce nor balance', async () => {
  const arena = await Arena.open();
  const { victim, network } = arena;
  const junk = Array.from({ length: junkCount }, (_, i) => {
    const fee = COIN + BigInt(i);
    return breakEnd(pay(network, alice, { nonce: i % 3, fee, to: [[bob, 990n * COIN]] }));
  });
  const real = [0, 1, 2].map((nonce) => pay(network, alice, { nonce, to: [[bob, COIN]] }));
  const flood = await arena.attacker();
  flood.send('transactions', { transactions: junk.map(hex) });
  expect(await victim.submit(real[0]!)).toMatchObject({ status: 'pending' });
  await within('the sender of junk to be dropped', flood.closed);
  expect(await victim.submit(real[1]!)).toMatchObject({ status: 'pending' });

  const refusals = await Promise.all(
    junk.slice(0, 100).map((bytes) => victim.submitRefusal(bytes)),
  );
  expect(refusals).not.toContain(undefined);
  expect(await victim.submit(real[2]!)).toMatchObject({ status: 'pending' });
  expect((await victim.status()).mempool.count).toBe(real.length);
});

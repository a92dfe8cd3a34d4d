/**
 * Row 38. Bound: whoever invalidates pending payments pays their fees: attacker fee per evicted fee
 * is at least 1, whatever is replaced in a chain of ten.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { COIN, idOf, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

const length = 10;
const fee = COIN;

test('a replacement pays for all that it invalidates', async () => {
  const arena = await Arena.open();
  const { victim, network } = arena;
  const chain = Array.from({ length }, (_, nonce) =>
    pay(network, alice, { nonce, fee, to: [[bob, 90n * COIN]] }),
  );
  for (const transaction of chain) await victim.submit(transaction);

  // Draining the account at nonce 0 makes nine later payments worthless: they count as well.
  const evicted = BigInt(length) * fee;
  const drain = (price: bigint): Buffer =>
    pay(network, alice, { nonce: 0, fee: price, to: [[bob, 980n * COIN]] });
  for (const price of [fee + 1n, 2n * fee, evicted - 1n, evicted]) {
    expect(await victim.submitRefusal(drain(price))).toBe('tx-replacement-underpriced');
  }
  expect((await victim.status()).mempool.count).toBe(length);

  const paid = evicted + fee / 10n;
  const winner = drain(paid);
  await victim.submit(winner);
  expect(paid).toBeGreaterThanOrEqual(evicted);
  expect((await victim.transaction(idOf(winner))).status).toBe('pending');
  const states = await Promise.all(chain.map((bytes) => victim.transaction(idOf(bytes))));
  expect(states.map(({ status }) => status)).not.toContain('pending');
  for (const { reason, status } of states) {
    if (status !== 'waiting') expect(reason).toBeTruthy();
  }
});

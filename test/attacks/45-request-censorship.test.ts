/**
 * Row 45. Bound: a silent first announcer of a transaction delays it by its time-out of 10 s and 1
 * s more at most, then it is taken from the second announcer.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { until } from './kit/until.ts';
import { COIN, idOf, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

const timeoutMs = 10_000;

test('a silent announcer censors nothing', async () => {
  const arena = await Arena.open();
  const { victim, network } = arena;
  const payment = pay(network, alice, { nonce: 0, to: [[bob, COIN]] });
  const id = idOf(payment);
  const [silent, honest] = [await arena.attacker(), await arena.attacker()];
  silent.send('inventory', { ids: [id] });
  await silent.next('get-transactions');
  const begun = performance.now();
  honest.offer([payment]);
  await until(
    'the transaction',
    async () => (await victim.transaction(id)).status === 'pending',
    timeoutMs + 2_000,
  );
  expect(performance.now() - begun).toBeLessThan(timeoutMs + 1_000);
  await until('the transaction at the oracle', async () => {
    return (await arena.oracle.transaction(id)).status === 'pending';
  });
});

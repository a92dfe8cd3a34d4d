/**
 * Row 29. Bound: a payment counts once: mined, reorganised out and mined again, or on both forks.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { until } from './kit/until.ts';
import { COIN, idOf, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

test('a payment is never replayed', async () => {
  const arena = await Arena.open();
  const { victim, network } = arena;
  const payment = pay(network, alice, { nonce: 0, to: [[bob, COIN]] });
  const fork = arena.chain.fork();
  await arena.mine([payment]);
  expect(await victim.submitRefusal(payment)).toMatch(/^tx-(known|nonce-used)$/);
  const again = arena.chain.buildBroken({ transactions: [payment] });
  expect((await victim.submitBlockRefusal(again.bytes))?.code).toBe('block-transaction-invalid');

  // The block is reorganised out: the payment is pending again, once, and enters the other fork.
  fork.extendBy(2);
  const peer = await arena.attacker();
  peer.serve(fork).announce(fork);
  arena.chain = fork;
  await arena.settle();
  const id = idOf(payment);
  await until('the payment back in the pool', async () => {
    return (await victim.transaction(id)).status === 'pending';
  });
  expect(await victim.submit(payment)).toMatchObject({ id, status: 'pending' });
  expect((await victim.status()).mempool.count).toBe(1);
  await arena.mine([payment]);
  await arena.settle();
  expect(await victim.submitRefusal(payment)).toMatch(/^tx-(known|nonce-used)$/);
  expect(await victim.account(bob)).toMatchObject({ balance: '1001', nonce: 0 });
  await arena.expectUnharmed();
});

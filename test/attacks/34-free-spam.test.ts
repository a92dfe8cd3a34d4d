/**
 * Row 34. Bound: nothing is relayed below the minimum fee, no output below minimumOutput is valid,
 * and a self-transfer pays its fee once, to the base unit.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { COIN, minimumFee, pay } from './kit/wallet.ts';
import { alice, bob, coins } from './kit/world.ts';

test('spam is not free', async () => {
  const arena = await Arena.open();
  const { victim, network } = arena;
  const minimumOutput = network.parameters.minimumOutput;
  const free = (fee: bigint): Buffer => pay(network, alice, { nonce: 0, fee, to: [[bob, COIN]] });
  const { fee } = await victim.call<{ fee: string }>('tx.minimumFee', { outputs: 1, memoBytes: 0 });
  expect(fee).toBe(coins(minimumFee(1)));
  expect(await victim.submitRefusal(free(0n))).toBe('tx-fee-too-low');
  expect(await victim.submitRefusal(free(minimumFee(1) - 1n))).toBe('tx-fee-too-low');
  for (const amount of [0n, 1n, minimumOutput - 1n]) {
    const dust = pay(network, alice, { nonce: 0, to: [[bob, amount]] });
    expect(await victim.submitRefusal(dust)).toBe('tx-output-below-minimum');
    const block = arena.chain.buildBroken({ transactions: [dust] });
    const refused = await victim.submitBlockRefusal(block.bytes);
    expect(refused?.code).toBe('block-transaction-invalid');
  }
  expect(await victim.submitRefusal(pay(network, alice, { nonce: 0, to: [] }))).toBe(
    'tx-no-outputs',
  );

  const self = pay(network, alice, { nonce: 0, to: [[alice, 999n * COIN]] });
  await victim.submit(self);
  expect(await victim.account(alice)).toMatchObject({
    balance: '1000',
    pending: { nonce: 1 },
  });
  const least = pay(network, alice, { nonce: 1, to: [[bob, minimumOutput]] });
  await victim.submit(least);
  // A block may take a payment without a fee: that is policy, not a rule.
  const gift = pay(network, alice, { nonce: 2, fee: 0n, to: [[bob, minimumOutput]] });
  await arena.mine([self, least, gift]);
  await arena.settle();
  const paid = 2n * minimumFee(1) + 2n * minimumOutput;
  expect((await victim.account(alice)).balance).toBe(coins(1_000n * COIN - paid));
  expect((await victim.account(bob)).balance).toBe(coins(1_000n * COIN + 2n * minimumOutput));
  await arena.expectUnharmed();
});

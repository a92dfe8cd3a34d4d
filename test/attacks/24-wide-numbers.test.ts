/**
 * Row 24. Bound: amounts around 2^53 pass through transaction, block, state and JSON to the base
 * unit; heights, nonces, counts and times at the top of u32 are compared as they are.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { ChainBuilder } from './kit/chain-builder.ts';
import { within } from './kit/until.ts';
import { createWallets, pay } from './kit/wallet.ts';
import { alice, bob, coins } from './kit/world.ts';
import { createWallet } from './kit/wallet.ts';

const whale = createWallet('whale');
const allocations = [[whale, 50_000_000_000n]] as const;
const edge = 2n ** 53n;

test('amounts beyond 2^53 are exact', async () => {
  const arena = await Arena.open({ allocations, parameters: { reward: '1' } });
  const { network, victim } = arena;
  const amounts = [-2n, -1n, 0n, 1n, 2n, edge + 1n, edge * 2n - 1n].map((more) => edge + more);
  const receivers = createWallets('wide', amounts.length);
  const transactions = amounts.map((amount, nonce) =>
    pay(network, whale, { nonce, fee: edge + BigInt(nonce), to: [[receivers[nonce]!, amount]] }),
  );
  for (const transaction of transactions) await victim.submit(transaction);
  await arena.mine(transactions);
  await arena.settle();
  for (const [index, amount] of amounts.entries()) {
    expect((await victim.account(receivers[index]!)).balance).toBe(coins(amount));
  }
  const { balance } = arena.chain.accountOf(whale);
  expect((await victim.account(whale)).balance).toBe(coins(balance));
  await arena.expectUnharmed();
});

test('the highest counts and times are only numbers', async () => {
  const arena = await Arena.open();
  const { network, victim, chain } = arena;
  for (const nonce of [2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1]) {
    const code = nonce === 2 ** 32 - 1 ? 'tx-nonce-exhausted' : 'tx-gap-limit';
    const payment = pay(network, alice, { nonce, to: [[bob, 100_000n]] });
    expect(await victim.submitRefusal(payment)).toBe(code);
  }
  for (const wrong of [{ height: 2 ** 31 }, { height: 2 ** 32 - 1 }]) {
    const block = chain.buildBroken({ wrong });
    expect((await victim.submitBlockRefusal(block.bytes))?.code).toBe('block-height-wrong');
  }
  for (const time of [2 ** 31, 2 ** 32 - 1]) {
    const block = chain.buildBroken({ wrongHeader: { time } });
    expect((await victim.submitBlockRefusal(block.bytes))?.code).toBe('header-time-too-new');
  }
  const work = `0x${(2n ** 256n - 1n).toString(16)}`;
  const tip = { height: 2 ** 32 - 1, id: 'ab'.repeat(32), work };
  const boaster = await arena.attacker({ tip });
  boaster.serve(new ChainBuilder(network, chain.blocks));
  await within('headers to be asked for', boaster.next('get-headers'));
  await boaster.roundTrip();
  await arena.expectUnharmed();
});

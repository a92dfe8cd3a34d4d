/**
 * Row 3, CVE-2018-17144. Bound: nothing is spent twice inside a block, and after self-transfers and
 * a miner who pays herself the supply is allocations + claimed coinbases - fees, to the base unit.
 */
import { expect, test } from 'vitest';
import { unhex } from '../vectors/reference/bytes.mjs';
import { addressToText } from '../vectors/reference/keys.mjs';
import { Arena } from './kit/arena.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob, coins, supplyOf } from './kit/world.ts';

test('supply is kept through every way of spending twice', async () => {
  const arena = await Arena.open();
  const { network, victim } = arena;
  const first = pay(network, alice, { nonce: 0, to: [[bob, COIN]] });
  const rival = pay(network, alice, { nonce: 0, to: [[bob, 2n * COIN]] });
  for (const transactions of [
    [first, first],
    [first, rival],
    [pay(network, alice, { nonce: 0, to: [[alice, 1_001n * COIN]] })],
    [
      pay(network, alice, {
        nonce: 0,
        to: [
          [bob, 600n * COIN],
          [bob, 600n * COIN],
        ],
      }),
    ],
  ]) {
    const block = arena.chain.buildBroken({ transactions });
    const refused = await victim.submitBlockRefusal(block.bytes);
    expect(refused?.code).toBe('block-transaction-invalid');
  }

  const fee = COIN;
  const before = supplyOf(arena.chain.tip.accounts);
  const transactions = [
    pay(network, alice, {
      nonce: 0,
      fee,
      to: [
        [alice, 900n * COIN],
        [alice, COIN],
      ],
    }),
    pay(network, alice, { nonce: 1, fee, to: [[bob, COIN]] }),
  ];
  const claimed = arena.chain.reward() + 2n * fee;
  const block = arena.chain.extend({
    transactions,
    outputs: [{ address: alice.address, amount: claimed }],
  });
  await victim.submitBlock(block);
  await arena.settle();
  expect(supplyOf(block.accounts)).toBe(before + claimed - 2n * fee);
  for (const [address, { balance, nonce }] of block.accounts) {
    const text = addressToText(network.parameters.prefix, unhex(address));
    expect(await victim.account({ text })).toMatchObject({ balance: coins(balance), nonce });
  }
  await arena.expectUnharmed();
});

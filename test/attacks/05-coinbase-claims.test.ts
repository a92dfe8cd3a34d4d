/**
 * Row 5. Bound: a coinbase claims at most reward + fees, to whatever 20 bytes; less burns the rest.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob, miner, supplyOf } from './kit/world.ts';

const fee = COIN;

test('the claim is computed by the verifier', async () => {
  const arena = await Arena.open();
  const { network, victim } = arena;
  const payment = (): Buffer =>
    pay(network, alice, { nonce: arena.chain.nonceOf(alice), fee, to: [[bob, COIN]] });
  const claim = (...amounts: readonly bigint[]) => ({
    transactions: [payment()],
    outputs: amounts.map((amount) => ({ address: miner.address, amount })),
  });
  const allowed = arena.chain.reward() + fee;

  for (const amounts of [
    [allowed + 1n],
    [allowed, 10_000n],
    [2n ** 64n - 1n],
    [2n ** 64n - 1n, allowed, 1n + 2n ** 63n],
  ]) {
    const block = arena.chain.buildBroken(claim(...amounts));
    const refused = await victim.submitBlockRefusal(block.bytes);
    expect(refused?.code).toMatch(/^coinbase-claims-too-much$/);
  }
  const dust = arena.chain.buildBroken(claim(0n));
  expect((await victim.submitBlockRefusal(dust.bytes))?.code).toBe('coinbase-output-below-minimum');

  for (const [amounts, minted] of [
    [[allowed], allowed],
    [[allowed - 1n], allowed - 1n],
    [[], 0n],
  ] as const) {
    const before = supplyOf(arena.chain.tip.accounts);
    const block = arena.chain.extend(claim(...amounts));
    await victim.submitBlock(block);
    expect(supplyOf(block.accounts)).toBe(before + minted - fee);
  }
  await arena.settle();
  await arena.expectUnharmed();
});

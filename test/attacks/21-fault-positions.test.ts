/**
 * Row 21, CVE-2024-52911. Bound: a wrong signature at each of 20 positions, all blocks in
 * verification at one time beside a valid one: each is refused with its own index, the valid one is
 * connected.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { breakEnd } from './kit/forgery.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

const count = 20;

test('verdicts of blocks verified together do not mix', async () => {
  const arena = await Arena.open();
  const { victim, network, chain } = arena;
  const transactions = Array.from({ length: count }, (_, nonce) =>
    pay(network, alice, { nonce, to: [[bob, COIN]] }),
  );
  const invalid = transactions.map((_, position) =>
    chain.buildBroken({
      transactions: transactions.map((bytes, at) => (at >= position ? breakEnd(bytes) : bytes)),
    }),
  );
  const refusals = invalid.map((block) => victim.submitBlockRefusal(block.bytes));
  const block = chain.extend({ transactions });
  const accepted = victim.submitBlock(block);
  for (const [index, refusal] of refusals.entries()) {
    expect(await refusal).toMatchObject({ code: 'block-transaction-invalid', facts: { index } });
  }
  await accepted;
  await arena.settle();
  await arena.expectUnharmed();
});

/**
 * Row 97. Bound: 200 transactions of one account in one bundle are all admitted, in order, while
 * the victim's verifiers are busy with others. (Workers delayed at random: the whole-network
 * simulation.)
 */
import { expect, test } from 'vitest';
import { hex } from '../vectors/reference/bytes.mjs';
import { Arena } from './kit/arena.ts';
import { until } from './kit/until.ts';
import { COIN, createWallets, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

const count = 200;
const others = createWallets('busy', 8);

test('a long chain of nonces is admitted whole', async () => {
  const allocations = others.map((wallet) => [wallet, 1_000n] as const);
  const arena = await Arena.open({ allocations });
  const { victim, network, oracle } = arena;
  const chainOf = (wallet: (typeof others)[number]): Buffer[] =>
    Array.from({ length: count }, (_, nonce) => pay(network, wallet, { nonce, to: [[bob, COIN]] }));
  const peers = await Promise.all([alice, ...others].map(() => arena.attacker()));
  for (const [index, wallet] of [...others, alice].entries()) {
    peers[index]!.send('transactions', { transactions: chainOf(wallet).map(hex) });
  }
  const all = count * (others.length + 1);
  for (const node of [victim, oracle]) {
    await until('every transaction', async () => (await node.status()).mempool.count === all);
    expect((await node.account(alice)).pending.nonce).toBe(count);
  }
});

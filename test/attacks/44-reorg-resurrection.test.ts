/**
 * Row 44. Bound: over eight random reorgs with conflicting spends, every transaction of an
 * abandoned block is confirmed, pending, or waiting, replaced or dropped with its reason; none is
 * lost.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import type { ChainBuilder } from './kit/chain-builder.ts';
import { createRandom } from './kit/forgery.ts';
import { until } from './kit/until.ts';
import type { Wallet } from './kit/wallet.ts';
import { COIN, createWallet, idOf, pay } from './kit/wallet.ts';
import { alice, bob, carol, dave, miner } from './kit/world.ts';

const random = createRandom(44);
const rounds = 8;
const users = [alice, bob, carol, dave] as const;
const heir = createWallet('heir');

/** A few blocks of payments between users, each valid on this chain. */
function grow(chain: ChainBuilder, blocks: number): Buffer[] {
  const made: Buffer[] = [];
  for (let i = 0; i < blocks; i++) {
    const nonces = new Map<Wallet, number>();
    const transactions = Array.from({ length: 4 }, () => {
      const from = users[random(users.length)]!;
      const nonce = nonces.get(from) ?? chain.nonceOf(from);
      nonces.set(from, nonce + 1);
      const to = random(3) === 0 ? heir : users[random(users.length)]!;
      return pay(chain.network, from, { nonce, to: [[to, BigInt(1 + random(60)) * COIN]] });
    });
    const held = chain.accountOf(heir);
    // A payment that spends what another payment of this branch brought.
    if (held.balance > 2n * COIN) {
      const amount = held.balance - COIN;
      transactions.push(pay(chain.network, heir, { nonce: held.nonce, to: [[miner, amount]] }));
    }
    chain.extend({ transactions });
    made.push(...transactions);
  }
  return made;
}

test('no transaction of an abandoned block is lost', async () => {
  const arena = await Arena.open();
  const { victim } = arena;
  const seen = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const depth = random(Math.min(4, arena.chain.height));
    const rival = arena.chain.fork(arena.chain.height - depth);
    const common = rival.height;
    const before = grow(arena.chain, 1 + random(2));
    const lost = arena.chain.blocks.slice(common + 1).flatMap((block) => block.transactions);
    const first = await arena.attacker();
    first.serve(arena.chain).announce(arena.chain);
    await arena.settle();

    grow(rival, arena.chain.height - common + 1);
    const second = await arena.attacker();
    second.serve(rival).announce(rival);
    arena.chain = rival;
    await arena.settle();
    first.terminate();
    second.terminate();

    for (const bytes of [...before, ...lost.map((transaction) => transaction.bytes)]) {
      seen.add(idOf(bytes));
    }
    await until('the pool to follow', async () => !(await victim.status()).reorganising);
    for (const id of seen) {
      const { status, reason, block } = await victim.transaction(id);
      expect(status, id).not.toBe('unknown');
      if (status === 'confirmed') expect(block!.height).toBeLessThanOrEqual(rival.height);
      else if (status !== 'pending') expect(reason, `${id} is ${status}`).toBeTruthy();
    }
  }
  // What the pool calls pending is minable: the node's own block takes it and the oracle agrees.
  const [tip] = await victim.mine(miner);
  await until('the tip at the oracle', async () => (await arena.oracle.status()).tip === tip);
  const roots = [await victim.status(), await arena.oracle.status()].map((s) => s.accountsRoot);
  expect(roots[0]).toBe(roots[1]);
});

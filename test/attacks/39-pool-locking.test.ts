/**
 * Row 39, LD5. Bound: a pool filled with least fees lets a payment of twice the rate in at once,
 * says to a cheap one what it would cost, and holds no more than 20,000,000 policy bytes.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { until } from './kit/until.ts';
import { createWallets, idOf, minimumFee, pay } from './kit/wallet.ts';
import { alice, bob, carol } from './kit/world.ts';

const senders = createWallets('locker', 10);
const perSender = 66;
const memo = Buffer.alloc(255, 1);
const receivers = createWallets('dust', 255).map((wallet) => [wallet, 10_000n] as const);
const policySize = 112 + 255 * 28 + memo.length + 255 * 100;
const poolMax = Math.floor(20_000_000 / policySize);

test('a full pool is open to who pays more', async () => {
  const allocations = senders.map((wallet) => [wallet, 1_000n] as const);
  const arena = await Arena.open({ allocations });
  const { network, victim } = arena;
  expect(senders.length * perSender).toBeGreaterThan(poolMax);
  for (const sender of senders) {
    const part = Array.from({ length: perSender }, (_, nonce) =>
      pay(network, sender, { nonce, memo, to: receivers }),
    );
    const peer = await arena.attacker();
    peer.offer(part);
    await until('the part to be judged', async () => {
      const { count } = (await victim.status()).mempool;
      return count >= Math.min(poolMax, (senders.indexOf(sender) + 1) * perSender);
    });
    peer.terminate();
  }
  // What is left is less than one of those: simple transfers fill it to the brim.
  const isFull = async (nonce: number): Promise<boolean> => {
    const filler = pay(network, carol, { nonce, to: [[bob, 10_000n]] });
    return (await victim.submitRefusal(filler)) === 'tx-pool-full';
  };
  let fillers = 0;
  while (!(await isFull(fillers))) fillers++;
  expect(fillers).toBeLessThan(policySize / 240);

  const cheap = pay(network, alice, { nonce: 0, to: [[bob, 100_000n]] });
  expect(await victim.submitRefusal(cheap)).toBe('tx-pool-full');
  const fee = 2n * minimumFee(1);
  const better = pay(network, alice, { nonce: 0, fee, to: [[bob, 100_000n]] });
  expect(await victim.submit(better)).toMatchObject({ id: idOf(better), status: 'pending' });
  expect((await victim.status()).mempool.count).toBeLessThanOrEqual(poolMax + fillers + 1);
});

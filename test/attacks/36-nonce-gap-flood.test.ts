/**
 * Row 36, DETER. Bound: 10,000 future-nonce transactions from 1,000 accounts, at ten times the fee:
 * every executable transaction stays, and the gap pool stays within its cap.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { MIB, memoryGrowth } from './kit/memory.ts';
import { until } from './kit/until.ts';
import { createWallets, idOf, minimumFee, pay } from './kit/wallet.ts';
import { bob } from './kit/world.ts';

const accounts = createWallets('gap', 1_000);
const honest = createWallets('honest', 100);
const perAccount = 10;
const amount = 10_000n;
// Two million policy bytes hold 8,333 simple transfers of 240 bytes.
const gapPoolMax = 8_333;

test('a flood of gaps evicts nothing that can be mined', async () => {
  const allocations = [...accounts, ...honest].map((wallet) => [wallet, 10n] as const);
  const arena = await Arena.open({ allocations });
  const { network, victim } = arena;
  const executable = honest.map((wallet) =>
    pay(network, wallet, { nonce: 0, to: [[bob, amount]] }),
  );
  for (const transaction of executable) await victim.submit(transaction);

  const fee = 10n * minimumFee(1);
  const flood = accounts.flatMap((wallet) =>
    Array.from({ length: perAccount }, (_, i) =>
      pay(network, wallet, { nonce: i + 1, fee, to: [[bob, amount]] }),
    ),
  );
  let told = 0;
  const growth = await memoryGrowth(victim, async () => {
    for (let at = 0; at < flood.length; at += 2_500) {
      const part = flood.slice(at, at + 2_500);
      const peer = await arena.attacker();
      peer.on('get-transactions', () => told++);
      peer.offer(part);
      const last = idOf(part.at(-1)!);
      await until('the end of the flood to be judged', async () => {
        return (await victim.transaction(last)).status !== 'unknown';
      });
      peer.terminate();
    }
  });
  expect(told).toBe(0);
  expect(growth).toBeLessThan(64 * MIB);
  const { count } = (await victim.status()).mempool;
  expect(count).toBeLessThanOrEqual(gapPoolMax + honest.length);
  for (const transaction of executable) {
    expect((await victim.transaction(idOf(transaction))).status).toBe('pending');
  }
  await arena.expectUnharmed();
});

/**
 * Row 36, DETER. Bound: 10,000 future-nonce transactions from 1,000 accounts, at ten times the fee:
 * every executable transaction stays, and the gap pool stays within its cap.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { until } from './kit/until.ts';
import { createWallets, idOf, minimumFee, pay } from './kit/wallet.ts';
import { bob } from './kit/world.ts';

const accounts = createWallets('gap', 1_000);
const honest = createWallets('honest', 100);
const perAccount = 10;
const accountsPerPeer = 250;
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

  // Each part pays more than the one before, so that it finds room when the gap pool is full.
  const flood = accounts.flatMap((wallet, index) =>
    Array.from({ length: perAccount }, (_, i) => {
      const fee = BigInt(10 + Math.floor(index / accountsPerPeer)) * minimumFee(1);
      return pay(network, wallet, { nonce: i + 1, fee, to: [[bob, amount]] });
    }),
  );
  for (let at = 0; at < flood.length; at += accountsPerPeer * perAccount) {
    const part = flood.slice(at, at + accountsPerPeer * perAccount);
    const peer = await arena.attacker();
    peer.offer(part);
    const last = idOf(part.at(-1)!);
    await until('the end of the flood to be judged', async () => {
      return (await victim.transaction(last)).status === 'waiting';
    });
    peer.terminate();
  }
  expect((await victim.status()).mempool.count).toBe(honest.length);
  const states = new Map<string, number>();
  for (let at = 0; at < flood.length; at += 7) {
    const { status } = await victim.transaction(idOf(flood[at]!));
    states.set(status, (states.get(status) ?? 0) + 1);
  }
  expect(states.get('waiting')).toBeLessThanOrEqual(gapPoolMax / 7 + 50);
  for (const transaction of executable) {
    expect((await victim.transaction(idOf(transaction))).status).toBe('pending');
  }
  await arena.expectUnharmed();
});

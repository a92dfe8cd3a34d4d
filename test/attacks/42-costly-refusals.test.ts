/**
 * Row 42, CVE-2025-46598. Bound: 10,000 invalid signatures from one attacker who comes back after
 * each loss of connection: another peer's blocks take less than twice as long.
 */
import { expect, test } from 'vitest';
import { hex } from '../vectors/reference/bytes.mjs';
import { Arena } from './kit/arena.ts';
import { idOfBlock } from './kit/chain-builder.ts';
import { breakEnd } from './kit/forgery.ts';
import type { RawPeer } from './kit/raw-peer.ts';
import { within } from './kit/until.ts';
import { createWallets, pay } from './kit/wallet.ts';
import { bob } from './kit/world.ts';

const senders = createWallets('forger', 100);
const bundles = 100;
// What scheduling on a shared machine adds to a few milliseconds, whoever attacks.
const slackMs = 25;

test('invalid signatures cost their sender, not others', async () => {
  const allocations = senders.map((wallet) => [wallet, 10n] as const);
  const arena = await Arena.open({ allocations });
  const { network } = arena;
  const forged = senders.map((wallet) =>
    breakEnd(pay(network, wallet, { nonce: 0, to: [[bob, 100_000n]] })),
  );
  const bundle = { transactions: forged.map(hex) };
  const [miner, listener] = [await arena.attacker(), await arena.attacker()];
  const quiet = await medianLatency(arena, miner, listener);

  let sent = 0;
  const attack = (async () => {
    for (; sent < bundles; sent++) {
      const peer = await arena.attacker();
      peer.send('transactions', bundle);
      await within('the forger to be dropped', peer.closed);
    }
  })();
  const loud = await medianLatency(arena, miner, listener);
  await attack;
  expect(loud).toBeLessThan(2 * quiet + slackMs);
  expect([miner.isOpen, listener.isOpen]).toEqual([true, true]);
  await arena.expectUnharmed();
});

/** From a block's announcement by one peer to the victim's announcement to another. */
async function medianLatency(arena: Arena, miner: RawPeer, listener: RawPeer): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 15; i++) {
    const block = arena.chain.extend();
    miner.serve(arena.chain);
    const begun = performance.now();
    miner.announce(arena.chain);
    for (let told = ''; told !== idOfBlock(block);) {
      told = ((await listener.next('new-tip'))['tip'] as { id: string }).id;
    }
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

/**
 * Row 37. Bound: what is pending of one account never costs more than its balance: not by a chain
 * of ten that overdraws, not by a replacement of the first that drains the account.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { COIN, idOf, pay } from './kit/wallet.ts';
import { alice, bob, miner } from './kit/world.ts';

const share = 150n * COIN;

test('the pool promises no more than there is', async () => {
  const arena = await Arena.open();
  const { victim, oracle, network } = arena;
  const chain = Array.from({ length: 10 }, (_, nonce) =>
    pay(network, alice, { nonce, fee: COIN, to: [[bob, share]] }),
  );
  for (const transaction of chain) {
    const code = await victim.submitRefusal(transaction);
    expect(code ?? 'tx-insufficient-funds').toMatch(/^tx-(insufficient-funds|nonce-gap)$/);
  }
  const statusOf = async (bytes: Buffer): Promise<string> =>
    (await victim.transaction(idOf(bytes))).status;
  const pending = async (): Promise<number> => {
    const states = await Promise.all(chain.map(statusOf));
    return states.filter((status) => status === 'pending').length;
  };
  expect(await pending()).toBe(6);
  expect(Number((await victim.account(alice)).pending.balance)).toBe(1_000 - 6 * 151);

  const drain = pay(network, alice, { nonce: 0, fee: 10n * COIN, to: [[bob, 900n * COIN]] });
  await victim.submit(drain);
  expect(await statusOf(drain)).toBe('pending');
  expect(await pending()).toBe(0);
  for (const transaction of chain) expect(await statusOf(transaction)).not.toBe('pending');
  expect(Number((await victim.account(alice)).pending.balance)).toBe(90);

  const [id] = await victim.mine(miner);
  expect(await statusOf(drain)).toBe('confirmed');
  await expect.poll(async () => (await oracle.status()).tip, { timeout: 5_000 }).toBe(id);
  expect((await oracle.account(alice)).balance).toBe('90');
});

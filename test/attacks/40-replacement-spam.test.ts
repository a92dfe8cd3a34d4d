/**
 * Row 40. Bound: of 1,000 bumps by one unit none is relayed; of bumps by 10 % at most ten a minute.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { until } from './kit/until.ts';
import { COIN, idOf, minimumFee, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

const perMinute = 10;

test('bumps are priced and counted', async () => {
  const arena = await Arena.open();
  const { victim, network } = arena;
  const observer = await arena.attacker();
  const withFee = (fee: bigint): Buffer =>
    pay(network, alice, { nonce: 0, fee, to: [[bob, COIN]] });
  const base = minimumFee(1);
  await victim.submit(withFee(base));
  for (let bump = 1n; bump <= 1_000n; bump++) {
    const code = await victim.submitRefusal(withFee(base + bump));
    expect(code).toBe('tx-replacement-underpriced');
  }
  let fee = base;
  let last = '';
  for (let accepted = 0; accepted < perMinute; accepted++) {
    fee = (fee * 12n) / 10n;
    last = (await victim.submit(withFee(fee))).id;
  }
  for (let bump = 0; bump < 20; bump++) {
    fee = (fee * 12n) / 10n;
    expect(await victim.submitRefusal(withFee(fee))).toBe('tx-replacement-limit');
  }
  const relayed = (): string[] =>
    observer.all('inventory').flatMap(({ fields }) => fields['ids'] as string[]);
  await until('the last bump to be announced', () => relayed().includes(last));
  expect(new Set(relayed()).size).toBeLessThanOrEqual(1 + perMinute);
  expect(relayed()).not.toContain(idOf(withFee(fee)));
});

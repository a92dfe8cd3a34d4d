/** Row 25. Bound: nodes under other time zones and languages compute the roots of the model. */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { NodeProcess } from './kit/node-process.ts';
import { until } from './kit/until.ts';
import { COIN, createWallets, pay } from './kit/wallet.ts';
import { alice } from './kit/world.ts';

const places = [
  { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  { TZ: 'America/St_Johns', LANG: 'ar_EG.UTF-8', LC_ALL: 'ar_EG.UTF-8' },
];

test('where a node runs changes no hash', async () => {
  const arena = await Arena.open();
  const { network, victim, world } = arena;
  const receivers = createWallets('abroad', 40);
  const transactions = receivers.map((receiver, nonce) =>
    pay(network, alice, { nonce, to: [[receiver, COIN]] }),
  );
  for (let at = 0; at < transactions.length; at += 10) {
    await arena.mine(transactions.slice(at, at + 10));
  }
  await arena.settle();
  const nodes = await Promise.all(
    places.map((env) => NodeProcess.start({ world, env, peers: [victim] })),
  );
  for (const node of nodes) {
    await until('the tip abroad', async () => (await node.status()).height === arena.chain.height);
    expect((await node.status()).accountsRoot).toBe(arena.chain.accountsRoot);
  }
});

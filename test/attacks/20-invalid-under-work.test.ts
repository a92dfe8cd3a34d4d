/**
 * Row 20. Bound: an invalid block with enough work is asked for and verified once; 50 peers who
 * vouch for its header afterwards, and for one of a descendant, lose their connections unasked.
 */
import { expect, test } from 'vitest';
import { Arena } from './kit/arena.ts';
import { breakEnd } from './kit/forgery.ts';
import { within } from './kit/until.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

test('an invalid block is verified once', async () => {
  const arena = await Arena.open();
  const payment = pay(arena.network, alice, { nonce: 0, to: [[bob, COIN]] });
  const invalid = arena.chain.buildBroken({ transactions: [breakEnd(payment)] });
  const first = await arena.vouch(invalid);
  await within('the first to be dropped', first.closed);
  expect(first.all('get-blocks')).toHaveLength(1);

  const peers = await Promise.all(Array.from({ length: 50 }, () => arena.vouch(invalid)));
  await within('the others to be dropped', Promise.all(peers.map((peer) => peer.closed)));
  expect(peers.flatMap((peer) => peer.all('get-blocks'))).toEqual([]);

  const branch = arena.chain.fork().add(invalid);
  branch.add(branch.buildBroken({ wrong: { historyRoot: Buffer.alloc(32) } }));
  const heir = await arena.attacker();
  heir.serve(branch).announce(branch, 1000n);
  await within('the heir to be dropped', heir.closed);
  expect(heir.all('get-blocks')).toEqual([]);
  await arena.expectUnharmed();
});

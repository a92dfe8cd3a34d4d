/** Row 28. Bound: what is signed for one network, protocol or purpose is refused on another. */
import { expect, test } from 'vitest';
import { cat } from '../vectors/reference/bytes.mjs';
import { sha256, sign, tagged } from '../vectors/reference/keys.mjs';
import { Arena } from './kit/arena.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob, createWorld } from './kit/world.ts';

test('a signature is good for one purpose', async () => {
  const arena = await Arena.open();
  const { victim, network } = arena;
  const other = createWorld().network;
  const payment = { nonce: 0, to: [[bob, COIN]] } as const;
  expect(await victim.submitRefusal(pay(other, alice, payment))).toBe('tx-signature-invalid');

  const right = pay(network, alice, payment);
  const unsigned = right.subarray(0, -64);
  const digests = [
    sha256(unsigned),
    sha256(sha256(unsigned)),
    sha256(network.id, unsigned),
    tagged('cairn/transaction', unsigned),
    tagged('cairn/txid', network.id, unsigned),
    tagged('cairn/transaction', Buffer.from(network.id).reverse(), unsigned),
  ];
  for (const digest of digests) {
    const foreign = cat(unsigned, sign(digest, alice.secret));
    expect(await victim.submitRefusal(foreign)).toBe('tx-signature-invalid');
  }
  await victim.submit(right);
  await arena.mine([right]);
  await arena.expectUnharmed();
});

/**
 * Row 27. Bound: no public key off the curve, above the field or of another form is taken; no
 * exception.
 */
import { expect, test } from 'vitest';
import { cat, unhex } from '../vectors/reference/bytes.mjs';
import { Arena } from './kit/arena.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

const FIELD = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn;
const key = (prefix: number, x: bigint): Buffer =>
  cat(Buffer.of(prefix), unhex(x.toString(16).padStart(64, '0')));

const offCurve = [0n, 5n, 7n, FIELD - 1n, FIELD, FIELD + 1n, FIELD + 5n, 2n ** 256n - 1n];

test('invalid points verify nothing', async () => {
  const arena = await Arena.open();
  const { victim, network } = arena;
  const payment = pay(network, alice, { nonce: 0, to: [[bob, COIN]] });
  const withKey = (publicKey: Buffer): Buffer =>
    cat(payment.subarray(0, 1), publicKey, payment.subarray(34));
  for (const prefix of [2, 3]) {
    for (const x of offCurve) {
      // Of an account that does not exist: that is cheaper to find out than the signature.
      const code = await victim.submitRefusal(withKey(key(prefix, x)));
      expect(code).toMatch(/^tx-(signature-invalid|insufficient-funds)$/);
    }
  }
  for (const prefix of [0, 1, 4, 5, 6, 7, 255]) {
    expect(await victim.submitRefusal(withKey(key(prefix, 1n)))).toBe('tx-key-malformed');
  }
  // Signed as the rules ask, by a key of which only the form is wrong.
  const uncompressed = { ...alice, publicKey: cat(Buffer.of(4), alice.publicKey.subarray(1)) };
  const signed = pay(network, uncompressed, { nonce: 0, to: [[bob, COIN]] });
  expect(await victim.submitRefusal(signed)).toBe('tx-key-malformed');
  for (const x of offCurve) {
    const block = arena.chain.buildBroken({ transactions: [withKey(key(2, x))] });
    const refused = await victim.submitBlockRefusal(block.bytes);
    expect(refused).toMatchObject({
      code: 'block-transaction-invalid',
      facts: { inner: 'tx-signature-invalid' },
    });
  }
  await arena.expectUnharmed();
});

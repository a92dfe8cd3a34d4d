/**
 * Row 26. Bound: of all alterations of a valid signature (high s, zero, n and above, DER, swapped
 * halves, every byte changed) none is taken, loose or in a block; the original is.
 */
import { expect, test } from 'vitest';
import { cat, hex, unhex } from '../vectors/reference/bytes.mjs';
import { Arena } from './kit/arena.ts';
import { flipBit } from './kit/forgery.ts';
import { COIN, idOf, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const toBytes = (value: bigint): Buffer => unhex(value.toString(16).padStart(64, '0'));
const toNumber = (bytes: Buffer): bigint => BigInt(`0x${hex(bytes)}`);

function der(r: Buffer, s: Buffer): Buffer {
  const integer = (bytes: Buffer): Buffer => {
    const lead = bytes[0]! >= 0x80 ? Buffer.of(0) : Buffer.alloc(0);
    return cat(Buffer.of(2, lead.length + bytes.length), lead, bytes);
  };
  const body = cat(integer(r), integer(s));
  return cat(Buffer.of(0x30, body.length), body);
}

test('a third party cannot alter a signature', async () => {
  const arena = await Arena.open();
  const { victim, chain } = arena;
  const payment = pay(arena.network, alice, { nonce: 0, to: [[bob, COIN]] });
  const unsigned = payment.subarray(0, -64);
  const signature = payment.subarray(-64);
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const zero = Buffer.alloc(32);
  const values = [zero, toBytes(1n), toBytes(ORDER - 1n), toBytes(ORDER), Buffer.alloc(32, 255)];
  const altered = [
    cat(r, toBytes(ORDER - toNumber(s))),
    cat(s, r),
    cat(Buffer.from(r).reverse(), Buffer.from(s).reverse()),
    ...values.flatMap((value) => [cat(value, s), cat(r, value), cat(value, value)]),
    ...Array.from({ length: 64 }, (_, byte) => flipBit(signature, 8 * byte)),
  ];
  for (const change of altered) {
    expect(await victim.submitRefusal(cat(unsigned, change))).toBe('tx-signature-invalid');
  }
  expect(await victim.submitRefusal(cat(unsigned, der(r, s)))).toBe('tx-malformed');

  const highS = cat(unsigned, altered[0]!);
  const block = chain.buildBroken({ transactions: [highS] });
  expect(await victim.submitBlockRefusal(block.bytes)).toMatchObject({
    code: 'block-transaction-invalid',
  });
  const { id } = await victim.submit(payment);
  expect(id).toBe(idOf(payment));
  await arena.mine([payment]);
  await arena.expectUnharmed();
});

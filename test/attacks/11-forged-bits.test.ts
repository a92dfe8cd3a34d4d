/**
 * Row 11. Bound: of 50 bit patterns only the computed one is taken; each other costs the sender its
 * connection, and no header of them is kept.
 */
import { expect, test } from 'vitest';
import { checkHeader } from '../vectors/reference/check.mjs';
import { decodeHeader, encodeHeader, mine } from '../vectors/reference/block.mjs';
import { canonicalTarget } from '../vectors/reference/difficulty.mjs';
import { hex } from '../vectors/reference/bytes.mjs';
import { Arena } from './kit/arena.ts';
import { claimOf } from './kit/chain-builder.ts';
import { createRandom } from './kit/forgery.ts';
import { within } from './kit/until.ts';
import { EASY_BITS, nowSeconds } from './kit/world.ts';

const random = createRandom(11);
const patterns = [
  ...[0, 1, 0x00ffffff, 0x01000000, 0x01007fff, 0x0200007f, 0x03000001, 0x03800001],
  ...[0x04800000, 0x1d00ffff, 0x1d80ffff, 0x1e7fffff, 0x1effffff, 0x1f7fffff, 0x20000001],
  ...[0x20007fff, 0x200fffff, 0x203fffff, 0x207ffffe, 0x20800000, 0x20ffffff, 0x21000001],
  ...[0x21007fff, 0x2100ffff, 0x217fffff, 0x22000001, 0x220000ff, 0x2200ffff, 0x23000001],
  ...[0x7fffffff, 0x80000000, 0xa07fffff, 0xff000001, 0xff7fffff, 0xffffffff],
  ...Array.from({ length: 15 }, () => random(2 ** 32)),
];

test('bits are computed, never believed', async () => {
  expect(patterns).toHaveLength(50);
  expect(patterns).not.toContain(EASY_BITS);
  const arena = await Arena.open();
  const { victim, network, chain } = arena;
  const honest = chain.build();
  for (const bits of patterns) {
    const fields = { ...decodeHeader(honest.header), bits };
    const target = canonicalTarget(bits);
    const minable = target !== undefined && target >> 244n !== 0n;
    const header = minable ? mine(fields).header : encodeHeader(fields);
    const known = { blocks: chain.blocks, marked: [], now: nowSeconds() };
    const { code } = checkHeader(network, known, header)!;
    const bytes = Buffer.concat([header, honest.bytes.subarray(80)]);
    expect((await victim.submitBlockRefusal(bytes))?.code, bits.toString(16)).toBe(code);

    const peer = await arena.attacker();
    peer.send('new-tip', { tip: claimOf(header, chain.tip), header: hex(header) });
    const { goodbye } = await within(`the end after ${bits.toString(16)}`, peer.closed);
    expect(goodbye).toBe(code);
  }
  expect((await victim.call<{ tips: unknown[] }>('chain.tips')).tips).toHaveLength(1);
  await arena.expectUnharmed();
});

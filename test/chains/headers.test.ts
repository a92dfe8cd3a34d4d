/** Headers and statements that are wrong: bits, times, versions, work, heights and roots. */
import { describe, expect, test } from 'vitest';
import { toHash } from '../../src/core/base/types.ts';
import { encodeHeader } from '../../src/core/codec/header.ts';
import { bitsToTarget, isCanonicalBits, nextBits } from '../../src/core/rules/work.ts';
import { ChainScript, scriptNetwork } from '../kit/chain-script.ts';
import { vectorNetwork } from '../kit/vectors.ts';

const ROOT = toHash(new Uint8Array(32).fill(1));

describe('bits (attacks row 11)', () => {
  test('none of 50 patterns but the right one is taken', () => {
    const script = new ChainScript();
    const { bits: right } = script.network.params;
    const limit = bitsToTarget(right);
    const patterns = [
      ...[0x00000000, 0xffffffff, 0x80000000, 0x00800000, 0x7fffffff, 0x01000000, 0x00ffffff],
      ...[0x20ffffff, 0x20800000, 0x20ff7fff, 0x2100ffff, 0x21008000, 0x2200007f, 0x2200ffff],
      ...[0x217fffff, 0xff123456, 0x207ffffe, 0x207ffffd, 0x207f0000, 0x20400000, 0x20010000],
      ...[0x20008000, 0x2000ffff, 0x20007fff, 0x1f7fffff, 0x1f00ffff, 0x1f008000, 0x20000001],
      ...[0x20000000, 0x03000000, 0x04000000, 0x00123456, 0x01fedcba, 0x04923456, 0x23000001],
      ...Array.from({ length: 15 }, (_, i) => 0x207fff00 + 16 * i),
    ];
    expect(new Set(patterns).size).toBe(50);
    expect(patterns).not.toContain(right);
    const { header } = script.build({ name: 'model', on: 'genesis' });
    for (const bits of patterns) {
      if (isCanonicalBits(bits) && bitsToTarget(bits) <= limit) {
        const name = bits.toString(16);
        script.block({ name, on: 'genesis', wrong: { bits }, expect: 'header-bits-wrong' });
      } else {
        const verdict = script.core.announce(encodeHeader({ ...header, bits }));
        expect(verdict).toMatchObject({ code: 'header-bits-malformed', facts: { bits } });
      }
    }
    script.expectTip('genesis');
    script.block({ name: 'right', on: 'genesis', expect: 'tip' });
  });

  test('a retargeting network wants the bits of its schedule, not the parent’s', () => {
    const { params } = vectorNetwork('asert');
    const script = new ChainScript(scriptNetwork({ ...params }));
    const { time } = script.network.params;
    script.block({ name: 'a', on: 'genesis', time: time + 300, expect: 'tip' });
    const eased = nextBits(script.network.params, script.modelOf('a').context);
    expect(bitsToTarget(eased) > bitsToTarget(params.bits)).toBe(true);
    const stale = { name: 'b', on: 'a', wrong: { bits: params.bits } };
    const facts = { bits: params.bits, expected: eased };
    script.block({ ...stale, expect: { code: 'header-bits-wrong', facts } });
    script.block({ name: 'c', on: 'a', expect: 'tip' });
  });
});

describe('headers', () => {
  test('without enough work', () => {
    const script = new ChainScript();
    script.block({ name: 'a', on: 'genesis', hasWork: false, expect: 'header-work-insufficient' });
  });

  test.each([0, 2, 0x20000000])('of version %d', (version) => {
    const script = new ChainScript();
    const facts = { version };
    const expected = { code: 'header-version-unknown', facts } as const;
    script.block({ name: 'a', on: 'genesis', wrong: { version }, expect: expected });
  });

  test('at or below the median of the last eleven times', () => {
    const script = new ChainScript();
    const { time } = script.network.params;
    let on = 'genesis';
    for (let height = 1; height <= 12; height++) {
      script.block({ name: `h${height}`, on, time: time + 10 * height, expect: 'tip' });
      on = `h${height}`;
    }
    // The eleven times are those of h2 to h12; h7 is in their middle.
    const median = time + 70;
    const expected = { code: 'header-time-too-old', facts: { time: median, median } } as const;
    script.block({ name: 'equal', on, time: median, expect: expected });
    script.block({ name: 'zero', on, time: 0, expect: 'header-time-too-old' });
    script.block({ name: 'above', on, time: median + 1, expect: 'tip' });
  });

  test('whose parent nobody knows', () => {
    const script = new ChainScript();
    script.build({ name: 'a', on: 'genesis' });
    const facts = { parent: script.idOf('a') };
    script.block({ name: 'b', on: 'a', expect: { code: 'header-parent-unknown', facts } });
    script.send('a', 'tip');
    script.send('b', 'tip');
  });
});

describe('statements of a block', () => {
  test.each([
    ['the accounts root', { accountsRoot: ROOT }, 'block-accounts-root-wrong'],
    ['the history root', { historyRoot: ROOT }, 'block-history-root-wrong'],
    ['the height', { height: 3 }, 'block-height-wrong'],
    ['the coinbase’s height', { coinbaseHeight: 1 }, 'coinbase-height-wrong'],
    ['both heights', { height: 1, coinbaseHeight: 2 }, 'block-height-wrong'],
  ] as const)('%s, wrong and bound by the header, marks the block', (_name, wrong, code) => {
    const script = new ChainScript();
    script.block({ name: 'a', on: 'genesis', expect: 'tip' });
    script.block({ name: 'bad', on: 'a', wrong, expect: code });
    script.block({ name: 'child', on: 'bad', expect: 'header-parent-invalid' });
    script.block({ name: 'good', on: 'a', expect: 'tip' });
  });

  test('a transactions root that the transactions do not have marks nothing', () => {
    const script = new ChainScript();
    const wrong = { transactionsRoot: ROOT };
    script.block({ name: 'a', on: 'genesis', wrong, expect: 'block-transactions-root-mismatch' });
    script.announce('a');
    script.block({ name: 'child', on: 'a', expect: 'side' });
  });

  test('a block one byte too large is refused unread; the largest is taken', () => {
    const script = new ChainScript();
    const { blockSizeMax } = script.network.params;
    const outputsFor = (size: number) => {
      // Header 80, fixed body 110, first output 28: payments of 140 bytes and one memo fill the
      // rest.
      const transactions = [];
      let left = size - 80 - 110 - 64;
      for (let nonce = 0; left > 0; nonce++) {
        const memoSize = left < 2 * 140 ? Math.min(255, left - 140) : 0;
        const memo = 'm'.repeat(memoSize);
        transactions.push(script.pay('alice', { nonce, to: [['bob', 1n]], memo }));
        left -= 140 + memoSize;
      }
      expect(left).toBe(0);
      return transactions;
    };
    const extra = new Uint8Array(64);
    const largest = {
      name: 'largest',
      on: 'genesis',
      extra,
      transactions: outputsFor(blockSizeMax),
    };
    script.build({ ...largest, name: 'over', transactions: outputsFor(blockSizeMax + 1) });
    const facts = { size: blockSizeMax + 1, limit: blockSizeMax };
    script.send('over', { code: 'block-too-large', facts });
    script.block({ ...largest, expect: 'tip' });
    expect(script.bytesOf('largest')).toHaveLength(blockSizeMax);
  });
});

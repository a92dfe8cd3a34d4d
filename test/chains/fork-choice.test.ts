/**
 * Which tip wins: work, never length; ties, invalid branches, bodies out of order, marks that stay.
 */
import { describe, expect, test } from 'vitest';
import { parseAddressHex, toHash } from '../../src/core/base/types.ts';
import { ChainScript, scriptNetwork } from '../kit/chain-script.ts';
import { vectorNetwork } from '../kit/vectors.ts';

const ROOT = toHash(new Uint8Array(32).fill(1));
const wrong = { accountsRoot: ROOT };

describe('fork choice (docs/protocol.md section 11)', () => {
  test('of two twins with equal work the current tip stays, until one has more', () => {
    const script = new ChainScript();
    script.block({ name: 'a1', on: 'genesis', expect: 'tip' });
    script.block({ name: 'b1', on: 'genesis', expect: 'side' });
    script.expectTip('a1');
    script.block({ name: 'b2', on: 'b1', expect: 'tip' });
    script.block({ name: 'a2', on: 'a1', expect: 'side' });
    script.expectTip('b2');
    script.block({ name: 'a3', on: 'a2', expect: 'tip' });
    expect(script.takeMoves().map(({ off, on }) => [off, on])).toEqual([
      [[], ['a1']],
      [['a1'], ['b1', 'b2']],
      [
        ['b2', 'b1'],
        ['a1', 'a2', 'a3'],
      ],
    ]);
    script.send('a3', 'block-known');
    script.send('b1', 'block-known');
  });

  test('work decides, not length: 100 blocks beat 200 of less work (attacks row 12)', () => {
    const asert = vectorNetwork('asert').params;
    const network = scriptNetwork({ ...asert, bits: 0x201fffff, powLimit: 0x207fffff });
    const script = new ChainScript(network);
    const { time, spacingSeconds, halfLifeSeconds } = network.params;
    // Far behind the schedule from its first block on: from the second one the target is
    // powLimit's.
    for (let height = 1; height <= 200; height++) {
      script.block({
        name: `easy${height}`,
        on: height === 1 ? 'genesis' : `easy${height - 1}`,
        time: time + 100 * halfLifeSeconds + height,
        expect: 'tip',
      });
    }
    for (let height = 1; height <= 100; height++) {
      const model = script.modelOf(height === 1 ? 'genesis' : `hard${height - 1}`);
      script.build({
        name: `hard${height}`,
        on: height === 1 ? 'genesis' : `hard${height - 1}`,
        time: time + spacingSeconds * height,
      });
      const isHeavier = script.modelOf(`hard${height}`).work > script.modelOf('easy200').work;
      expect(model.context.height).toBe(height - 1);
      script.send(`hard${height}`, isHeavier ? 'tip' : 'side');
    }
    script.expectTip('hard100');
    expect(script.core.chain.tip.height).toBe(100);
  });

  test('the valid prefix of a branch wins although a later block of it is invalid', () => {
    const script = new ChainScript();
    script.chain(['a1', 'a2'], 'genesis', 'tip');
    for (const [name, on] of [
      ['b1', 'genesis'],
      ['b2', 'b1'],
      ['b3', 'b2'],
    ] as const) {
      script.build({ name, on });
    }
    script.build({ name: 'b4', on: 'b3', wrong });
    script.build({ name: 'b5', on: 'b4' });
    script.announce('b1', 'b2', 'b3', 'b4', 'b5');
    for (const name of ['b5', 'b4', 'b3', 'b2']) script.send(name, 'side');
    script.expectTip('a2');
    script.send('b1', 'connected');
    script.expectTip('b3');
    script.expectVerdict('b4', 'block-accounts-root-wrong');
    script.block({ name: 'b6', on: 'b5', expect: 'header-parent-invalid' });
    script.block({ name: 'c4', on: 'b3', expect: 'tip' });
  });

  test('a branch whose valid prefix is lighter than the tip leaves the tip where it is', () => {
    const script = new ChainScript();
    script.chain(['a1', 'a2', 'a3'], 'genesis', 'tip');
    script.chain(['b1', 'b2'], 'genesis', 'side');
    script.block({ name: 'b3', on: 'b2', expect: 'side', wrong });
    script.takeMoves();
    script.build({ name: 'b4', on: 'b3' });
    script.send('b4', 'below-invalid');
    script.expectTip('a3');
    expect(script.takeMoves()).toEqual([]);
    script.expectVerdict('b3', 'block-accounts-root-wrong');
  });

  test('a missing body in its middle keeps a heavier branch waiting (attacks row 19)', () => {
    const script = new ChainScript();
    script.chain(['a1', 'a2'], 'genesis', 'tip');
    script.build({ name: 'b1', on: 'genesis' });
    for (let height = 2; height <= 12; height++) {
      script.build({ name: `b${height}`, on: `b${height - 1}` });
    }
    script.announce(...Array.from({ length: 12 }, (_, i) => `b${i + 1}`));
    for (let height = 2; height <= 12; height++) script.send(`b${height}`, 'side');
    script.expectTip('a2');
    script.block({ name: 'a3', on: 'a2', expect: 'tip' });
    script.send('b1', 'connected');
    script.expectTip('b12');
  });
});

describe('marks (docs/protocol.md section 11)', () => {
  test('an invalid block is judged once, its descendants without a look (attacks row 20)', () => {
    const script = new ChainScript();
    const transactions = [
      script.pay('alice', { nonce: 0, to: [['bob', 10n]] }),
      script.pay('bob', { nonce: 5, to: [['alice', 10n]] }),
    ];
    const invalid = { code: 'block-transaction-invalid', facts: { index: 1 } } as const;
    script.block({ name: 'a1', on: 'genesis', expect: 'tip' });
    script.block({ name: 'bad', on: 'a1', transactions, expect: invalid });
    const { verifiedCount } = script.core;
    for (let i = 0; i < 50; i++) script.send('bad', 'block-known');
    expect(script.core.verifiedCount).toBe(verifiedCount);
    script.block({ name: 'child', on: 'bad', expect: 'header-parent-invalid' });
    script.expectTip('a1');
  });

  test('a block refused before it was ever connected is judged once, too', () => {
    const script = new ChainScript();
    const good = script.pay('alice', { nonce: 0, to: [['bob', 10n]] });
    script.block({
      name: 'height',
      on: 'genesis',
      wrong: { height: 7 },
      expect: 'block-height-wrong',
    });
    const network = scriptNetwork({ name: 'other' });
    const foreign = new ChainScript(network).pay('alice', { nonce: 0, to: [['bob', 10n]] });
    script.block({
      name: 'foreign',
      on: 'genesis',
      transactions: [good, foreign],
      expect: {
        code: 'block-transaction-invalid',
        facts: { index: 1, inner: 'tx-signature-invalid' },
      },
    });
    const { verifiedCount } = script.core;
    script.send('foreign', 'block-known');
    script.send('height', 'block-known');
    expect(script.core.verifiedCount).toBe(verifiedCount);
  });

  test('marks survive a restart, with their descendants', () => {
    const script = new ChainScript();
    script.chain(['a1', 'a2', 'a3'], 'genesis', 'tip');
    script.block({ name: 'b1', on: 'genesis', wrong, expect: 'side' });
    script.chain(['b2', 'b3'], 'b1', 'side');
    script.build({ name: 'b4', on: 'b3' });
    script.send('b4', 'below-invalid');
    script.expectVerdict('b1', 'block-accounts-root-wrong');
    script.core.restart();
    script.expectTip('a3');
    script.send('b1', 'block-known');
    script.send('b2', 'header-parent-invalid');
    script.block({ name: 'c2', on: 'b1', expect: 'header-parent-invalid' });
    script.core.restart();
    script.block({ name: 'a4', on: 'a3', expect: 'tip' });
  });

  test('a body that is not the header’s own marks nothing (attacks rows 1 and 16)', () => {
    const script = new ChainScript();
    const payments = [0, 1, 2].map((nonce) => script.pay('alice', { nonce, to: [['bob', 1n]] }));
    const last = payments[2]!;
    const { bytes } = script.build({ name: 'a1', on: 'genesis', transactions: payments });
    const count = 80 + 4;
    const doubled = Uint8Array.of(...bytes, ...last.bytes);
    script.send(doubled, 'block-malformed');
    script.send(doubled.with(count, 5), 'block-commitment-mismatch');
    script.send(bytes.with(-1, bytes.at(-1)! ^ 1), 'block-transactions-root-mismatch');
    script.send(bytes.subarray(0, bytes.length - 1), 'block-malformed');
    script.send('a1', 'tip');
  });

  test('a premature block is taken when its time has come (attacks row 8)', () => {
    const script = new ChainScript();
    const { time, maxFutureSeconds } = script.network.params;
    const now = time + 1000;
    const late = { name: 'late', on: 'genesis', time: now + maxFutureSeconds + 1 };
    script.block({ ...late, expect: 'header-time-too-new', now });
    script.send('late', 'tip', now + 1);
    script.block({
      name: 'limit',
      on: 'genesis',
      time: now + maxFutureSeconds,
      expect: 'side',
      now,
    });
  });
});

test('an unknown address holds nothing', () => {
  const script = new ChainScript();
  expect(script.accounts(parseAddressHex('00'.repeat(20))!)).toEqual([[0n, 0]]);
});

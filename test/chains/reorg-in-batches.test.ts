/**
 * Reorgs too large for one batch: the old tip is told until the new one stands, a restart goes on,
 * and a target that proves invalid is given up. The cap is lowered here so that every block fills a
 * batch.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { required } from '../../src/core/base/assert.ts';
import { bytesToHex } from '../../src/core/base/bytes.ts';
import { toHash } from '../../src/core/base/types.ts';
import { CHAIN_LIMITS } from '../../src/core/chain/chain-limits.ts';
import { POSITION_KEY } from '../../src/core/chain/layout.ts';
import { decodePosition } from '../../src/core/chain/records.ts';
import { Mempool } from '../../src/core/chain/mempool.ts';
import { NodeReader } from '../../src/core/node/node-reader.ts';
import { ABSENT_ACCOUNT } from '../../src/core/rules/account.ts';
import { ChainScript, addressOf, scriptNetwork, signPayment } from '../kit/chain-script.ts';
import { accountsRoot } from '../kit/ledger-model.ts';
import { NetBench } from '../kit/net-bench.ts';

/** Every block fills a batch. */
const LIMITS = { ...CHAIN_LIMITS, reorgBatchBytesMax: 1 };
const miner = addressOf('faucet');
const ROOT = toHash(new Uint8Array(32).fill(1));

const network = scriptNetwork();
const paymentTo = (person: 'bob' | 'carol', fee: bigint) =>
  Array.from({ length: 6 }, (_, nonce) =>
    signPayment(network, 'alice', { nonce, to: [[person, 7n]], fee }),
  );
const toBob = paymentTo('bob', 1n);
const toCarol = paymentTo('carol', 2n);

/**
 * Branch a of four blocks is the tip; branch b of six has its bodies stored, b1 last, and nothing
 * has moved.
 */
function openScript(wrongAt?: string): ChainScript {
  const script = new ChainScript(network, LIMITS);
  let on = 'genesis';
  for (const [nonce, name] of ['a1', 'a2', 'a3', 'a4'].entries()) {
    const transactions = [toBob[nonce]!];
    script.block({ name, on, transactions, miner, expect: 'tip' });
    on = name;
  }
  const names = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'];
  on = 'genesis';
  for (const [nonce, name] of names.entries()) {
    const transactions = [toCarol[nonce]!];
    const wrong = name === wrongAt ? { accountsRoot: ROOT } : {};
    script.build({ name, on, transactions, miner, wrong });
    on = name;
  }
  script.announce(...names);
  for (const name of names.slice(1)) script.send(name, 'side');
  script.takeMoves();
  expect(script.core.accept(script.bytesOf('b1'))).toBeUndefined();
  return script;
}

/** Where the stored ledger stands must be where its accounts are. */
function checkStored(script: ChainScript): string {
  const bytes = required(script.core.store.get(POSITION_KEY), 'the position is stored');
  const position = decodePosition(bytes);
  if (!position.ok) throw new Error(position.code);
  const { ledger, told, accountsRoot: root } = position.value;
  const names = ['genesis', 'a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6'];
  const nameOf = (id: string): string =>
    required(
      names.find((name) => script.idOf(name) === id),
      'the position is a block of the script',
    );
  expect(bytesToHex(root)).toBe(bytesToHex(accountsRoot(script.modelOf(nameOf(ledger)).accounts)));
  return `${nameOf(ledger)} told ${nameOf(told)}`;
}

describe('a reorg in several batches', () => {
  test('tells the old tip until the new one stands', () => {
    const script = openScript();
    const stored: string[] = [];
    while (script.core.work(1)) {
      const at = checkStored(script);
      if (stored.at(-1) !== at) stored.push(at);
      const isTold = script.core.tipChanges.length > 4;
      expect(script.core.chain.tip.id).toBe(script.idOf(isTold ? 'b6' : 'a4'));
    }
    const between = ['a3', 'a2', 'a1', 'genesis', 'b1', 'b2', 'b3', 'b4'];
    expect(stored).toEqual([...between.map((name) => `${name} told a4`), 'b6 told b6']);
    script.expectTip('b6');
    const reorganising = script.core.outcomes.filter(({ kind }) => kind === 'reorganising');
    expect(reorganising).toEqual([
      { kind: 'reorganising', active: true },
      { kind: 'reorganising', active: false },
    ]);
    const [first] = script.takeMoves();
    expect(first?.off).toEqual(['a4', 'a3', 'a2', 'a1']);
    expect(first?.change.reverted).toHaveLength(4);
  });

  test('shows a transaction as confirmed only where the told chain holds it', () => {
    const script = openScript();
    const { chain } = script.core;
    const pool = new Mempool({ accountOf: () => ABSENT_ACCOUNT });
    const now = { monotonicMs: 0, wallMs: 0 };
    const net = new NetBench().conversation;
    const reader = new NodeReader({ chain, pool, net, now: () => now });
    const confirmed = (transactions: typeof toBob): number =>
      transactions.filter(({ id }) => reader.transaction(id)?.status === 'confirmed').length;
    expect([confirmed(toBob), confirmed(toCarol)]).toEqual([4, 0]);
    while (script.core.work(1)) {
      if (chain.reorganising) expect(confirmed(toCarol)).toBe(0);
    }
    expect([confirmed(toBob), confirmed(toCarol)]).toEqual([0, 6]);
  });

  test('goes on after a restart at any moment, or at several', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 6 });
    fc.assert(
      fc.property(pauses, (slices) => {
        const script = openScript();
        for (const count of slices) {
          script.core.work(count);
          script.core.restart();
          checkStored(script);
        }
        script.core.work();
        script.expectTip('b6');
        expect(checkStored(script)).toBe('b6 told b6');
        expect(script.core.chain.reorganising).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test('returns to the old tip when the target proves invalid, restarts or not', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 4 });
    fc.assert(
      fc.property(pauses, (slices) => {
        const script = openScript('b3');
        for (const count of slices) {
          script.core.work(count);
          script.core.restart();
          checkStored(script);
        }
        script.core.work();
        script.expectTip('a4');
        expect(checkStored(script)).toBe('a4 told a4');
        expect(script.core.chain.reorganising).toBe(false);
        script.send('b3', 'block-known');
        script.block({ name: 'a5', on: 'a4', miner, expect: 'tip' });
      }),
      { numRuns: 40 },
    );
  });

  test('takes a still heavier branch that arrives in its middle', () => {
    const script = openScript();
    script.core.work(8);
    expect(script.core.chain.reorganising).toBe(true);
    for (const [name, on] of [
      ['a5', 'a4'],
      ['a6', 'a5'],
      ['a7', 'a6'],
    ] as const) {
      script.build({ name, on, miner });
      expect(script.core.accept(script.bytesOf(name))).toBeUndefined();
    }
    script.core.work();
    script.expectTip('a7');
  });
});

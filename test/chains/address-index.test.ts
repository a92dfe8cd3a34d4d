/** The index of accounts: what concerns each, in chain order, on the connected chain alone. */
import { describe, expect, test } from 'vitest';
import { COINBASE_INDEX } from '../../src/core/chain/address-index.ts';
import type { ChainLimits } from '../../src/core/chain/chain-limits.ts';
import { CHAIN_LIMITS } from '../../src/core/chain/chain-limits.ts';
import { addressPlaceOf, addressPlacePrefix } from '../../src/core/chain/layout.ts';
import type { Person } from '../kit/chain-script.ts';
import { ChainScript, addressOf, scriptNetwork } from '../kit/chain-script.ts';

const miner = addressOf('faucet');

/** Height and index of everything that the store has for somebody. */
function placesOf(script: ChainScript, person: Person): readonly (readonly [number, number])[] {
  const prefix = addressPlacePrefix(addressOf(person));
  const keys = [...script.core.store.keys()].filter((key) => key.startsWith(prefix)).sort();
  return keys.map(addressPlaceOf).map(({ height, index }) => [height, index]);
}

describe('the index of accounts', () => {
  test('begins with the allocations of genesis', () => {
    const script = new ChainScript();
    expect(placesOf(script, 'alice')).toEqual([[0, 0]]);
    expect(placesOf(script, 'bob')).toEqual([[0, 1]]);
    expect(placesOf(script, 'carol')).toEqual([]);
  });

  test('has payments under sender and recipients, once each, and rewards after them', () => {
    const script = new ChainScript();
    const first = script.pay('alice', {
      nonce: 0,
      to: [
        ['carol', 5n],
        ['alice', 5n],
        ['carol', 1n],
      ],
    });
    const second = script.pay('bob', { nonce: 0, to: [['carol', 7n]] });
    const transactions = [first, second];
    script.block({ name: 'a1', on: 'genesis', transactions, miner, expect: 'tip' });
    script.block({ name: 'a2', on: 'a1', miner: addressOf('carol'), expect: 'tip' });
    expect(placesOf(script, 'alice')).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(placesOf(script, 'bob')).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(placesOf(script, 'carol')).toEqual([
      [1, 0],
      [1, 1],
      [2, COINBASE_INDEX],
    ]);
    expect(placesOf(script, 'faucet')).toEqual([[1, COINBASE_INDEX]]);
  });

  test.each<[string, ChainLimits | undefined]>([
    ['one batch', undefined],
    ['many batches', { ...CHAIN_LIMITS, reorgBatchBytesMax: 1 }],
  ])('follows a reorg of %s', (_, limits) => {
    const script = new ChainScript(scriptNetwork(), limits);
    const shared = script.pay('bob', { nonce: 0, to: [['dave', 2n]] });
    const lost = script.pay('alice', { nonce: 0, to: [['carol', 5n]] });
    script.block({ name: 'a1', on: 'genesis', transactions: [lost, shared], miner, expect: 'tip' });
    script.block({ name: 'a2', on: 'a1', miner, expect: 'tip' });
    script.chain(['b1', 'b2'], 'genesis', 'side');
    script.block({ name: 'b3', on: 'b2', transactions: [shared], expect: 'tip' });
    expect(placesOf(script, 'alice')).toEqual([[0, 0]]);
    expect(placesOf(script, 'carol')).toEqual([]);
    expect(placesOf(script, 'faucet')).toEqual([]);
    expect(placesOf(script, 'dave')).toEqual([[3, 0]]);
    script.chain(['a3'], 'a2', 'side');
    script.chain(['a4'], 'a3', 'tip');
    expect(placesOf(script, 'carol')).toEqual([[1, 0]]);
    expect(placesOf(script, 'dave')).toEqual([[1, 1]]);
    expect(placesOf(script, 'faucet')).toEqual([
      [1, COINBASE_INDEX],
      [2, COINBASE_INDEX],
    ]);
  });
});

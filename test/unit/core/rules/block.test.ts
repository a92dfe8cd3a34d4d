/** The reward halves to nothing, and all of it is the supply that genesis rules count. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toAmount, toHeight } from '../../../../src/core/base/types.ts';
import { blockReward, transactionsRoot } from '../../../../src/core/rules/block.ts';
import * as arbitrary from '../../../kit/arbitraries.ts';
import { toTxId, vectorNetwork } from '../../../kit/vectors.ts';

const { params } = vectorNetwork('easy');

describe('the reward (docs/protocol.md section 6)', () => {
  test('halves every halvingBlocks, flooring, and is nothing from the 64th halving on', () => {
    fc.assert(
      fc.property(
        arbitrary.u64,
        fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        arbitrary.u32,
        (reward, halvingBlocks, height) => {
          const network = { ...params, reward: toAmount(reward), halvingBlocks };
          const halvings = BigInt(height) / BigInt(halvingBlocks);
          const expected = halvings < 64n ? reward / 2n ** halvings : 0n;
          expect(blockReward(toHeight(height), network)).toBe(expected);
        },
      ),
    );
  });

  test('sums to what genesis rule G11 counts, less the reward of height 0', () => {
    const network = { ...params, reward: toAmount(1000n), halvingBlocks: 3 };
    let minted = 0n;
    for (let height = 1; height < 3 * 70; height++)
      minted += blockReward(toHeight(height), network);
    let counted = 0n;
    for (let k = 0n; k < 64n; k++) counted += (1000n >> k) * 3n;
    expect(minted).toBe(counted - 1000n);
  });
});

test('no list of transactions has the root of another (attacks row 1)', () => {
  const ids = ['01', '02', '03', '04', '05', '06'].map((byte) => toTxId(byte.repeat(32)));
  const lists = [
    ids.slice(0, 3),
    [...ids.slice(0, 3), ids[2]!],
    ids,
    [...ids, ...ids.slice(4)],
    [...ids].reverse(),
    [ids[0]!],
    [ids[0]!, ids[0]!],
    [],
  ];
  const roots = lists.map((list) => Buffer.from(transactionsRoot(list)).toString('hex'));
  expect(new Set(roots).size).toBe(lists.length);
});

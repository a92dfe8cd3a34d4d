import { expect, test } from 'vitest';
import { mergeTrees, tipChange } from '../../../src/lab/block-tree.ts';

const block = (id: string, parent: string, height: number) => ({
  ...{ id, parent, height },
  work: BigInt(height),
});
const trunk = [block('a', '', 0), block('b', 'a', 1)];
const tree = mergeTrees([
  { node: 2, tip: 'd', blocks: [...trunk, block('c', 'b', 2), block('d', 'c', 3)] },
  { node: 1, tip: 'x', blocks: [...trunk, block('x', 'b', 2)] },
  { node: 3, tip: 'd', blocks: [] },
]);

test('trees of several nodes are one', () => {
  expect([...tree.blocks.keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'x']);
  expect(tree.stands.get('d')).toEqual([2, 3]);
  expect(tree.stands.get('x')).toEqual([1]);
});

test('from one tip to another some blocks are left and others taken', () => {
  const change = tipChange(tree, 'x', 'd');
  expect(change?.disconnected.map(({ id }) => id)).toEqual(['x']);
  expect(change?.connected.map(({ id }) => id)).toEqual(['c', 'd']);
  expect(tipChange(tree, 'b', 'd')?.disconnected).toEqual([]);
  expect(tipChange(tree, 'd', 'd')).toEqual({ disconnected: [], connected: [] });
});

test('tips without a known common ancestor cannot be compared', () => {
  const apart = mergeTrees([
    { node: 1, tip: 'p', blocks: [block('p', 'unknown', 5)] },
    { node: 2, tip: 'q', blocks: [block('q', 'another', 5)] },
  ]);
  expect(tipChange(apart, 'p', 'q')).toBeUndefined();
});

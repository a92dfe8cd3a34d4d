import { describe, expect, test } from 'vitest';
import type { BlockTree, NodeView, TreeBlock } from '../../../src/lab/block-tree.ts';
import { mergeTrees } from '../../../src/lab/block-tree.ts';
import { drawTree } from '../../../cli/tree-drawing.ts';

/** Blocks by name: `'5': '4'` says that 5 stands on 4; its work is 1000 per height plus `extra`. */
function treeOf(
  parents: Readonly<Record<string, string>>,
  tips: Readonly<Record<number, string>>,
): BlockTree {
  const blocks: TreeBlock[] = Object.entries(parents).map(([id, parent]) => {
    const height = parseInt(id, 10);
    return { id, parent, height, work: BigInt(height * 1000) };
  });
  const views: NodeView[] = Object.entries(tips).map(([node, tip]) => {
    return { node: Number(node), tip, blocks };
  });
  return mergeTrees(views);
}

/** The drawing without what stands beside it. */
const shape = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/ {3}\d\S* .*$/, '').trimEnd());

describe('the block tree', () => {
  test('is drawn as a line per branch, with who stands where', () => {
    const tree = treeOf(
      { '4': '3', '5': '4', '6': '5', '7': '6', '6x': '5' },
      { 1: '6x', 2: '7', 3: '7' },
    );
    expect(drawTree(tree, { heights: 20, note: '(split since 14 s)' })).toEqual([
      '  4 ─ 5 ─ 6 ─ 7   7  ● node 2, node 3   work 7.0 k',
      "      └── 6'      6x  ○ node 1           work 6.0 k   (split since 14 s)",
    ]);
  });

  test('joins several branches of one block, and branches of branches', () => {
    const tree = treeOf(
      {
        '1': '0',
        '2': '1',
        '3': '2',
        '4': '3',
        ...{ '2a': '1', '3a': '2a', '3b': '2a', '2c': '1', '4d': '3' },
      },
      { 1: '4' },
    );
    expect(shape(drawTree(tree, { heights: 20 }))).toEqual([
      '  1 ── 2 ── 3 ── 4',
      "  │         └─── 4'",
      "  ├─── 2' ─ 3'",
      "  │    └─── 3''",
      "  └─── 2''",
    ]);
  });

  test('keeps columns when heights grow a digit', () => {
    const tree = treeOf({ '9': '8', '10': '9', '11': '10', '10x': '9' }, { 1: '11' });
    expect(shape(drawTree(tree, { heights: 20 }))).toEqual(['  9 ── 10 ─ 11', "  └─── 10'"]);
  });

  test('shows only as many heights as asked for, and as fit', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [String(index + 10), String(index + 9)]),
    );
    const tree = treeOf(chain, { 1: '39' });
    expect(shape(drawTree(tree, { heights: 3 }))).toEqual(['  37 ─ 38 ─ 39']);
    const [line = ''] = drawTree(tree, { heights: 30, width: 80 });
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line).toContain('38 ─ 39');
  });

  test('tells of a node that lags behind on a branch', () => {
    const tree = treeOf({ '1': '0', '2': '1', '3': '2' }, { 1: '3', 2: '1' });
    expect(drawTree(tree, { heights: 9 })).toEqual([
      '  1 ─ 2 ─ 3   3  ● node 1, node 2 at 1   work 3.0 k',
    ]);
  });

  test('draws branches that meet below what is shown', () => {
    const tree = treeOf({ '5': '4', '6': '5', '5x': '4x', '6x': '5x' }, { 1: '6', 2: '6x' });
    expect(shape(drawTree(tree, { heights: 2 }))).toEqual(['  5 ── 6', "  5' ─ 6'"]);
  });
});

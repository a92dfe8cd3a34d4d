/**
 * Owns: drawing a block tree as lines of text; pure.
 * Does not own: asking nodes and merging what they know (lab).
 *
 *   4 ─ 5 ─ 6 ─ 7   00001c9e  ● node 2, node 3   work 8.1 k
 *       └── 6'      0000a0f2  ○ node 1           work 6.9 k
 */
import type { BlockTree, TreeBlock } from '../src/lab/block-tree.ts';
import { showCount, showId } from './format.ts';

/** One branch: consecutive blocks, and where it hangs. */
interface Row {
  readonly blocks: readonly TreeBlock[];
  readonly labels: readonly string[];
  /** The row that holds the first block's parent; undefined when the parent is not shown. */
  readonly parentRow: number | undefined;
}

const MARGIN = 2;
const PRIME = "'";

export interface DrawingOptions {
  /** Only so many of the highest heights. */
  readonly heights: number;
  /** Columns there are; fewer heights are drawn when they do not fit. */
  readonly width?: number;
  /** Follows every branch but the first. */
  readonly note?: string;
}

/** Draws the tree as one line per branch. */
export function drawTree(tree: BlockTree, options: DrawingOptions): readonly string[] {
  const { heights, width = Infinity } = options;
  const rows = layRows(visibleBlocks(tree, heights));
  const low = Math.min(...rows.map(({ blocks }) => blocks[0]!.height));
  const cell = cellWidth(rows);
  const column = (height: number): number => MARGIN + (height - low) * cell;
  const canvas = rows.map((row) => drawRow(row, column, cell));
  connectRows(rows, canvas, column);
  const captions = rows.map((row, index) => caption(tree, row, index === 0));
  const lines = joinColumns(canvas, captions, options.note);
  const excess = Math.max(...lines.map((line) => line.length)) - width;
  const fitting = heights - Math.ceil(excess / cell);
  return excess > 0 && fitting > 1 ? drawTree(tree, { ...options, heights: fitting }) : lines;
}

function visibleBlocks(tree: BlockTree, heights: number): readonly TreeBlock[] {
  const all = [...tree.blocks.values()];
  const top = Math.max(...all.map(({ height }) => height));
  return all.filter(({ height }) => height > top - heights);
}

/** The heaviest path first, then what branches off it, from its tip downwards, each likewise. */
function layRows(blocks: readonly TreeBlock[]): readonly Row[] {
  const known = new Set(blocks.map(({ id }) => id));
  const children = new Map<string, TreeBlock[]>();
  for (const block of blocks) {
    children.set(block.parent, [...(children.get(block.parent) ?? []), block]);
  }
  const weight = new Map<string, bigint>();
  for (const block of [...blocks].sort((a, b) => b.height - a.height)) {
    const best = weight.get(block.id) ?? block.work;
    weight.set(block.id, best);
    const parentBest = weight.get(block.parent) ?? 0n;
    if (best > parentBest) weight.set(block.parent, best);
  }
  const heaviestFirst = (a: TreeBlock, b: TreeBlock): number => {
    const difference = (weight.get(b.id) ?? 0n) - (weight.get(a.id) ?? 0n);
    return difference === 0n ? (a.id < b.id ? -1 : 1) : difference > 0n ? 1 : -1;
  };
  const childrenOf = (block: TreeBlock): readonly TreeBlock[] =>
    [...(children.get(block.id) ?? [])].sort(heaviestFirst);

  const rows: Row[] = [];
  const drawnAt = new Map<number, number>();
  const addRows = (first: TreeBlock, parentRow: number | undefined): void => {
    const path = [first];
    for (let next = childrenOf(first)[0]; next !== undefined; next = childrenOf(next)[0]) {
      path.push(next);
    }
    const labels = path.map(({ height }) => {
      const earlier = drawnAt.get(height) ?? 0;
      drawnAt.set(height, earlier + 1);
      return `${height}${PRIME.repeat(earlier)}`;
    });
    const own = rows.push({ blocks: path, labels, parentRow }) - 1;
    for (const block of [...path].reverse()) {
      for (const side of childrenOf(block).slice(1)) addRows(side, own);
    }
  };
  const roots = blocks.filter(({ parent }) => !known.has(parent)).sort(heaviestFirst);
  for (const root of roots) addRows(root, undefined);
  return rows;
}

/** Wide enough for every label that another block follows. */
function cellWidth(rows: readonly Row[]): number {
  const followed = rows.flatMap(({ labels }) => labels.slice(0, -1));
  return Math.max(1, ...followed.map((label) => label.length)) + 3;
}

function drawRow(row: Row, column: (height: number) => number, width: number): string[] {
  const first = row.blocks[0]!;
  const isBranch = row.parentRow !== undefined;
  const lead = isBranch ? `└${'─'.repeat(width - 2)} ` : '';
  const start = column(first.height) - lead.length;
  const cells = row.labels.map((label, index) =>
    index === row.labels.length - 1 ? label : `${label} ${'─'.repeat(width - label.length - 2)} `,
  );
  return Array.from(`${' '.repeat(start)}${lead}${cells.join('')}`);
}

/** Joins each branch to its parent's row across the rows between. */
function connectRows(
  rows: readonly Row[],
  canvas: readonly string[][],
  column: (height: number) => number,
): void {
  rows.forEach(({ parentRow, blocks }, index) => {
    if (parentRow === undefined) return;
    const at = column(blocks[0]!.height - 1);
    for (let between = parentRow + 1; between < index; between++) {
      const line = canvas[between]!;
      while (line.length <= at) line.push(' ');
      if (line[at] === '└') line[at] = '├';
      else if (line[at] === ' ') line[at] = '│';
    }
  });
}

/** What stands beside a branch: its tip's id, who stands where on it, its work. */
function caption(tree: BlockTree, row: Row, isHeaviest: boolean): readonly string[] {
  const tip = row.blocks.at(-1)!;
  const onTip = (tree.stands.get(tip.id) ?? []).map((node) => `node ${node}`);
  const behind = row.blocks
    .slice(0, -1)
    .flatMap(({ id, height }) =>
      (tree.stands.get(id) ?? []).map((node) => `node ${node} at ${height}`),
    );
  const nodes = [...onTip, ...behind].join(', ');
  const mark = isHeaviest ? '●' : '○';
  const standing = nodes === '' ? '' : `${mark} ${nodes}`;
  return [showId(tip.id), standing, `work ${showCount(tip.work)}`];
}

function joinColumns(
  canvas: readonly (readonly string[])[],
  captions: readonly (readonly string[])[],
  note: string | undefined,
): readonly string[] {
  const treeWidth = Math.max(...canvas.map((line) => line.length));
  const standingWidth = Math.max(...captions.map(([, standing = '']) => standing.length));
  return canvas.map((line, index) => {
    const [id = '', standing = '', work = ''] = captions[index]!;
    const drawn = line.join('').padEnd(treeWidth);
    const text = `${drawn}   ${id}  ${standing.padEnd(standingWidth)}   ${work}`;
    return index === 0 || note === undefined ? text : `${text}   ${note}`;
  });
}

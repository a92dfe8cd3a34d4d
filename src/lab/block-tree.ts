/**
 * Owns: the block tree of a whole local network, merged from what each node knows; pure.
 * Does not own: asking the nodes (network-view) or drawing it (cli).
 */

export interface TreeBlock {
  readonly id: string;
  readonly parent: string;
  readonly height: number;
  /** Cumulative. */
  readonly work: bigint;
}

/** What one node answers: where it stands and the blocks it knows near there. */
export interface NodeView {
  readonly node: number;
  readonly tip: string;
  readonly blocks: readonly TreeBlock[];
}

export interface BlockTree {
  readonly blocks: ReadonlyMap<string, TreeBlock>;
  /** The nodes whose tip a block is, ascending. */
  readonly stands: ReadonlyMap<string, readonly number[]>;
}

/** The way from one tip to another. */
export interface TipChange {
  /** Blocks left behind, highest first. */
  readonly disconnected: readonly TreeBlock[];
  /** Blocks taken instead, lowest first. */
  readonly connected: readonly TreeBlock[];
}

export function mergeTrees(views: readonly NodeView[]): BlockTree {
  const blocks = new Map<string, TreeBlock>();
  const stands = new Map<string, number[]>();
  for (const view of [...views].sort((a, b) => a.node - b.node)) {
    for (const block of view.blocks) blocks.set(block.id, block);
    stands.set(view.tip, [...(stands.get(view.tip) ?? []), view.node]);
  }
  return { blocks, stands };
}

/** Compares two tips: undefined when their common ancestor lies outside the tree. */
export function tipChange(tree: BlockTree, from: string, to: string): TipChange | undefined {
  const disconnected: TreeBlock[] = [];
  const connected: TreeBlock[] = [];
  let left = tree.blocks.get(from);
  let right = tree.blocks.get(to);
  while (left !== undefined && right !== undefined) {
    if (left.id === right.id) return { disconnected, connected: connected.reverse() };
    const { height } = left;
    if (left.height >= right.height) {
      disconnected.push(left);
      left = tree.blocks.get(left.parent);
    }
    if (right.height >= height) {
      connected.push(right);
      right = tree.blocks.get(right.parent);
    }
  }
  return undefined;
}

/**
 * Owns: what `start`, `stop`, `restart` and `kill` have in common: the nodes named, the line per
 * node.
 * Does not own: what is done to a node (lab).
 */
import { NODES_MAX } from '../../src/lab/ports.ts';
import type { NodeTarget } from '../../src/lab/nodes.ts';
import type { Context } from '../command.ts';
import { parseCount } from '../values.ts';

export interface NodesArguments {
  readonly nodes: readonly string[];
}

interface NodeChange {
  readonly changed: boolean;
  /** What is true of the node now, in words. */
  readonly text: string;
  readonly state: 'running' | 'stopped';
  readonly height?: number;
}

/** Changes the nodes named, one after another, and tells of each. */
export async function changeNodes(
  context: Context,
  args: NodesArguments,
  change: (target: NodeTarget) => Promise<NodeChange>,
): Promise<void> {
  const { home, network: name, output } = context;
  const ids = args.nodes.map((text) => parseCount('NODE', text, { min: 1, max: NODES_MAX }));
  const nodes: object[] = [];
  const lines: string[] = [];
  for (const id of ids) {
    const { text, ...facts } = await output.during(() => `node ${id}`, change({ home, name, id }));
    nodes.push({ id, ...facts });
    lines.push(`node ${id} ${text}`);
  }
  output.answer({ nodes }, () => lines);
}

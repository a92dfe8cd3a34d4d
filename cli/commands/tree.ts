/** Owns: `cairn tree`. Does not own: the drawing (tree-drawing) or asking nodes (lab). */
import type { TipJson } from '../../src/api/schemas/results.ts';
import type { BlockTree, NodeView } from '../../src/lab/block-tree.ts';
import { mergeTrees, tipChange } from '../../src/lab/block-tree.ts';
import { labError } from '../../src/lab/errors.ts';
import type { RunningNode } from '../../src/lab/network-view.ts';
import { readViews, runningNodes } from '../../src/lab/network-view.ts';
import { requireNetwork } from '../../src/lab/registry.ts';
import type { Command } from '../command.ts';
import { showSpan } from '../format.ts';
import { drawTree } from '../tree-drawing.ts';
import { parseCount } from '../values.ts';

const HEIGHTS_DEFAULT = '20';
const HEIGHTS_MAX = 1000;

export const tree: Command<{ readonly heights?: string }> = {
  options: {
    heights: {
      kind: 'text',
      alias: 'n',
      value: 'N',
      summary: `how many heights (${HEIGHTS_DEFAULT})`,
    },
  },

  async run({ home, network, output }, args) {
    const heights = parseCount('-n', args.heights ?? HEIGHTS_DEFAULT, { min: 1, max: HEIGHTS_MAX });
    const record = requireNetwork(home, network);
    const nodes = runningNodes(home, record);
    if (nodes.length === 0) {
      throw labError('network-stopped', `network "${network}" is not running`, {
        hint: 'cairn up',
      });
    }
    const [views, tips] = await Promise.all([readViews(nodes, heights), readTips(nodes)]);
    const merged = mergeTrees(views);
    output.answer(
      { tips: mergeTips(tips, views, merged), split: record.split?.groups ?? null },
      () =>
        drawTree(merged, {
          heights,
          width: process.stdout.isTTY ? process.stdout.columns : Infinity,
          ...(record.split !== null && {
            note: `(split since ${showSpan(Date.now() - record.split.sinceMs)})`,
          }),
        }),
    );
    return undefined;
  },
};

async function readTips(nodes: readonly RunningNode[]): Promise<readonly TipJson[]> {
  const answers = await Promise.all(nodes.map(({ client }) => client.call('chain.tips', {})));
  return answers.flatMap(({ tips }) => tips);
}

/**
 * One entry per tip that any node knows: who stands there, and how far it is off the heaviest one.
 */
function mergeTips(
  tips: readonly TipJson[],
  views: readonly NodeView[],
  merged: BlockTree,
): readonly object[] {
  const unique = [...new Map(tips.map((tip) => [tip.id, tip])).values()];
  const heaviest = views
    .map(({ tip }) => unique.find(({ id }) => id === tip))
    .filter((tip) => tip !== undefined)
    .reduce((best, tip) => (BigInt(tip.work) > BigInt(best.work) ? tip : best));
  return unique
    .map((tip) => {
      const nodes = merged.stands.get(tip.id) ?? [];
      const { branchLength = 0 } = tips.find(
        ({ id, status }) => id === tip.id && status !== 'active',
      ) ?? { branchLength: tipChange(merged, tip.id, heaviest.id)?.disconnected.length };
      const status = nodes.length > 0 ? 'active' : tip.status === 'active' ? 'fork' : tip.status;
      return { ...tip, status, branchLength, nodes };
    })
    .sort((a, b) => b.height - a.height);
}

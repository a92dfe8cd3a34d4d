/** Owns: `cairn restart NODE`. Does not own: stopping and starting it (lab). */
import { startNode, stopNode } from '../../src/lab/nodes.ts';
import type { Command } from '../command.ts';
import type { NodesArguments } from './node-change.ts';
import { changeNodes } from './node-change.ts';

export const restart: Command<NodesArguments> = {
  options: {},

  async run(context, args) {
    await changeNodes(context, args, async (target) => {
      await stopNode(target, 'stop');
      const { status } = await startNode(target);
      const text = `restarted at height ${status.height}`;
      return { changed: true, text, state: 'running', height: status.height };
    });
    context.output.next('cairn ps');
    return undefined;
  },
};

/** Owns: `cairn start NODE`. Does not own: starting it (lab). */
import { startNode } from '../../src/lab/nodes.ts';
import type { Command } from '../command.ts';
import type { NodesArguments } from './node-change.ts';
import { changeNodes } from './node-change.ts';

export const start: Command<NodesArguments> = {
  options: {},

  async run(context, args) {
    await changeNodes(context, args, async (target) => {
      const { changed, status } = await startNode(target);
      const text = changed ? `started at height ${status.height}` : 'is running already';
      return { changed, text, state: 'running', height: status.height };
    });
    context.output.next('cairn ps', 'cairn chain --node N');
    return undefined;
  },
};

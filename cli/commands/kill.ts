/** Owns: `cairn kill NODE`. Does not own: killing it (lab). */
import { stopNode } from '../../src/lab/nodes.ts';
import type { Command } from '../command.ts';
import type { NodesArguments } from './node-change.ts';
import { changeNodes } from './node-change.ts';

export const kill: Command<NodesArguments> = {
  options: {},

  async run(context, args) {
    await changeNodes(context, args, async (target) => {
      const { changed } = await stopNode(target, 'kill');
      return { changed, text: changed ? 'killed (SIGKILL)' : 'was not running', state: 'stopped' };
    });
    context.output.next(`cairn start ${args.nodes.join(' ')}`);
    return undefined;
  },
};

/** Owns: `cairn stop NODE`. Does not own: stopping it (lab). */
import { stopNode } from '../../src/lab/nodes.ts';
import type { Command } from '../command.ts';
import type { NodesArguments } from './node-change.ts';
import { changeNodes } from './node-change.ts';

export const stop: Command<NodesArguments> = {
  options: {},

  async run(context, args) {
    await changeNodes(context, args, async (target) => {
      const { changed } = await stopNode(target, 'stop');
      return { changed, text: changed ? 'stopped' : 'was not running', state: 'stopped' };
    });
    context.output.next(`cairn start ${args.nodes.join(' ')}`);
    return undefined;
  },
};

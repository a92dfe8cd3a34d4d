/** Owns: `cairn peers add`. Does not own: connecting (the node). */
import type { Command } from '../command.ts';
import { resolveTarget } from '../target.ts';

export const peersAdd: Command<{ readonly url: string }> = {
  options: {},

  async run(context, { url }) {
    const { client, label } = resolveTarget(context);
    await client.call('peers.add', { url });
    context.output.answer({ url }, () => [`${label} keeps a connection to ${url} from now on`]);
    context.output.next('cairn peers');
    return undefined;
  },
};

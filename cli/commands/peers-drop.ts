/** Owns: `cairn peers drop`. Does not own: disconnecting (the node). */
import type { Command } from '../command.ts';
import { resolveTarget } from '../target.ts';
import { parseCount } from '../values.ts';

export const peersDrop: Command<{ readonly id: string }> = {
  options: {},

  async run(context, { id: text }) {
    const id = parseCount('ID', text, { min: 0, max: 0xffff_ffff });
    const { client, label } = resolveTarget(context);
    await client.call('peers.drop', { id });
    context.output.answer({ id }, () => [`${label} dropped connection ${id}`]);
    context.output.next('cairn peers');
    return undefined;
  },
};

/** Owns: `cairn chain tips`. Does not own: the answer (the node). */
import type { Command } from '../command.ts';
import { showCount, showTable } from '../format.ts';
import { resolveTarget } from '../target.ts';

export const chainTips: Command = {
  options: {},

  async run(context) {
    const { client } = resolveTarget(context);
    const { tips } = await client.call('chain.tips', {});
    context.output.answer({ tips }, () =>
      showTable([
        ['HEIGHT', 'STATUS', 'BRANCH', 'WORK', 'ID'],
        ...tips.map(({ height, status, branchLength, work, id }) => [
          ...[String(height), status, String(branchLength), showCount(BigInt(work)), id],
        ]),
      ]),
    );
    return undefined;
  },
};

/** Owns: `cairn split`. Does not own: cutting links (lab). */
import { splitNetwork } from '../../src/lab/faults.ts';
import type { Command } from '../command.ts';

export const split: Command<{ readonly groups: readonly string[] }> = {
  options: {},

  async run({ home, network, output }, { groups: texts }) {
    const { groups, links, miningPaused } = await splitNetwork({
      ...{ home, name: network, groups: texts },
    });
    output.answer({ groups, links, miningPaused }, () => {
      const cut = links.map((link) => link.join('-')).join(', ');
      const paused = miningPaused ? '   automatic mining is paused' : '';
      return [`links cut: ${cut === '' ? 'none' : cut}${paused}`];
    });
    const [left = 1, right = 2] = groups.map(([first]) => first);
    output.next(
      ...[`cairn mine 1 --node ${left}`, `cairn mine 2 --node ${right}`],
      ...['cairn tree', 'cairn heal'],
    );
    return undefined;
  },
};

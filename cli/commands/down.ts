/** Owns: `cairn down`. Does not own: ending processes (lab). */
import { downNetwork } from '../../src/lab/network.ts';
import type { Command } from '../command.ts';
import { plural } from '../format.ts';

export const down: Command<{ readonly wipe?: boolean }> = {
  options: { wipe: { kind: 'flag', summary: 'forget chain, mempools and logs too' } },

  async run({ home, network, output }, { wipe = false }) {
    const result = await output.during(
      () => 'stopping nodes',
      downNetwork({ home, name: network, wipe }),
    );
    const { stopped, wasRunning } = result;
    output.answer({ network, stopped, wiped: wipe }, () => {
      const what = wasRunning
        ? `network "${network}" is down: ${plural(stopped.length, 'node')} stopped`
        : `network "${network}" was not running`;
      return [wipe ? `${what}, its data is gone` : what];
    });
    output.next(wipe ? 'cairn up' : 'cairn up (state is kept)');
    return undefined;
  },
};

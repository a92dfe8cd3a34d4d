/** Owns: `cairn node status`. Does not own: the answer (the node). */
import type { Command } from '../command.ts';
import { plural, showCount, showSpan } from '../format.ts';
import type { SingleArguments } from '../single-target.ts';
import { SINGLE_OPTIONS, resolveSingle } from '../single-target.ts';

export const nodeStatus: Command<SingleArguments> = {
  options: SINGLE_OPTIONS,

  async run(context, args) {
    const { client, label } = resolveSingle(context, args);
    const status = await client.call('node.status', {});
    context.output.answer({ state: 'running', ...status }, () => {
      const { syncing, reorganising, mining } = status;
      const sync = syncing === null ? '' : `   syncing ${syncing.height} of ${syncing.target}`;
      const up = showSpan((status.time - status.startedAt) * 1000);
      const work = mining.mode === 'off' ? '' : `, ${showCount(mining.hashRate)}H/s`;
      return [
        `${label}   ${status.agent}   process ${status.pid}, up ${up}`,
        `  network  ${status.network} (${status.networkId})`,
        `  height   ${status.height}${sync}${reorganising ? '   reorganising' : ''}`,
        `  tip      ${status.tip}`,
        `  peers    ${plural(status.peers, 'peer')}   listening on ${status.p2p ?? 'nothing'}`,
        `  mining   ${mining.mode}${work}`,
        `  data     ${status.datadir}`,
      ];
    });
    return undefined;
  },
};

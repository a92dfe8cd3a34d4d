/** Owns: `cairn chain`. Does not own: the answer (the node). */
import type { Command } from '../command.ts';
import { plural, showCount } from '../format.ts';
import { resolveTarget } from '../target.ts';

export const chain: Command = {
  options: {},

  async run(context) {
    const { client, label } = resolveTarget(context);
    const status = await client.call('node.status', {});
    const { height, tip, work, networkId, accountsRoot, difficulty, mempool, peers } = status;
    const { network, syncing, reorganising, mining } = status;
    const data = {
      ...{ height, tip, work, networkId, accountsRoot, difficulty },
      mempool: { count: mempool.count, bytes: mempool.bytes },
      ...{ peers, network, syncing, reorganising, mining },
    };
    context.output.answer(data, () => {
      const sync = syncing === null ? '' : `   syncing ${syncing.height} of ${syncing.target}`;
      return [
        `${label}   height ${height}${sync}${reorganising ? '   reorganising' : ''}`,
        `  tip            ${tip}`,
        `  accounts root  ${accountsRoot}`,
        `  network        ${network} (${networkId})`,
        `  work           ${showCount(BigInt(work))}   difficulty ${showCount(BigInt(difficulty))}`,
        `  mempool        ${plural(mempool.count, 'transaction')}   ${plural(peers, 'peer')}`,
      ];
    });
    return undefined;
  },
};

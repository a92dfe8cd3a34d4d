/** Owns: `cairn mine`. Does not own: mining (the node). */
import { DEV_NETWORK } from '../../src/client/dev-accounts.ts';
import { resolveAccount } from '../accounts.ts';
import type { Command } from '../command.ts';
import { usageError } from '../errors.ts';
import { plural, showCount, showId } from '../format.ts';
import { resolveTarget } from '../target.ts';
import { parseCount } from '../values.ts';

interface MineArguments {
  readonly count?: string;
  readonly to?: string;
}

const COUNT_RANGE = { min: 1, max: 1_000_000 } as const;
const DEV_MINER = 'erin';
/** A block may take long where the work is hard. */
const BLOCK_TIMEOUT_MS = 24 * 3_600_000;

export const mine: Command<MineArguments> = {
  options: { to: { kind: 'text', value: 'ACCOUNT', summary: 'who is paid (dev network: erin)' } },

  async run(context, args) {
    const { output } = context;
    const count = parseCount('COUNT', args.count ?? '1', COUNT_RANGE);
    const { client, label } = resolveTarget(context);
    const status = await client.call('node.status', {});
    if (args.to === undefined && status.network !== DEV_NETWORK) {
      throw usageError('say who is paid for the blocks', '--to ADDRESS');
    }
    const to = resolveAccount(args.to ?? DEV_MINER, {
      home: context.home,
      network: status,
    });
    const blocks: { readonly height: number; readonly id: string }[] = [];
    const how = { timeoutMs: context.timeoutMs ?? BLOCK_TIMEOUT_MS };
    let hashes = 0;
    let seconds = 0;
    const mining = async (): Promise<void> => {
      while (blocks.length < count) {
        // One at a time, so that an interrupt ends the node's search too.
        const mined = await client.call('mining.mine', { count: 1, to: to.address }, how);
        blocks.push(...mined.blocks);
        hashes += mined.hashes;
        seconds += mined.seconds;
        for (const { height, id } of mined.blocks) {
          output.line(`mined block ${height} (${showId(id)}…) on ${label}, pays ${to.name}`);
        }
      }
    };
    await output.during(() => `mining ${blocks.length + 1} of ${count}`, mining());
    output.answer({ blocks, to: to.address, hashes, seconds }, () => {
      const rate = seconds > 0 ? `, ${showCount(Math.round(hashes / seconds))}H/s` : '';
      return [`${plural(blocks.length, 'block')}, ${showCount(hashes)} hashes${rate}`];
    });
    output.next('cairn tree', 'cairn chain');
    return undefined;
  },
};

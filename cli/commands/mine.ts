/** Owns: `cairn mine`. Does not own: mining (the node). */
import type { BlockRefJson, MinedJson } from '../../src/api/schemas/results.ts';
import type { Client } from '../../src/client/client.ts';
import { DEV_NETWORK } from '../../src/client/dev-accounts.ts';
import { resolveAccount } from '../accounts.ts';
import type { NamedAccount } from '../accounts.ts';
import type { Command, Context } from '../command.ts';
import { EXIT, usageError } from '../errors.ts';
import { plural, showCount, showId } from '../format.ts';
import { interruptible } from '../interrupt.ts';
import { followStatus, showMining, showRate } from '../mining-progress.ts';
import { resolveTarget } from '../target.ts';
import { parseCount } from '../values.ts';

interface MineArguments {
  readonly count?: string;
  readonly to?: string;
}

interface Wanted {
  readonly client: Client;
  readonly label: string;
  readonly to: NamedAccount;
  readonly count: number;
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
    const mined = await mineBlocks(context, { client, label, to, count });
    const { blocks, hashes, seconds } = mined;
    output.answer({ blocks, to: to.address, hashes, seconds }, () => {
      const rate = seconds > 0 ? `, ${showRate(hashes / seconds)}` : '';
      return [`${plural(blocks.length, 'block')}, ${showCount(hashes)} hashes${rate}`];
    });
    if (blocks.length < count) return EXIT.interrupted;
    output.next('cairn tree', 'cairn chain');
    return undefined;
  },
};

/** Mines until there are enough, or until it is interrupted: what was mined stays. */
async function mineBlocks(context: Context, wanted: Wanted): Promise<MinedJson> {
  const { output } = context;
  const { client, label, to, count } = wanted;
  const timeoutMs = context.timeoutMs ?? BLOCK_TIMEOUT_MS;
  const blocks: BlockRefJson[] = [];
  let hashes = 0;
  let seconds = 0;
  const mineAll = async (signal: AbortSignal): Promise<void> => {
    while (blocks.length < count && !signal.aborted) {
      // One at a time, so that an interrupt ends the node's search too.
      const params = { count: 1, to: to.address };
      const mined = await client.call('mining.mine', params, { timeoutMs, signal });
      blocks.push(...mined.blocks);
      hashes += mined.hashes;
      seconds += mined.seconds;
      for (const { height, id } of mined.blocks) {
        output.line(`mined block ${height} (${showId(id)}…) on ${label}, pays ${to.name}`);
      }
    }
  };
  const status = output.showsProgress ? followStatus(client) : undefined;
  const text = (): string => showMining(blocks.length, count, status?.last());
  try {
    await interruptible(context, async (signal) => {
      await output.during(text, mineAll(signal)).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    });
  } finally {
    status?.stop();
  }
  return { blocks, hashes, seconds };
}

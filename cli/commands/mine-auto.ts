/** Owns: `cairn mine auto`. Does not own: when to mine (lab's driver; a single node's own plan). */
import { findDevAccount } from '../../src/client/dev-accounts.ts';
import { withMiningLock } from '../../src/lab/mining-driver.ts';
import { requireNetwork, withNetworkLock, writeNetwork } from '../../src/lab/registry.ts';
import type { MiningPlan } from '../../src/lab/registry.ts';
import { resolveAccount } from '../accounts.ts';
import type { Command, Context } from '../command.ts';
import { usageError } from '../errors.ts';
import { resolveTarget } from '../target.ts';
import { parseMiningPlan, showMiningPlan } from '../values.ts';

interface MineAutoArguments {
  readonly plan: string;
  readonly to?: string;
}

const DEV_MINER = 'erin';

export const mineAuto: Command<MineAutoArguments> = {
  options: {
    to: { kind: 'text', value: 'ACCOUNT', summary: 'with --node: who is paid (erin)' },
  },

  async run(context, args) {
    const plan = parseMiningPlan('PLAN', args.plan);
    if (context.node === undefined) await planNetwork(context, args, plan);
    else await planNode(context, args, plan);
    return undefined;
  },
};

/** The local network's plan: its lab process picks the node. */
async function planNetwork(
  context: Context,
  args: MineAutoArguments,
  plan: MiningPlan,
): Promise<void> {
  const { home, network, output } = context;
  if (args.to !== undefined && args.to !== DEV_MINER) {
    throw usageError('the local network mines for erin; --to needs --node', '--node 1');
  }
  const record = await withNetworkLock(home, network, async () => {
    const changed = { ...requireNetwork(home, network), mining: plan };
    await withMiningLock(home, network, async () => writeNetwork(home, changed));
    return changed;
  });
  const paused = record.split === null || plan.mode === 'off' ? '' : ', paused by the split';
  output.answer({ network, mode: plan.mode, paused: record.split !== null }, () => [
    `network "${network}": ${showMiningPlan(plan)}${paused}`,
  ]);
  if (record.lab === null) output.note('no lab process runs: cairn up brings one back');
}

async function planNode(
  context: Context,
  args: MineAutoArguments,
  plan: MiningPlan,
): Promise<void> {
  const { client, label } = resolveTarget(context);
  const status = await client.call('node.status', {});
  const named = args.to ?? (findDevAccount(DEV_MINER) === undefined ? undefined : DEV_MINER);
  const to =
    plan.mode === 'off' || named === undefined
      ? undefined
      : resolveAccount(named, { home: context.home, network: status });
  const { mode } = await client.call('mining.auto', {
    mode: plan.mode,
    ...(plan.mode === 'interval' && { intervalSeconds: plan.seconds }),
    ...(to !== undefined && { to: to.address }),
  });
  context.output.answer({ node: label, mode, to: to?.address ?? null }, () => [
    `${label}: ${showMiningPlan(plan)}`,
  ]);
}

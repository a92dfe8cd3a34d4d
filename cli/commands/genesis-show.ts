/** Owns: `cairn genesis show`. Does not own: reading the file (io/genesis-copy). */
import { readFileSync } from 'node:fs';
import { toAmount } from '../../src/core/base/types.ts';
import { formatCoins } from '../../src/core/codec/coins.ts';
import type { Network } from '../../src/core/rules/network.ts';
import { bitsToWork } from '../../src/core/rules/work.ts';
import { readNetwork } from '../../src/io/genesis-copy.ts';
import { genesisFile, requireNetwork } from '../../src/lab/registry.ts';
import type { Command } from '../command.ts';
import { plural, showCoins, showCount } from '../format.ts';

export const genesisShow: Command<{ readonly file?: string }> = {
  options: {},

  async run(context, args) {
    const { home, network: name } = context;
    const file = args.file ?? genesisFile(home, requireNetwork(home, name).name);
    const network = readNetwork(file);
    const difficulty = bitsToWork(network.params.bits);
    const parameters = JSON.parse(readFileSync(file, 'utf8')) as object;
    const data = { file, networkId: network.id, difficulty: `${difficulty}`, parameters };
    context.output.answer(data, () => describe(network));
    return undefined;
  },
};

function describe({ params, id, genesis }: Network): readonly string[] {
  const supply = toAmount(genesis.accounts.reduce((sum, { balance }) => sum + balance, 0n));
  const follows = params.retarget ? 'follows the hash rate' : 'stays';
  const reward = showCoins(formatCoins(params.reward));
  const allocated = showCoins(formatCoins(supply));
  return [
    `network ${params.name} (${id})`,
    `  began       ${new Date(params.time * 1000).toISOString()}`,
    `  blocks      every ${params.spacingSeconds} s, at most ${showCount(params.blockSizeMax)}B`,
    `  difficulty  ${showCount(bitsToWork(params.bits))} hashes, ${follows}`,
    `  reward      ${reward}, halves every ${plural(params.halvingBlocks, 'block')}`,
    `  addresses   ${params.prefix}1…`,
    `  allocated   ${allocated} to ${plural(params.allocations.length, 'account')}`,
  ];
}

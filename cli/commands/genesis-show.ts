/** Owns: `cairn genesis show`. Does not own: reading the file (io/genesis-copy). */
import { readFileSync } from 'node:fs';
import { toAmount } from '../../src/core/base/types.ts';
import { formatCoins } from '../../src/core/codec/coins.ts';
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
    const { params, id, genesis } = network;
    const supply = toAmount(genesis.accounts.reduce((sum, { balance }) => sum + balance, 0n));
    const difficulty = bitsToWork(params.bits);
    const parameters = JSON.parse(readFileSync(file, 'utf8')) as object;
    const data = { file, networkId: id, difficulty: `${difficulty}`, parameters };
    context.output.answer(data, () => [
      `network ${params.name} (${id})`,
      `  began       ${new Date(params.time * 1000).toISOString()}`,
      `  blocks      every ${params.spacingSeconds} s, at most ${showCount(params.blockSizeMax)}B`,
      `  difficulty  ${showCount(difficulty)} hashes, ${params.retarget ? 'follows the hash rate' : 'stays'}`,
      `  reward      ${showCoins(formatCoins(params.reward))}, halves every ${plural(params.halvingBlocks, 'block')}`,
      `  addresses   ${params.prefix}1…`,
      `  allocated   ${showCoins(formatCoins(supply))} to ${plural(params.allocations.length, 'account')}`,
    ]);
    return undefined;
  },
};

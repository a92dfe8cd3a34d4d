/** Owns: `cairn config`: the settings in force and where each comes from. It changes nothing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/lab/home.ts';
import { PORT_BASE_DEFAULT, blockPorts, peerPort, rpcPort } from '../../src/lab/ports.ts';
import { genesisFile, networkFolder, readNetwork } from '../../src/lab/registry.ts';
import { walletFolder } from '../../src/wallet/wallet-folder.ts';
import type { Command, Context } from '../command.ts';
import { showTable } from '../format.ts';

interface Setting {
  readonly name: string;
  readonly value: string;
  /** What decides it: an option, a variable of the environment, a file, or the default. */
  readonly source: string;
}

export const config: Command = {
  options: {},

  async run(context) {
    const settings = [...folders(context), ...networkSettings(context), ...outputSettings(context)];
    context.output.answer({ settings }, () =>
      showTable(settings.map(({ name, value, source }) => [name, value, `(${source})`])),
    );
    return undefined;
  },
};

function folders({ home, network }: Context): readonly Setting[] {
  const moved = process.env['CAIRN_HOME'];
  const source = moved === undefined || moved === '' ? 'default of the platform' : 'CAIRN_HOME';
  const own = genesisFile(home, network);
  const genesis = existsSync(own)
    ? { value: own, source: `network "${network}"` }
    : { value: join(packageRoot(), 'genesis.json'), source: 'packaged' };
  return [
    { name: 'data', value: home, source },
    { name: 'wallets', value: walletFolder(home), source: 'in data' },
    { name: 'network folder', value: networkFolder(home, network), source: 'in data' },
    { name: 'genesis', ...genesis },
  ];
}

function networkSettings({ home, network, node }: Context): readonly Setting[] {
  const record = readNetwork(home, network);
  const source = record === undefined ? 'default' : 'network.json';
  const base = record?.portBase ?? PORT_BASE_DEFAULT;
  const count = record?.nodes.length ?? 1;
  const range = (port: typeof rpcPort): string =>
    count === 1 ? String(port(base, 1)) : `${port(base, 1)} to ${port(base, count)}`;
  const [page = base] = blockPorts(base, count);
  return [
    { name: 'network', value: network, source: network === 'default' ? 'default' : '-p' },
    { name: 'page port', value: String(page), source },
    { name: 'RPC ports', value: range(rpcPort), source },
    { name: 'peer ports', value: range(peerPort), source },
    {
      name: 'node',
      value: node ?? String(record?.nodes.find(({ process }) => process !== null)?.id ?? 'none'),
      source: node === undefined ? 'lowest-numbered running' : '--node',
    },
  ];
}

function outputSettings({ output, timeoutMs, input }: Context): readonly Setting[] {
  const off = process.env['NO_COLOR'] ? 'NO_COLOR' : '--no-color';
  const isColored = output.options.color && process.stdout.isTTY;
  const noColor = output.options.color ? 'no terminal' : off;
  return [
    {
      name: 'colour',
      value: isColored ? 'on' : 'off',
      source: isColored ? 'terminal' : noColor,
    },
    {
      name: 'questions',
      value: input ? 'asked' : 'never',
      source: input ? 'terminal' : process.stdin.isTTY ? '--no-input' : 'no terminal',
    },
    {
      name: 'timeout',
      value: timeoutMs === undefined ? 'by command' : `${timeoutMs / 1000} s`,
      source: timeoutMs === undefined ? 'default' : '--timeout',
    },
  ];
}

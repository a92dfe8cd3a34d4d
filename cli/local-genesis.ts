/**
 * Owns: which network is meant where no node is asked: `--genesis FILE`, the local network's own
 * genesis, else the packaged one.
 * Does not own: what a genesis file may say (core/rules).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseGenesisFile } from '../src/core/rules/genesis-file.ts';
import type { Network } from '../src/core/rules/network.ts';
import { createNetwork } from '../src/core/rules/network.ts';
import { packageRoot } from '../src/lab/home.ts';
import { genesisFile } from '../src/lab/registry.ts';
import type { Context, OptionSpecs } from './command.ts';
import { CliError, EXIT } from './errors.ts';

export const GENESIS_OPTION: OptionSpecs = {
  genesis: { kind: 'text', value: 'FILE', summary: 'the network (the local one, else dev)' },
};

/** The network that is meant without asking a node. */
export function readLocalGenesis(context: Context, file: string | undefined): Network {
  const own = genesisFile(context.home, context.network);
  const packaged = join(packageRoot(), 'genesis.json');
  return readGenesis(file ?? (existsSync(own) ? own : packaged));
}

function readGenesis(path: string): Network {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError(`the genesis file ${path} cannot be read`, {
      ...{ code: 'genesis-unreadable', exit: EXIT.failed, cause },
      hint: '--genesis FILE',
    });
  }
  const params = parseGenesisFile(text);
  if (params.ok) return createNetwork(params.value);
  throw new CliError(`the genesis file ${path} is refused: ${params.code}`, {
    ...{ code: params.code, exit: EXIT.failed, data: params.facts },
    hint: '--genesis FILE',
  });
}

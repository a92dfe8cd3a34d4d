/**
 * Owns: which data folder a command on a stopped node means, and its network.
 * Does not own: what is done with it (io).
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Network } from '../src/core/rules/network.ts';
import { assertDataFolder, storeFolder } from '../src/io/data-folder.ts';
import { OperationalError } from '../src/io/errors.ts';
import { findGenesis, readNetwork } from '../src/io/genesis-copy.ts';
import { installNativeHash } from '../src/io/install-hash.ts';
import { requireNode } from '../src/lab/nodes.ts';
import { nodePlace, requireNetwork } from '../src/lab/registry.ts';
import { listSingleNodes } from '../src/lab/single-nodes.ts';
import type { Context, OptionSpecs } from './command.ts';
import { CliError, EXIT, usageError } from './errors.ts';
import { parseCount } from './values.ts';

export interface DataArguments {
  readonly datadir?: string;
  readonly genesis?: string;
}

export const DATA_OPTIONS: OptionSpecs = {
  datadir: { kind: 'text', value: 'PATH', summary: 'the data of a node (or --node N)' },
  genesis: { kind: 'text', value: 'FILE', summary: "its network (the data folder's copy)" },
};

export interface DataTarget {
  readonly datadir: string;
  readonly network: Network;
  /** The words that name this folder on a command line. */
  readonly flags: string;
}

const NODE_RANGE = { min: 1, max: 99 } as const;

/** Finds the folder of a node that does not run. */
export function resolveData(context: Context, args: DataArguments): DataTarget {
  const { datadir, flags, stop } = locate(context, args);
  if (stop !== undefined) {
    throw new CliError(`the node in ${datadir} is running`, {
      code: 'node-running',
      exit: EXIT.failed,
      hint: stop,
    });
  }
  assertDataFolder(datadir);
  const genesis = args.genesis ?? findGenesis(datadir);
  if (genesis === undefined) {
    throw usageError(`${datadir} does not say which network it is of`, '--genesis FILE');
  }
  installNativeHash();
  return { datadir, network: readNetwork(genesis), flags };
}

/** The folder, how to name it, and how to stop the node there if it runs. */
function locate(
  context: Context,
  args: DataArguments,
): { readonly datadir: string; readonly flags: string; readonly stop: string | undefined } {
  const { home, network, node } = context;
  if (args.datadir === undefined && node !== undefined) {
    const id = parseCount('--node', node, NODE_RANGE);
    const record = requireNetwork(home, network);
    const isRunning = requireNode(record, id).process !== null;
    const flags = `--node ${id}${network === 'default' ? '' : ` -p ${network}`}`;
    const stop = isRunning ? `cairn stop ${flags.replace('--node ', '')}` : undefined;
    return { datadir: nodePlace(home, record, id).datadir, flags, stop };
  }
  const usual = join(home, 'node');
  if (args.datadir === undefined && !existsSync(storeFolder(usual))) {
    throw usageError('say which data: --datadir PATH, or --node N of the local network');
  }
  const datadir = resolve(args.datadir ?? usual);
  const flags = `--datadir ${datadir}`;
  const running = listSingleNodes(home).some((single) => single.datadir === datadir);
  return { datadir, flags, stop: running ? `cairn node stop ${flags}` : undefined };
}

const REINDEX = 'cairn node reindex';

/** Lets advice to reindex name the folder. */
export async function namingData<T>(flags: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof OperationalError) || error.hint !== REINDEX) throw error;
    const { code, message, exitCode = EXIT.damaged } = error;
    const hint = `${REINDEX} ${flags}`;
    throw new OperationalError({ code, message, hint, exitCode, cause: error });
  }
}

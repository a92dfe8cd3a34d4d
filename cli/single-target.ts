/**
 * Owns: which running node `node status` and `node stop` mean: `--datadir`, or as everywhere.
 * Does not own: the calls (client).
 */
import { resolve } from 'node:path';
import { nodeClient } from '../src/lab/node-client.ts';
import { listSingleNodes } from '../src/lab/single-nodes.ts';
import type { Context, OptionSpecs } from './command.ts';
import { CliError, EXIT } from './errors.ts';
import type { Target } from './target.ts';
import { resolveTarget } from './target.ts';

export interface SingleArguments {
  readonly datadir?: string;
}

export const SINGLE_OPTIONS: OptionSpecs = {
  datadir: { kind: 'text', value: 'PATH', summary: 'the node that runs on this data' },
};

export function resolveSingle(context: Context, args: SingleArguments): Target {
  if (args.datadir === undefined) return resolveTarget(context);
  const datadir = resolve(args.datadir);
  const node = listSingleNodes(context.home).find((single) => single.datadir === datadir);
  if (node !== undefined) return { client: nodeClient(node, context.timeoutMs), label: node.rpc };
  throw new CliError(`no node runs on ${datadir}`, {
    code: 'node-stopped',
    exit: EXIT.unreachable,
    hint: `cairn node start --datadir ${datadir}`,
  });
}

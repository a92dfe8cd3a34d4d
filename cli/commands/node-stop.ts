/** Owns: `cairn node stop`. Does not own: stopping (the node). */
import { identifyProcess, waitForEnd } from '../../src/lab/process-identity.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import type { SingleArguments } from '../single-target.ts';
import { SINGLE_OPTIONS, resolveSingle } from '../single-target.ts';

const END_TIMEOUT_MS = 30_000;

export const nodeStop: Command<SingleArguments> = {
  options: SINGLE_OPTIONS,

  async run(context, args) {
    const { output, timeoutMs = END_TIMEOUT_MS } = context;
    const { client, label } = resolveSingle(context, args);
    const { pid, datadir } = await client.call('node.status', {});
    const node = identifyProcess(pid);
    await client.call('node.stop', {});
    const ended = node === undefined || waitForEnd(node, timeoutMs);
    if (!(await output.during(() => `waiting for ${label} to end`, Promise.resolve(ended)))) {
      throw new CliError(`${label} (process ${pid}) has not ended yet`, {
        code: 'node-timeout',
        exit: EXIT.timeout,
        hint: `look at its log, beside ${datadir}`,
      });
    }
    output.answer({ state: 'stopped', pid, datadir }, () => [`${label} stopped; its data stays`]);
    output.next(`cairn node start --datadir ${datadir}`);
    return undefined;
  },
};

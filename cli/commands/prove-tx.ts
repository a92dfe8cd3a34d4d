/** Owns: `cairn prove tx`. Does not own: the proof (the node). */
import type { Command } from '../command.ts';
import { usageError } from '../errors.ts';
import type { HeadersArguments } from '../proof-output.ts';
import { HEADERS_OPTION, printProof, readHeaders } from '../proof-output.ts';
import { resolveTarget } from '../target.ts';

export const proveTx: Command<HeadersArguments & { readonly id: string }> = {
  options: HEADERS_OPTION,

  async run(context, args) {
    const headers = readHeaders(args);
    const id = args.id.toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(id)) {
      throw usageError(`"${args.id}" is no transaction id: 64 hex digits`, 'cairn block HEIGHT');
    }
    const { client } = resolveTarget(context);
    printProof(context, await client.call('proof.transaction', { id, headers }));
    return undefined;
  },
};

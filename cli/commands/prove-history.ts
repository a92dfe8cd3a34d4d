/** Owns: `cairn prove history`. Does not own: the proof (the node). */
import type { Command } from '../command.ts';
import type { HeadersArguments } from '../proof-output.ts';
import { HEADERS_OPTION, printProof, readHeaders } from '../proof-output.ts';
import { resolveTarget } from '../target.ts';
import { parseBlock } from './block.ts';

interface ProveHistoryArguments extends HeadersArguments {
  readonly from: string;
  readonly to?: string;
}

export const proveHistory: Command<ProveHistoryArguments> = {
  options: HEADERS_OPTION,

  async run(context, args) {
    const headers = readHeaders(args);
    const from = parseBlock(args.from);
    const to = args.to === undefined ? undefined : parseBlock(args.to);
    const { client } = resolveTarget(context);
    printProof(context, await client.call('proof.history', { from, to, headers }));
    return undefined;
  },
};

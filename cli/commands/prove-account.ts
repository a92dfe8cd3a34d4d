/** Owns: `cairn prove account`. Does not own: names (accounts) or the proof (the node). */
import { resolveAccount } from '../accounts.ts';
import type { Command } from '../command.ts';
import { printProof } from '../proof-output.ts';
import { resolveTarget } from '../target.ts';

export const proveAccount: Command<{ readonly account: string }> = {
  options: {},

  async run(context, { account: text }) {
    const { client } = resolveTarget(context);
    const network = await client.call('node.status', {});
    const { address } = resolveAccount(text, { home: context.home, network });
    printProof(context, await client.call('proof.account', { address }));
    return undefined;
  },
};

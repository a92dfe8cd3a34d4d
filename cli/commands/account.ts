/** Owns: `cairn account`. Does not own: names (accounts) or the answer (the node). */
import { resolveAccount } from '../accounts.ts';
import type { Command } from '../command.ts';
import { showCoins } from '../format.ts';
import { resolveTarget } from '../target.ts';

export const account: Command<{ readonly account: string }> = {
  options: {},

  async run(context, { account: text }) {
    const { client } = resolveTarget(context);
    const status = await client.call('node.status', {});
    const { name, address } = resolveAccount(text, {
      home: context.home,
      network: status,
    });
    const data = await client.call('account.get', { address });
    context.output.answer(data, () => {
      const { balance, nonce, pending } = data;
      const isMoving = pending.balance !== balance || pending.nonce !== nonce;
      return [
        `${name === address ? '' : `${name}   `}${address}`,
        `  balance  ${showCoins(balance)}   nonce ${nonce}`,
        ...(isMoving ? [`  pending  ${showCoins(pending.balance)}   nonce ${pending.nonce}`] : []),
      ];
    });
    return undefined;
  },
};

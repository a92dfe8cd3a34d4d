/** Owns: `cairn wallet remove`. Does not own: the file (wallet). */
import { removeWallet } from '../../src/wallet/wallet-folder.ts';
import type { Command } from '../command.ts';
import { confirm } from '../prompts.ts';
import { withWalletLock } from '../wallets.ts';

export const walletRemove: Command<{ readonly name: string }> = {
  options: {},

  async run(context, { name }) {
    const question = `Remove the wallet "${name}"? Only its words bring it back.`;
    await confirm(context, question);
    await withWalletLock(context, name, async () => removeWallet(context.home, name));
    context.output.answer({ name, removed: true }, () => [`removed ${name}`]);
    return undefined;
  },
};

/** Owns: `cairn wallet export`: the words that a wallet is made of, for a backup. */
import type { Command } from '../command.ts';
import { PASSPHRASE_OPTION } from '../prompts.ts';
import { openWallet, requireWallet } from '../wallets.ts';

interface WalletExportArguments {
  readonly name?: string;
  readonly passphraseFile?: string;
}

export const walletExport: Command<WalletExportArguments> = {
  options: PASSPHRASE_OPTION,

  async run(context, args) {
    const wallet = requireWallet(context, args.name);
    const { unlocked } = await openWallet(context, wallet, args.passphraseFile);
    const { name, mnemonic } = unlocked;
    context.output.note(`whoever has these words can spend all of "${name}"`);
    context.output.answer({ name, mnemonic, accounts: unlocked.addresses.length }, () => [
      mnemonic,
    ]);
    return undefined;
  },
};

/** Owns: `cairn wallet passwd`. Does not own: sealing (wallet). */
import { changePassphrase } from '../../src/wallet/wallet-folder.ts';
import type { Command } from '../command.ts';
import { PASSPHRASE_OPTION, askNewPassphrase, assertOneStandardInput } from '../prompts.ts';
import { openWallet, requireWallet, warnUnprotected, withWalletLock } from '../wallets.ts';

interface WalletPasswdArguments {
  readonly name?: string;
  readonly passphraseFile?: string;
  readonly newPassphraseFile?: string;
}

const NEW_FLAG = '--new-passphrase-file';

export const walletPasswd: Command<WalletPasswdArguments> = {
  options: {
    ...PASSPHRASE_OPTION,
    'new-passphrase-file': { kind: 'text', value: 'PATH|-', summary: 'the new one, unasked' },
  },

  async run(context, args) {
    const { passphraseFile, newPassphraseFile: file } = args;
    assertOneStandardInput([passphraseFile, file]);
    const { name } = requireWallet(context, args.name);
    const changed = await withWalletLock(context, name, async () => {
      const { unlocked } = await openWallet(context, requireWallet(context, name), passphraseFile);
      const passphrase = await askNewPassphrase(context, name, { file, flag: NEW_FLAG });
      if (passphrase === '') warnUnprotected(context);
      return changePassphrase(unlocked, passphrase);
    });
    const { path, hasPassphrase } = changed;
    const previous = `${path}.bak`;
    context.output.answer({ name, file: path, hasPassphrase, previous }, () => [
      `${name}: the passphrase is changed`,
    ]);
    context.output.note(`${previous} still opens by the old one: remove it when you trust the new`);
    return undefined;
  },
};

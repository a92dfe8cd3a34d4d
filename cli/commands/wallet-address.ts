/** Owns: `cairn wallet address`: where to be paid, and with `--new` one more place. */
import { required } from '../../src/core/base/assert.ts';
import { addAccount } from '../../src/wallet/wallet-folder.ts';
import type { NamedAccount } from '../accounts.ts';
import { resolveAccount, walletAccounts } from '../accounts.ts';
import type { Command, Context } from '../command.ts';
import { GENESIS_OPTION, readLocalGenesis } from '../local-genesis.ts';
import { PASSPHRASE_OPTION } from '../prompts.ts';
import { openWallet, requireWallet, withWalletLock } from '../wallets.ts';

interface WalletAddressArguments {
  readonly name?: string;
  readonly new?: boolean;
  readonly passphraseFile?: string;
  readonly genesis?: string;
}

export const walletAddress: Command<WalletAddressArguments> = {
  options: {
    new: { kind: 'flag', summary: 'add the next account' },
    ...PASSPHRASE_OPTION,
    ...GENESIS_OPTION,
  },

  async run(context, args) {
    const { prefix, name: network } = readLocalGenesis(context, args.genesis).params;
    const name = args.name ?? requireWallet(context, undefined).name;
    const account =
      args.new === true
        ? await addNext(context, { ...args, name }, prefix)
        : resolveAccount(name, { home: context.home, network: { network, prefix } });
    const { address } = account;
    context.output.answer({ name: account.name, address }, () => [address]);
    return undefined;
  },
};

async function addNext(
  context: Context,
  args: WalletAddressArguments & { readonly name: string },
  prefix: string,
): Promise<NamedAccount> {
  return withWalletLock(context, args.name, async () => {
    const wallet = requireWallet(context, args.name);
    const { unlocked, passphrase } = await openWallet(context, wallet, args.passphraseFile);
    const accounts = walletAccounts(await addAccount(unlocked, passphrase), prefix);
    return required(accounts.at(-1), 'an account was added');
  });
}

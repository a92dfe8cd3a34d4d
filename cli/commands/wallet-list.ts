/** Owns: `cairn wallet list`: the wallets here, and the dev accounts where the network has them. */
import { DEV_ACCOUNTS, DEV_NETWORK } from '../../src/client/dev-accounts.ts';
import { OperationalError } from '../../src/io/errors.ts';
import { listWalletNames, readWallet, walletPath } from '../../src/wallet/wallet-folder.ts';
import { walletAccounts } from '../accounts.ts';
import type { Command, Context } from '../command.ts';
import { plural, showTable } from '../format.ts';
import { GENESIS_OPTION, readLocalGenesis } from '../local-genesis.ts';

interface ListedWallet {
  readonly name: string;
  readonly kind: 'wallet' | 'dev';
  /** Null when the file cannot be read as a wallet. */
  readonly address: string | null;
  readonly accounts: number;
  readonly file: string | null;
  /** The code of what is wrong with it. */
  readonly problem: string | null;
}

export const walletList: Command<{ readonly genesis?: string }> = {
  options: GENESIS_OPTION,

  async run(context, args) {
    const { name, prefix } = readLocalGenesis(context, args.genesis).params;
    const own = listWalletNames(context.home).map((wallet) => readListed(context, wallet, prefix));
    const wallets = [...own, ...(name === DEV_NETWORK ? devWallets() : [])];
    context.output.answer({ wallets }, () => showTable(wallets.map(toRow)));
    if (own.length === 0) context.output.next('cairn wallet new me');
    return undefined;
  },
};

/** One damaged file does not hide the others. */
function readListed({ home }: Context, name: string, prefix: string): ListedWallet {
  const file = walletPath(home, name);
  try {
    const accounts = walletAccounts(readWallet(home, name), prefix);
    const address = accounts[0]?.address ?? null;
    return { name, kind: 'wallet', address, accounts: accounts.length, file, problem: null };
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    return { name, kind: 'wallet', address: null, accounts: 0, file, problem: error.code };
  }
}

function devWallets(): readonly ListedWallet[] {
  return DEV_ACCOUNTS.map(({ name, address }) => {
    return { name, kind: 'dev', address, accounts: 1, file: null, problem: null };
  });
}

function toRow({ name, kind, address, accounts, problem }: ListedWallet): readonly string[] {
  const what = kind === 'dev' ? 'public test key' : plural(accounts, 'account');
  return [name, address ?? '', problem ?? what];
}

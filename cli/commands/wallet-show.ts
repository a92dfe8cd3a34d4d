/** Owns: `cairn wallet show`: what a wallet says without its passphrase. */
import type { Command } from '../command.ts';
import { showTable } from '../format.ts';
import { GENESIS_OPTION, readLocalGenesis } from '../local-genesis.ts';
import { requireWallet, walletToJson } from '../wallets.ts';

interface WalletShowArguments {
  readonly name?: string;
  readonly genesis?: string;
}

export const walletShow: Command<WalletShowArguments> = {
  options: GENESIS_OPTION,

  async run(context, args) {
    const { prefix } = readLocalGenesis(context, args.genesis).params;
    const data = walletToJson(requireWallet(context, args.name), prefix);
    const created = new Date(data.createdAt * 1000).toISOString().slice(0, 10);
    context.output.answer(data, () => [
      `${data.name}   created ${created}   ${data.hasPassphrase ? 'sealed' : 'no passphrase'}`,
      `  file  ${data.file}`,
      ...showTable(data.accounts.map(({ name, address, path }) => [name, address, path])),
    ]);
    return undefined;
  },
};

/** Owns: `cairn wallet balance`: what a wallet's accounts hold. Does not own: the sums' parts. */
import { required } from '../../src/core/base/assert.ts';
import type { Amount } from '../../src/core/base/types.ts';
import { toAmount } from '../../src/core/base/types.ts';
import { formatCoins, parseCoins } from '../../src/core/codec/coins.ts';
import type { NamedAccount, Names } from '../accounts.ts';
import { findWalletAccount, resolveAccount, walletAccounts } from '../accounts.ts';
import type { Command, Context } from '../command.ts';
import { showCoins, showTable } from '../format.ts';
import { resolveTarget } from '../target.ts';
import { requireWallet } from '../wallets.ts';

export const walletBalance: Command<{ readonly name?: string }> = {
  options: {},

  async run(context, args) {
    const { client } = resolveTarget(context);
    const network = await client.call('node.status', {});
    const { name, accounts: meant } = resolveAccounts(context, args.name, network);
    const accounts = await Promise.all(
      meant.map(async ({ name: account, address }) => {
        return { name: account, ...(await client.call('account.get', { address })) };
      }),
    );
    const balance = sumCoins(accounts.map((account) => account.balance));
    const pending = sumCoins(accounts.map((account) => account.pending.balance));
    context.output.answer({ name, balance, pending: { balance: pending }, accounts }, () => [
      `${name}   ${showCoins(balance)}`,
      ...(pending === balance ? [] : [`  pending  ${showCoins(pending)}`]),
      ...(accounts.length === 1 ? [] : showTable(accounts.map(toRow))),
    ]);
    return undefined;
  },
};

/** All accounts of a wallet, or the one account that a name stands for. */
export function resolveAccounts(
  context: Context,
  text: string | undefined,
  network: Names['network'],
): { readonly name: string; readonly accounts: readonly NamedAccount[] } {
  const names = { home: context.home, network };
  const own = text === undefined ? undefined : findWalletAccount(text, names);
  if (text === undefined || own?.wallet.name === text) {
    const wallet = own?.wallet ?? requireWallet(context, undefined);
    return { name: wallet.name, accounts: walletAccounts(wallet, network.prefix) };
  }
  const account = own ?? resolveAccount(text, names);
  return { name: account.name, accounts: [account] };
}

function sumCoins(texts: readonly string[]): string {
  const sum = texts.reduce((total, text) => total + readCoins(text), 0n);
  return formatCoins(toAmount(sum));
}

function readCoins(text: string): Amount {
  return required(parseCoins(text), 'a node writes amounts in coins');
}

function toRow(account: {
  readonly name: string;
  readonly address: string;
  readonly balance: string;
}): readonly string[] {
  return [account.name, account.address, showCoins(account.balance)];
}

/**
 * Owns: who pays: the account behind `--from`, and its key once the person has opened the wallet.
 * Does not own: asking for the passphrase (prompts), the file (wallet) or paying (payment).
 */
import type { StatusJson } from '../src/api/schemas/results.ts';
import { createDevSigner, findDevAccount } from '../src/client/dev-accounts.ts';
import type { Signer } from '../src/client/transfer.ts';
import { listWalletNames, readWallet, unlockWallet } from '../src/wallet/wallet-folder.ts';
import type { NamedAccount, Names, WalletAccount } from './accounts.ts';
import {
  accountNames,
  assertDevNetwork,
  devNameOf,
  findWalletAccount,
  walletAccounts,
} from './accounts.ts';
import type { Context } from './command.ts';
import { usageError } from './errors.ts';
import { askPassphrase } from './prompts.ts';
import { suggest } from './suggestions.ts';

export interface Payer extends NamedAccount {
  readonly signer: Signer;
}

/** Finds the account and opens its key, asking for the passphrase of a wallet that has one. */
export async function openPayer(
  context: Context,
  text: string | undefined,
  options: {
    readonly network: Pick<StatusJson, 'network' | 'prefix'>;
    readonly passphraseFile: string | undefined;
  },
): Promise<Payer> {
  const { network, passphraseFile } = options;
  const names: Names = { home: context.home, network };
  if (text === undefined) throw usageError('say who pays', payHint(context.home));
  const dev = findDevAccount(text)?.name ?? devNameOf(text);
  if (dev !== undefined) return openDevPayer(dev, network);
  const account = findWalletAccount(text, names) ?? findByAddress(text, names);
  if (account === undefined) throw noKey(text, context.home);
  return openAccount(context, account, passphraseFile);
}

/** The payer behind a dev account's name. */
export function openDevPayer(name: string, network: Pick<StatusJson, 'network' | 'prefix'>): Payer {
  assertDevNetwork(name, network);
  const address = findDevAccount(name)?.address ?? '';
  return { name, address, signer: createDevSigner(name) };
}

async function openAccount(
  context: Context,
  account: WalletAccount,
  passphraseFile: string | undefined,
): Promise<Payer> {
  const { wallet, index, name, address } = account;
  const isAsked = wallet.hasPassphrase;
  const passphrase = isAsked ? await askPassphrase(context, wallet.name, passphraseFile) : '';
  const { keys } = await unlockWallet(context.home, wallet.name, passphrase);
  return { name, address, signer: keys.signer(index) };
}

function findByAddress(text: string, { home, network }: Names): WalletAccount | undefined {
  if (!text.startsWith(`${network.prefix}1`)) return undefined;
  for (const name of listWalletNames(home)) {
    const accounts = walletAccounts(readWallet(home, name), network.prefix);
    const found = accounts.find(({ address }) => address === text);
    if (found !== undefined) return found;
  }
  return undefined;
}

function payHint(home: string): string {
  const [wallet] = listWalletNames(home);
  return `--from ${wallet ?? 'alice'}`;
}

function noKey(text: string, home: string): Error {
  const names = accountNames(home);
  const meant = suggest(text, names);
  return usageError(
    `there is no key for "${text}": payers are ${names.join(', ')}`,
    meant === undefined ? payHint(home) : `--from ${meant}`,
  );
}

/**
 * Owns: what a person may write for an account: an address, the name of a wallet or one of its
 * accounts, or a dev account's name on the dev network.
 * Does not own: the dev accounts (client), wallet files (wallet) or their keys (payer).
 */
import type { StatusJson } from '../src/api/schemas/results.ts';
import { DEV_ACCOUNTS, DEV_NETWORK, findDevAccount } from '../src/client/dev-accounts.ts';
import { decodeAddress, encodeAddress } from '../src/core/codec/address.ts';
import type { Wallet } from '../src/wallet/wallet-folder.ts';
import {
  hasWallet,
  listWalletNames,
  readWallet,
  walletFolder,
} from '../src/wallet/wallet-folder.ts';
import { walletError } from '../src/wallet/wallet-error.ts';
import { CliError, EXIT } from './errors.ts';
import { suggest } from './suggestions.ts';

type NetworkFacts = Pick<StatusJson, 'network' | 'prefix'>;

/** Where a name is looked up. */
export interface Names {
  /** The folder of all data. */
  readonly home: string;
  readonly network: NetworkFacts;
}

export interface NamedAccount {
  /** As a person calls it: a name, or the address. */
  readonly name: string;
  readonly address: string;
}

/** An account of a wallet on this computer. */
export interface WalletAccount extends NamedAccount {
  readonly wallet: Wallet;
  readonly index: number;
}

/** Resolves an address or name on the network of the node that is asked. */
export function resolveAccount(text: string, names: Names): NamedAccount {
  const { network, home } = names;
  const dev = findDevAccount(text);
  if (dev !== undefined) {
    assertDevNetwork(text, network);
    return { name: text, address: dev.address };
  }
  const own = findWalletAccount(text, names);
  if (own !== undefined) return own;
  if (decodeAddress(text, network.prefix).ok) {
    const known = network.network === DEV_NETWORK ? devNameOf(text) : undefined;
    return { name: known ?? text, address: text };
  }
  throw noAccount(text, { home, prefix: network.prefix });
}

/** The account of a wallet by name: `me` is its first one, `me/1` its second. */
export function findWalletAccount(text: string, names: Names): WalletAccount | undefined {
  const [, name = '', number = '0'] = /^([^/]+)(?:\/([0-9]{1,4}))?$/.exec(text) ?? [];
  if (!hasWallet(names.home, name)) return undefined;
  const wallet = readWallet(names.home, name);
  const account = walletAccounts(wallet, names.network.prefix)[Number(number)];
  if (account !== undefined) return account;
  throw walletError('wallet-account-unknown', `the wallet "${name}" has no account ${number}`, {
    hint: `cairn wallet show ${name}   ·   cairn wallet address ${name} --new`,
  });
}

/** All accounts of a wallet, with addresses as a network writes them. */
export function walletAccounts(wallet: Wallet, prefix: string): readonly WalletAccount[] {
  return wallet.addresses.map((address, index) => ({
    name: index === 0 ? wallet.name : `${wallet.name}/${index}`,
    address: encodeAddress(address, prefix),
    wallet,
    index,
  }));
}

/** Refuses the dev accounts, whose keys everybody knows, anywhere but on the dev network. */
export function assertDevNetwork(name: string, network: NetworkFacts): void {
  if (network.network === DEV_NETWORK) return;
  throw new CliError(
    `"${name}" is a public test key: it is refused on network "${network.network}"`,
    { code: 'dev-account-refused', exit: EXIT.refused, hint: 'name an address' },
  );
}

/** The dev account with that address. */
export function devNameOf(address: string): string | undefined {
  return DEV_ACCOUNTS.find((account) => account.address === address)?.name;
}

/** Every name that stands for an account here. */
export function accountNames(home: string): readonly string[] {
  return [...DEV_ACCOUNTS.map(({ name }) => name), ...listWalletNames(home)];
}

function noAccount(
  text: string,
  where: { readonly home: string; readonly prefix: string },
): CliError {
  const { home, prefix } = where;
  if (text.startsWith(`${prefix}1`)) {
    return new CliError(`"${text}" is no address: mistyped?`, {
      ...{ code: 'address-malformed', exit: EXIT.usage },
      hint: 'copy the address whole',
    });
  }
  const names = accountNames(home);
  const meant = suggest(text, names);
  const question = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return new CliError(`there is no account "${text}"${question}`, {
    ...{ code: 'account-unknown', exit: EXIT.usage },
    notes: [`no wallet of that name in ${walletFolder(home)}`],
    hint: meant ?? `an address such as ${prefix}1..., or one of ${names.join(', ')}`,
    data: { folder: walletFolder(home) },
  });
}

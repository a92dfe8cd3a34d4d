/**
 * Owns: what the commands about wallets share: which wallet is meant, opening it, changing it under
 * its lock, and how one is told.
 * Does not own: files and keys (wallet), questions (prompts).
 */
import { join } from 'node:path';
import { accountPath } from '../src/client/mnemonic.ts';
import { withLock } from '../src/lab/lock.ts';
import type { UnlockedWallet, Wallet } from '../src/wallet/wallet-folder.ts';
import {
  assertWalletName,
  createWallet,
  listWalletNames,
  readWallet,
  unlockWallet,
} from '../src/wallet/wallet-folder.ts';
import { walletAccounts } from './accounts.ts';
import type { Context } from './command.ts';
import { usageError } from './errors.ts';
import { askNewPassphrase, askPassphrase } from './prompts.ts';

const LOCK_TIMEOUT_MS = 30_000;

/** Reads the wallet of that name; without a name the only one there is. */
export function requireWallet(context: Context, name: string | undefined): Wallet {
  if (name !== undefined) return readWallet(context.home, name);
  const names = listWalletNames(context.home);
  const [only, other] = names;
  if (only === undefined) throw usageError('there is no wallet yet', 'cairn wallet new me');
  if (other === undefined) return readWallet(context.home, only);
  throw usageError(`which wallet? There are ${names.join(', ')}`, `name one, such as ${only}`);
}

/** Opens a wallet, asking for its passphrase if it has one. */
export async function openWallet(
  context: Context,
  wallet: Wallet,
  passphraseFile: string | undefined,
): Promise<{ readonly unlocked: UnlockedWallet; readonly passphrase: string }> {
  const { name, hasPassphrase } = wallet;
  const passphrase = hasPassphrase ? await askPassphrase(context, name, passphraseFile) : '';
  return { unlocked: await unlockWallet(context.home, name, passphrase), passphrase };
}

/** Runs `work` as the only command that changes this wallet. */
export async function withWalletLock<T>(
  context: Context,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  assertWalletName(name);
  const lock = join(context.home, 'locks', `wallet-${name}.lock`);
  return withLock(lock, LOCK_TIMEOUT_MS, work);
}

/** Asks for the passphrase of a new wallet and writes its file. */
export async function saveNewWallet(
  context: Context,
  options: {
    readonly name: string;
    readonly mnemonic: string;
    readonly passphraseFile: string | undefined;
  },
): Promise<Wallet> {
  const { name, mnemonic, passphraseFile } = options;
  const { home, output } = context;
  const flag = '--passphrase-file';
  const passphrase = await askNewPassphrase(context, name, { file: passphraseFile, flag });
  if (passphrase === '') warnUnprotected(context);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const create = (): Promise<Wallet> =>
    createWallet({ home, name, mnemonic, passphrase, nowSeconds });
  return output.during(() => 'sealing the wallet', withWalletLock(context, name, create));
}

export function warnUnprotected(context: Context): void {
  context.output.note('no passphrase: whoever reads the file can spend (cairn wallet passwd)');
}

/** What is told of a wallet: the JSON of `new`, `restore` and `show`. */
export function walletToJson(wallet: Wallet, prefix: string): WalletJson {
  const { name, path, createdAt, hasPassphrase } = wallet;
  const accounts = walletAccounts(wallet, prefix).map(({ name: account, address, index }) => {
    return { name: account, address, index, path: accountPath(index) };
  });
  const address = accounts[0]?.address ?? '';
  return { name, address, file: path, createdAt, hasPassphrase, accounts };
}

export interface WalletJson {
  readonly name: string;
  /** Of its first account. */
  readonly address: string;
  readonly file: string;
  readonly createdAt: number;
  readonly hasPassphrase: boolean;
  readonly accounts: readonly {
    readonly name: string;
    readonly address: string;
    readonly index: number;
    readonly path: string;
  }[];
}

/**
 * Owns: the wallets of this computer, by name: creating, reading, unlocking, changing, removing.
 * Does not own: the form of a file (wallet-record), asking people (cli) or locks between processes:
 * who changes a wallet holds its lock (cli).
 *
 * <home>/wallets/NAME.json the wallet      NAME.json.bak what it was before the last change
 */
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../core/base/assert.ts';
import { bytesToHex, hexToBytes } from '../core/base/bytes.ts';
import { publicKeyToAddress } from '../core/base/crypto.ts';
import type { Address, PublicKey } from '../core/base/types.ts';
import { toPublicKey } from '../core/base/types.ts';
import { findDevAccount } from '../client/dev-accounts.ts';
import type { KeyChain } from '../client/mnemonic.ts';
import type { OperationalError } from '../io/errors.ts';
import { toOperationalError } from '../io/errors.ts';
import { backupOf, createFile, removeFile, replaceFile } from './atomic-file.ts';
import { seal, unseal } from './sealing.ts';
import { walletError } from './wallet-error.ts';
import type { OpenPart, WalletRecord } from './wallet-record.ts';
import { decodeWalletRecord, encodeWalletRecord, openPartToBytes } from './wallet-record.ts';

const NAME_FORM = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const FILE_FORM = /^([a-z0-9][a-z0-9_-]{0,31})\.json$/;
const FOLDER_MODE = 0o700;

/** What a wallet shows without its passphrase. */
export interface Wallet {
  readonly name: string;
  readonly path: string;
  readonly createdAt: number;
  readonly hasPassphrase: boolean;
  /** By account index, as the addresses. */
  readonly publicKeys: readonly PublicKey[];
  readonly addresses: readonly Address[];
}

/** An opened wallet. */
export interface UnlockedWallet extends Wallet {
  readonly mnemonic: string;
  readonly keys: KeyChain;
}

export function walletFolder(home: string): string {
  return join(home, 'wallets');
}

export function walletPath(home: string, name: string): string {
  return join(walletFolder(home), `${name}.json`);
}

/** Refuses a name that no new wallet can have: `wallet-name-wrong`, `wallet-exists`. */
export function assertNewName(home: string, name: string): void {
  assertWalletName(name);
  assertFree(name, walletPath(home, name));
}

/** Refuses what cannot be a wallet's name, a dev account's among them: `wallet-name-wrong`. */
export function assertWalletName(name: string): void {
  if (findDevAccount(name) !== undefined) {
    throw walletError('wallet-name-wrong', `"${name}" is the name of a dev account`, {
      hint: 'take another name',
    });
  }
  assertNameForm(name);
}

/** What is no name is never made a path. */
function assertNameForm(name: string): void {
  if (NAME_FORM.test(name)) return;
  throw walletError('wallet-name-wrong', `"${name}" is no name for a wallet`, {
    hint: 'lower-case letters, digits, - and _, at most 32',
  });
}

/** Whether a wallet of that name lies here, readable or not. */
export function hasWallet(home: string, name: string): boolean {
  return NAME_FORM.test(name) && existsSync(walletPath(home, name));
}

/** The names of all wallets here, readable or not. */
export function listWalletNames(home: string): readonly string[] {
  const folder = walletFolder(home);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).map((file) => FILE_FORM.exec(file)?.[1]);
  return names.filter((name) => name !== undefined).sort();
}

/** Reads what a wallet shows: `wallet-unknown`, `wallet-damaged` and the like. */
export function readWallet(home: string, name: string): Wallet {
  assertNameForm(name);
  const path = walletPath(home, name);
  return toWallet(name, path, readRecord(path, name));
}

/**
 * Creates a wallet with one account; one that is there is never overwritten: `wallet-exists`.
 * An empty passphrase leaves it open to whoever reads the file.
 */
export async function createWallet(options: {
  readonly home: string;
  readonly name: string;
  readonly mnemonic: string;
  readonly passphrase: string;
  readonly nowSeconds: number;
}): Promise<Wallet> {
  const { home, name, mnemonic, passphrase, nowSeconds } = options;
  assertNewName(home, name);
  const path = walletPath(home, name);
  const hasPassphrase = passphrase !== '';
  const accounts = [publicKeyAt(await loadKeys(mnemonic), 0)];
  const record = await sealRecord(
    { createdAt: nowSeconds, hasPassphrase, accounts },
    { mnemonic, passphrase },
  );
  save(name, path, () => {
    mkdirSync(walletFolder(home), { recursive: true, mode: FOLDER_MODE });
    createFile(path, encodeWalletRecord(record));
  });
  return toWallet(name, path, record);
}

/** Opens a wallet: `passphrase-wrong`, or what reading it says. */
export async function unlockWallet(
  home: string,
  name: string,
  passphrase: string,
): Promise<UnlockedWallet> {
  assertNameForm(name);
  const path = walletPath(home, name);
  const record = readRecord(path, name);
  const open = openPartToBytes(record);
  const secret = await unseal(record.sealed, { open, passphrase });
  if (secret === undefined) throw wrongPassphrase(name, path, record);
  const mnemonic = secret.toString('utf8');
  return { ...toWallet(name, path, record), mnemonic, keys: await loadKeys(mnemonic) };
}

/** Adds the next account; the previous file stays as `.bak`. */
export async function addAccount(wallet: UnlockedWallet, passphrase: string): Promise<Wallet> {
  const { name, path, mnemonic, keys } = wallet;
  const { createdAt, hasPassphrase, accounts } = readRecord(path, name);
  const next = publicKeyAt(keys, accounts.length);
  const open = { createdAt, hasPassphrase, accounts: [...accounts, next] };
  return replace(wallet, await sealRecord(open, { mnemonic, passphrase }));
}

/** Seals a wallet anew; the previous file, which opens by the old passphrase, stays as `.bak`. */
export async function changePassphrase(
  wallet: UnlockedWallet,
  passphrase: string,
): Promise<Wallet> {
  const { name, path, mnemonic } = wallet;
  const { createdAt, accounts } = readRecord(path, name);
  const open = { createdAt, hasPassphrase: passphrase !== '', accounts };
  return replace(wallet, await sealRecord(open, { mnemonic, passphrase }));
}

/** Removes a wallet and what saving it left; only its mnemonic brings it back. */
export function removeWallet(home: string, name: string): void {
  assertNameForm(name);
  const path = walletPath(home, name);
  if (!existsSync(path)) throw unknown(name, path);
  save(name, path, () => removeFile(path));
}

function replace({ name, path }: Wallet, record: WalletRecord): Wallet {
  save(name, path, () => replaceFile(path, encodeWalletRecord(record)));
  return toWallet(name, path, record);
}

async function sealRecord(
  open: OpenPart,
  secret: { readonly mnemonic: string; readonly passphrase: string },
): Promise<WalletRecord> {
  const { mnemonic, passphrase } = secret;
  const sealed = await seal({
    secret: Buffer.from(mnemonic, 'utf8'),
    open: openPartToBytes(open),
    passphrase,
  });
  return { ...open, sealed };
}

/** The list of words is large, and most commands need no keys. */
async function loadKeys(mnemonic: string): Promise<KeyChain> {
  return (await import('../client/mnemonic.ts')).deriveKeys(mnemonic);
}

function publicKeyAt(keys: KeyChain, index: number): string {
  return bytesToHex(keys.signer(index).publicKey);
}

function toWallet(name: string, path: string, record: WalletRecord): Wallet {
  const { createdAt, hasPassphrase, accounts } = record;
  const publicKeys = accounts.map((hex) => toPublicKey(hexToBytes(hex)));
  const addresses = publicKeys.map(publicKeyToAddress);
  return { name, path, createdAt, hasPassphrase, publicKeys, addresses };
}

function readRecord(path: string, name: string): WalletRecord {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw unknown(name, path);
    const message = `the wallet ${path} cannot be read`;
    throw toOperationalError(error, { code: 'wallet-unreadable', message });
  }
  return decodeWalletRecord(text, path);
}

function save(name: string, path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    assert(error instanceof Error, 'the file system throws errors');
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw alreadyThere(name, path);
    throw walletError('wallet-unwritable', `the wallet was not saved: ${error.message}`, {
      hint: 'nothing has changed; make room or give yourself the right to write there',
      cause: error,
    });
  }
}

function unknown(name: string, path: string): OperationalError {
  const isKept = existsSync(backupOf(path));
  return walletError('wallet-unknown', `there is no wallet "${name}": looked for ${path}`, {
    hint: isKept
      ? `${backupOf(path)} is there: copy it to ${path}`
      : `cairn wallet new ${name}, or cairn wallet restore ${name}`,
  });
}

/** A backup alone is a wallet too: saving over it would lose the keys. */
function assertFree(name: string, path: string): void {
  if (existsSync(path)) throw alreadyThere(name, path);
  if (existsSync(backupOf(path))) throw alreadyThere(name, backupOf(path));
}

function alreadyThere(name: string, path: string): OperationalError {
  return walletError('wallet-exists', `there is a wallet "${name}" already: ${path}`, {
    hint: 'take another name; nothing is ever overwritten',
  });
}

function wrongPassphrase(name: string, path: string, record: WalletRecord): OperationalError {
  if (!record.hasPassphrase) {
    return walletError('wallet-damaged', `${path} was changed: its seal does not fit`, {
      hint: `the previous one may lie beside it as ${backupOf(path)}`,
    });
  }
  return walletError('passphrase-wrong', `this passphrase does not open the wallet "${name}"`, {
    hint: 'try again; if it is lost: cairn wallet restore NEW-NAME, from the mnemonic',
  });
}

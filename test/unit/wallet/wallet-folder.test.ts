/** Wallet files: made, opened, changed and refused. One key stretch takes 0.3 s: few are made. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deriveKeys } from '../../../src/client/mnemonic.ts';
import {
  addAccount,
  changePassphrase,
  createWallet,
  listWalletNames,
  readWallet,
  removeWallet,
  unlockWallet,
  walletPath,
} from '../../../src/wallet/wallet-folder.ts';

const MNEMONIC = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
const PASSPHRASE = 'geheim é ㍍';
const nowSeconds = 1_700_000_000;

let home: string;
let file: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cairn-wallet-'));
  await createWallet({ home, name: 'me', mnemonic: MNEMONIC, passphrase: PASSPHRASE, nowSeconds });
  file = readFileSync(walletPath(home, 'me'), 'utf8');
});
afterAll(() => rmSync(home, { recursive: true }));

type FileJson = Record<string, unknown> & {
  kdf: Record<string, unknown>;
  cipher: Record<string, unknown>;
  secret: string;
};

/** A copy of the wallet with its file changed. */
function plant(name: string, change: (json: FileJson) => void): string {
  const json = JSON.parse(file) as FileJson;
  change(json);
  writeFileSync(walletPath(home, name), JSON.stringify(json));
  return name;
}

function flip(hex: string): string {
  return (hex.startsWith('0') ? '1' : '0') + hex.slice(1);
}

describe('a wallet file', () => {
  test('opens by its passphrase, however that is composed, and gives the keys', async () => {
    const wallet = await unlockWallet(home, 'me', PASSPHRASE.normalize('NFKD'));
    const { address } = deriveKeys(MNEMONIC).signer(0);
    expect(wallet).toMatchObject({
      mnemonic: MNEMONIC,
      hasPassphrase: true,
      createdAt: nowSeconds,
    });
    expect(wallet.addresses).toEqual([address]);
    expect(wallet.keys.signer(0).address).toBe(address);
    expect(readWallet(home, 'me').addresses).toEqual([address]);
  });

  test('is for its owner alone and shows no secret', () => {
    expect(statSync(walletPath(home, 'me')).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'wallets')).mode & 0o777).toBe(0o700);
    for (const word of MNEMONIC.split(' ')) expect(file).not.toContain(word);
    expect(file).not.toContain(Buffer.from(MNEMONIC).toString('hex').slice(0, 16));
  });

  test('does not open by another passphrase', async () => {
    await expect(unlockWallet(home, 'me', '')).rejects.toMatchObject({
      code: 'passphrase-wrong',
      exitCode: 4,
    });
  });

  test.each<[string, (json: FileJson) => void]>([
    ['tag', ({ cipher }) => (cipher['tag'] = flip(cipher['tag'] as string))],
    ['nonce', ({ cipher }) => (cipher['nonce'] = flip(cipher['nonce'] as string))],
    ['salt', ({ kdf }) => (kdf['salt'] = flip(kdf['salt'] as string))],
    ['ciphertext', (json) => (json.secret = flip(json.secret))],
    ['creation time', (json) => (json['createdAt'] = 1)],
    ['public key', (json) => (json['accounts'] = [`02${'11'.repeat(32)}`])],
  ])('with another %s gives nothing, not even a wrong key', async (_, change) => {
    plant('changed', change);
    await expect(unlockWallet(home, 'changed', PASSPHRASE)).rejects.toMatchObject({
      code: 'passphrase-wrong',
    });
  });

  test.each<[object, string]>([
    [{ n: 2 ** 30 }, 'n=1073741824'],
    [{ n: 2 ** 14 }, 'n=16384'],
    [{ r: 1 }, 'r=1'],
    [{ p: 64 }, 'p=64'],
    [{ name: 'pbkdf2' }, 'pbkdf2'],
  ])('that asks for %j is refused before anything is computed', (kdf, named) => {
    plant('forged', (json) => Object.assign(json.kdf, kdf));
    const startedMs = performance.now();
    expect(() => readWallet(home, 'forged')).toThrow(named);
    expect(performance.now() - startedMs).toBeLessThan(100);
    return expect(unlockWallet(home, 'forged', PASSPHRASE)).rejects.toMatchObject({
      code: 'wallet-kdf-refused',
      exitCode: 7,
    });
  });

  test.each<[string, (json: FileJson) => void, string]>([
    ['a format of the future', (json) => (json['format'] = 2), 'wallet-format-unknown'],
    ['no format', (json) => delete json['format'], 'wallet-damaged'],
    ['a key too many', (json) => (json['more'] = 1), 'wallet-damaged'],
    ['no accounts', (json) => (json['accounts'] = []), 'wallet-damaged'],
    ['a short tag', ({ cipher }) => (cipher['tag'] = 'aabbccdd'), 'wallet-damaged'],
    ['another cipher', ({ cipher }) => (cipher['name'] = 'aes-128-ctr'), 'wallet-damaged'],
  ])('with %s is refused', (_, change, code) => {
    plant('wrong', change);
    expect(() => readWallet(home, 'wrong')).toThrow(expect.objectContaining({ code, exitCode: 7 }));
  });

  test.each(['', '{', 'null', '[]', '{"format":1'])('that holds %j is damaged', (text) => {
    writeFileSync(walletPath(home, 'broken'), text);
    expect(() => readWallet(home, 'broken')).toThrow(
      expect.objectContaining({ code: 'wallet-damaged' }),
    );
  });

  test.each(['../me', '../wallets/me', 'me.json', ''])('is never looked for as %j', (name) => {
    expect(() => readWallet(home, name)).toThrow(
      expect.objectContaining({ code: 'wallet-name-wrong' }),
    );
    expect(() => removeWallet(home, name)).toThrow(
      expect.objectContaining({ code: 'wallet-name-wrong' }),
    );
  });

  test('that is missing is named with its path', () => {
    expect(() => readWallet(home, 'nobody')).toThrow(
      expect.objectContaining({
        code: 'wallet-unknown',
        message: `there is no wallet "nobody": looked for ${walletPath(home, 'nobody')}`,
      }),
    );
  });
});

describe('creating', () => {
  const create = (name: string, at = home) =>
    createWallet({ home: at, name, mnemonic: MNEMONIC, passphrase: '', nowSeconds });

  test('never overwrites a wallet, nor a backup without one', async () => {
    await expect(create('me')).rejects.toMatchObject({ code: 'wallet-exists' });
    expect(readFileSync(walletPath(home, 'me'), 'utf8')).toBe(file);
    writeFileSync(`${walletPath(home, 'kept')}.bak`, file);
    await expect(create('kept')).rejects.toMatchObject({ code: 'wallet-exists' });
    expect(() => readWallet(home, 'kept')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('kept.json.bak') as string }),
    );
  });

  test.each(['alice', 'faucet', 'Me', '../me', 'a/b', '', '-x', 'x'.repeat(33)])(
    'refuses the name %j',
    async (name) => {
      await expect(create(name)).rejects.toMatchObject({ code: 'wallet-name-wrong', exitCode: 2 });
    },
  );

  test('says so when nothing can be written', async () => {
    const blocked = join(home, 'file');
    writeFileSync(blocked, '');
    await expect(create('me', blocked)).rejects.toMatchObject({ code: 'wallet-unwritable' });
  });
});

describe('changing', () => {
  test('adds accounts and passphrases, and keeps what was before', async () => {
    const other = join(home, 'other');
    mkdirSync(other);
    const path = walletPath(other, 'me');
    const options = { home: other, name: 'me', mnemonic: MNEMONIC, nowSeconds };
    expect((await createWallet({ ...options, passphrase: '' })).hasPassphrase).toBe(false);
    const first = readFileSync(path, 'utf8');

    const two = await addAccount(await unlockWallet(other, 'me', ''), '');
    const keys = deriveKeys(MNEMONIC);
    expect(two.addresses).toEqual([keys.signer(0).address, keys.signer(1).address]);
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe(first);

    const changed = await changePassphrase(await unlockWallet(other, 'me', ''), 'new');
    expect(changed).toMatchObject({ hasPassphrase: true, addresses: two.addresses });
    await expect(unlockWallet(other, 'me', '')).rejects.toMatchObject({ code: 'passphrase-wrong' });
    expect((await unlockWallet(other, 'me', 'new')).addresses).toEqual(two.addresses);
    expect(statSync(path).mode & 0o777).toBe(0o600);

    removeWallet(other, 'me');
    expect(readdirSync(join(other, 'wallets'))).toEqual([]);
    expect(() => removeWallet(other, 'me')).toThrow('looked for');
  });
});

test('the list names wallets, the broken ones too, and nothing else', () => {
  writeFileSync(join(home, 'wallets', 'notes.txt'), '');
  const names = listWalletNames(home);
  expect(names).toEqual([...names].sort());
  expect(names).toEqual(expect.arrayContaining(['me', 'broken', 'wrong']));
  expect(names).not.toContain('notes.txt');
  expect(names).not.toContain('kept');
  expect(existsSync(join(home, 'nowhere'))).toBe(false);
  expect(listWalletNames(join(home, 'nowhere'))).toEqual([]);
});

/** Wallets from the command line, alone and on one network of three real nodes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HDKey } from '@scure/bip32';
import { mnemonicToSeedSync } from '@scure/bip39';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountPath } from '../../src/client/mnemonic.ts';
import type { CairnRun } from '../kit/cairn.ts';
import { Cairn, eventually, waitForText } from '../kit/cairn.ts';

const PASSPHRASE = 'correct horse';
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface WalletAnswer {
  readonly name: string;
  readonly address: string;
  readonly file: string;
  readonly hasPassphrase: boolean;
  readonly accounts: readonly { readonly name: string; readonly address: string }[];
}

interface Sent {
  readonly id: string;
  readonly status: string;
  readonly block: { readonly height: number; readonly id: string } | null;
  readonly confirmations: number;
  readonly reorganisedOut?: readonly { readonly height: number; readonly id: string }[];
}

let cairn: Cairn;
let passphrase: readonly string[];
/** Everything that any command of this file printed. */
const printed: string[] = [];
beforeAll(async () => {
  cairn = new Cairn();
  const file = join(cairn.home, 'passphrase');
  writeFileSync(file, `${PASSPHRASE}\n`);
  passphrase = ['--passphrase-file', file];
  expect(await cairn.run('up', '-d', '--mine', 'off')).toMatchObject({ code: 0 });
});
afterAll(() => cairn.close());

async function run(...args: readonly string[]): Promise<CairnRun> {
  const done = await cairn.run(...args);
  printed.push(done.stdout, done.stderr);
  return done;
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect({ args, code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as T;
}

describe('a wallet', () => {
  test('is made once, for its owner alone, with a passphrase that somebody gave', async () => {
    expect(await cairn.failure('wallet', 'new', 'me')).toMatchObject({
      exit: 4,
      code: 'passphrase-needed',
      hint: expect.stringContaining('--passphrase-file') as string,
    });
    expect(existsSync(join(cairn.home, 'wallets'))).toBe(false);
    const made = await json<WalletAnswer>('wallet', 'new', 'me', ...passphrase);
    expect(made).toMatchObject({ name: 'me', hasPassphrase: true });
    expect(made.accounts).toMatchObject([{ name: 'me', address: made.address }]);
    expect(statSync(made.file).mode & 0o777).toBe(0o600);
    const before = readFileSync(made.file, 'utf8');
    expect(await cairn.failure('wallet', 'new', 'me', ...passphrase)).toMatchObject({
      exit: 1,
      code: 'wallet-exists',
    });
    expect(readFileSync(made.file, 'utf8')).toBe(before);
    expect(await cairn.failure('wallet', 'new', 'alice', ...passphrase)).toMatchObject({
      exit: 2,
      code: 'wallet-name-wrong',
    });
  });

  test('that is missing is named with the path that was searched', async () => {
    const error = await cairn.failure('wallet', 'show', 'nobody');
    expect(error).toMatchObject({ exit: 1, code: 'wallet-unknown' });
    expect(error.message).toContain(join(cairn.home, 'wallets', 'nobody.json'));
    const sent = await cairn.run('account', 'nobody');
    expect(sent.stderr).toContain(join(cairn.home, 'wallets'));
    expect(existsSync(join(cairn.home, 'wallets', 'nobody.json'))).toBe(false);
  });

  test('comes back from its words, changes its passphrase, and can be removed', async () => {
    const empty = '/dev/null';
    const made = await json<WalletAnswer>('wallet', 'new', 'old', '--passphrase-file', empty);
    expect(made.hasPassphrase).toBe(false);
    const { mnemonic } = await cairn.json<{ mnemonic: string }>('wallet', 'export', 'old');
    const words = join(cairn.home, 'words');
    writeFileSync(words, mnemonic.toUpperCase());
    const from = ['--mnemonic-file', words];
    const back = await json<WalletAnswer>('wallet', 'restore', 'back', ...from, ...passphrase);
    expect(back.address).toBe(made.address);

    writeFileSync(words, mnemonic.split(' ').reverse().join(' '));
    expect((await cairn.failure('wallet', 'restore', 'third', ...from, ...passphrase)).code).toBe(
      'mnemonic-wrong',
    );
    const fresh = join(cairn.home, 'fresh');
    writeFileSync(fresh, 'another one');
    await json('wallet', 'passwd', 'back', ...passphrase, '--new-passphrase-file', fresh);
    expect(await cairn.failure('wallet', 'export', 'back', ...passphrase)).toMatchObject({
      exit: 4,
      code: 'passphrase-wrong',
    });
    expect(await cairn.run('wallet', 'export', 'back', '--passphrase-file', fresh)).toMatchObject({
      code: 0,
      stdout: `${mnemonic}\n`,
    });

    expect(await cairn.failure('wallet', 'remove', 'back')).toMatchObject({ exit: 2 });
    await json('wallet', 'remove', 'back', '--yes');
    await json('wallet', 'remove', 'old', '--yes');
    expect(readdirSync(join(cairn.home, 'wallets'))).toEqual(['me.json']);
    const { wallets } = await json<{ wallets: readonly { name: string; kind: string }[] }>(
      ...['wallet', 'list'],
    );
    expect(wallets.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['me', 'alice', 'faucet']),
    );
    expect(wallets[0]).toMatchObject({ name: 'me', kind: 'wallet' });
  });
});

describe('money of a wallet', () => {
  test('is mined, sent, counted and told', async () => {
    const { address } = await json<WalletAnswer>('wallet', 'show', 'me');
    expect(await json('mine', '3', '--to', 'me')).toMatchObject({ to: address });
    expect(await cairn.failure('send', 'bob', '1', '--from', 'me')).toMatchObject({
      exit: 4,
      code: 'passphrase-needed',
    });
    const sent = await json<Sent>('send', 'bob', '1.5', '--from', 'me', ...passphrase);
    await json('mine', '1');
    const shown = await json<{ from: string; status: string }>('tx', 'show', sent.id);
    expect(shown).toMatchObject({ from: address, status: 'confirmed' });
    expect(await json('wallet', 'balance', 'me')).toMatchObject({ balance: '148.4998' });
    const { entries } = await json<{
      entries: readonly { kind: string; change: string; id: string; account: string }[];
    }>('wallet', 'history', 'me');
    expect(entries.map(({ kind, change }) => [kind, change])).toEqual([
      ['sent', '-1.5002'],
      ['mined', '50'],
      ['mined', '50'],
      ['mined', '50'],
    ]);
    expect(entries[0]).toMatchObject({ id: sent.id, account: 'me' });
    expect((await run('wallet', 'history', 'me')).stdout.trim().split('\n')).toHaveLength(4);
  });

  test('moves between its accounts', async () => {
    const second = await json<{ name: string; address: string }>(
      ...['wallet', 'address', 'me', '--new', ...passphrase],
    );
    expect(second.name).toBe('me/1');
    await json('send', 'me/1', '2', '--from', 'me', ...passphrase);
    await json('mine', '1');
    await json('send', 'bob', '0.5', '--from', second.address, ...passphrase);
    await json('mine', '1');
    const { accounts } = await json<{ accounts: readonly { name: string; balance: string }[] }>(
      ...['wallet', 'balance', 'me'],
    );
    expect(accounts).toMatchObject([
      { name: 'me', balance: '146.4996' },
      { name: 'me/1', balance: '1.4998' },
    ]);
    expect(await cairn.failure('account', 'me/2')).toMatchObject({
      code: 'wallet-account-unknown',
    });
  });

  test('is sent several times at once without a clash', async () => {
    const { nonce } = (await json<{ pending: { nonce: number } }>('account', 'me')).pending;
    const sent = await Promise.all(
      ['1', '2', '3'].map((amount) =>
        json<Sent>('send', 'carol', amount, '--from', 'me', ...passphrase),
      ),
    );
    expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
    const after = await json<{ pending: { nonce: number } }>('account', 'me');
    expect(after.pending.nonce).toBe(nonce + 3);
    await json('mine', '1');
  });
});

describe('an offline payment', () => {
  test('is built and signed without a node, and pushed as often as one likes', async () => {
    const { networkId } = await json<{ networkId: string }>('chain');
    const { nonce } = await json<{ nonce: number }>('account', 'me');
    const { fee } = await json<Sent & { fee: string }>(
      ...['send', 'bob', '1', '--from', 'me', '--dry-run', ...passphrase],
    );
    const built = await json<{ unsigned: string; fee: string; networkId: string; id: null }>(
      ...['tx', 'build', 'bob', '2.25', '--from', 'me', '--nonce', String(nonce)],
    );
    expect(built).toMatchObject({ fee, networkId, id: null });

    // Another computer: the same wallet, no network, no node.
    const offline = new Cairn();
    const keys = join(cairn.home, 'offline-words');
    const { mnemonic } = await cairn.json<{ mnemonic: string }>(
      ...['wallet', 'export', 'me', ...passphrase],
    );
    writeFileSync(keys, mnemonic);
    await offline.json('wallet', 'restore', 'cold', '--mnemonic-file', keys, ...passphrase);
    const how = ['--network-id', networkId, ...passphrase];
    expect(
      await offline.failure('tx', 'sign', built.unsigned, '--from', 'bob', ...how),
    ).toMatchObject({ code: 'dev-account-refused' });
    const signed = await offline.run('tx', 'sign', built.unsigned, ...how);
    expect(signed.stderr).toContain('2.25 to');
    const raw = signed.stdout.trim();
    await offline.close();

    const decoded = await json<{ id: string; signatureValid: boolean }>('tx', 'decode', raw);
    expect(decoded).toMatchObject({ signatureValid: true, outputs: [{ amount: '2.25' }] });
    const elsewhere = ['--network-id', 'a'.repeat(64)];
    expect(await json('tx', 'decode', raw, ...elsewhere)).toMatchObject({ signatureValid: false });

    const file = join(cairn.home, 'signed.hex');
    writeFileSync(file, `${raw}\n`);
    for (let times = 0; times < 2; times++) {
      expect(await json('tx', 'push', file)).toMatchObject({ id: decoded.id, status: 'pending' });
    }
    await json('mine', '1');
    expect(await json('tx', 'push', raw, '--wait', '1')).toMatchObject({ status: 'confirmed' });
    expect((await json<{ nonce: number }>('account', 'me')).nonce).toBe(nonce + 1);
  });

  test.each([
    [['tx', 'build', 'bob', '1', '--from', 'me'], 'usage'],
    [['tx', 'decode', 'zz'], 'tx-malformed'],
    [['tx', 'decode', '0102'], 'tx-malformed'],
    [['tx', 'push', '02'.repeat(140)], 'tx-version-unknown'],
    [['tx', 'build', 'bob', '1', '--from', 'me', '--nonce', '4294967295'], 'usage'],
    [['tx', 'build', 'bob', '1', '--from', 'me', '--nonce', '1', '--network-id', 'x'], 'usage'],
  ])('%j is refused with %s', async (args, code) => {
    expect(await cairn.failure(...args)).toMatchObject({ exit: 2, code });
  });
});

test('--wait tells of a reorg that takes the confirmation back, and waits on', async () => {
  await json('split', '1', '2,3');
  const how = ['--from', 'me', '--wait', '3', '--node', '1', '--timeout', '100s', ...passphrase];
  const waiting = cairn.spawn('send', 'dave', '1', ...how);
  const told = waitForText(waiting.stdout, 'reorganised out');
  const ended = waitForText(waiting.stdout, 'confirmed in block');
  const pooled = async (): Promise<number> =>
    (await json<{ mempool: { count: number } }>('chain', '--node', '1')).mempool.count;
  await eventually(pooled, (count) => count === 1);
  const { blocks } = await json<{ blocks: readonly { height: number }[] }>(
    ...['mine', '1', '--node', '1'],
  );
  await json('mine', '2', '--node', '2');
  await json('heal');
  expect(await told).toMatch(
    new RegExp(`block ${blocks[0]!.height} \\([0-9a-f]{8}…\\) was reorganised out: pending`),
  );
  await json('mine', '3', '--node', '1');
  expect(await ended).toContain('3 confirmations');
  expect(await once(waiting, 'exit')).toEqual([0, null]);
});

test('no command printed a secret, and none lies in a file', async () => {
  const { mnemonic } = await cairn.json<{ mnemonic: string }>(
    ...['wallet', 'export', 'me', ...passphrase],
  );
  const files = readdirSync(cairn.home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^(passphrase|words|fresh|offline-words)$/.test(name))
    .map((name) => join(cairn.home, name))
    .filter((path) => statSync(path).isFile());
  expect(files.length).toBeGreaterThan(10);
  const texts = [...printed, ...files.map((path) => readFileSync(path, 'latin1'))];
  for (const secret of [mnemonic, PASSPHRASE, ...secretKeys(mnemonic)]) {
    expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  }
});

/** The secret keys of both accounts, as hex and as raw bytes. */
function secretKeys(mnemonic: string): readonly string[] {
  const root = HDKey.fromMasterSeed(mnemonicToSeedSync(mnemonic));
  return [0, 1].flatMap((index) => {
    const key = Buffer.from(root.derive(accountPath(index)).privateKey!);
    return [key.toString('hex'), key.toString('latin1')];
  });
}

const hasTerminals = process.platform === 'linux' && existsSync('/usr/bin/script');

describe.skipIf(!hasTerminals)('on a terminal', () => {
  /** Types each answer when its question has appeared; answers all that was shown. */
  async function converse(
    args: readonly string[],
    answers: readonly (readonly [question: string, typed: string])[],
  ): Promise<{ readonly shown: string; readonly code: number | null }> {
    const line = ['stty', 'cols', '120', ';', process.execPath, program, ...args].join(' ');
    const child = spawn('/usr/bin/script', ['-qefc', line, '/dev/null'], {
      env: { ...process.env, CAIRN_HOME: cairn.home, TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    const left = [...answers];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      shown += chunk;
      const [question, typed] = left[0] ?? [];
      if (question === undefined || !shown.includes(question)) return;
      left.shift();
      child.stdin.write(`${typed}\r`);
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { shown, code };
  }

  test('new asks twice, shows the words once, and send asks once', async () => {
    const { shown, code } = await converse(
      ['wallet', 'new', 'tty'],
      [
        ['New passphrase', 'abc'],
        ['The same again', 'abc'],
      ],
    );
    expect(code).toBe(0);
    const { mnemonic } = await cairn.json<{ mnemonic: string }>(
      ...['wallet', 'export', 'tty', '--passphrase-file', abcFile()],
    );
    for (const [index, word] of mnemonic.split(' ').entries()) {
      expect(shown).toContain(`${index + 1} ${word}`);
    }
    expect(shown).not.toContain('abc\r');
    await json('mine', '1', '--to', 'tty');
    const sent = await converse(['send', 'bob', '1', '--from', 'tty'], [['Passphrase of', 'abc']]);
    expect(sent).toMatchObject({ code: 0 });
    expect(sent.shown).toContain('sent 1.0 from tty to bob');
  });

  test('Enter alone makes a wallet that asks for nothing, and says so', async () => {
    const { shown, code } = await converse(['wallet', 'new', 'open'], [['New passphrase', '']]);
    expect(code).toBe(0);
    expect(shown).toContain('no passphrase');
    await json('mine', '1', '--to', 'open');
    expect(await json('send', 'bob', '1', '--from', 'open')).toMatchObject({ status: 'pending' });
  });

  function abcFile(): string {
    const file = join(cairn.home, 'abc');
    writeFileSync(file, 'abc');
    return file;
  }
});

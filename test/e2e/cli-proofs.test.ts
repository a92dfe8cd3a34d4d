/** Proofs from the command line: made on one computer's network, checked on another without. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cairn } from '../kit/cairn.ts';

interface Sent {
  readonly id: string;
  readonly block: { readonly height: number; readonly id: string };
}
interface Answer {
  readonly valid: boolean;
  readonly kind: string;
  readonly headers: number;
  readonly trusted: boolean;
  readonly block: { readonly height: number; readonly id: string };
}

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let here: Cairn;
let elsewhere: Cairn;
let folder: string;
let sent: Sent;
beforeAll(async () => {
  here = new Cairn();
  elsewhere = new Cairn();
  folder = mkdtempSync(join(tmpdir(), 'cairn-proofs-'));
  expect(await here.run('up', '-d', '--nodes', '1', '--mine', 'off')).toMatchObject({ code: 0 });
  await here.json('mine', '1');
  const { id } = await here.json<{ id: string }>('send', 'bob', '1.5', '--from', 'alice');
  await here.json('mine', '3');
  sent = await here.json<Sent>('tx', 'show', id);
});
afterAll(async () => {
  await here.close();
  await elsewhere.close();
  rmSync(folder, { recursive: true });
});

/** Runs `cairn prove ...` and keeps what it printed as a file. */
async function prove(name: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await here.run('prove', ...args);
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/cairn verify FILE/) as string,
  });
  const path = join(folder, name);
  writeFileSync(path, stdout);
  return path;
}

describe('a proof made here is checked elsewhere', () => {
  test('of a payment', async () => {
    const path = await prove('payment', 'tx', sent.id);
    const answer = await elsewhere.json<Answer>('verify', path, '--header', sent.block.id);
    expect(answer).toMatchObject({ valid: true, kind: 'transaction', trusted: true, headers: 3 });
    expect(answer.block).toEqual(sent.block);
    const { stdout, stderr, code } = await elsewhere.run('verify', path);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('proved under the header it carries');
    expect(lines[1]).toMatch(/^ {2}transaction [0-9a-f]{64}, signed by crn1\w+, is in block 2 /);
    expect(lines[3]).toMatch(/^ {2}its header and 2 above took \d+ expected hashes$/);
    expect(lines[4]).toMatch(/^ {2}it pays 1\.5 to crn1/);
    expect(stdout).toContain(`not proved\n  that block ${sent.block.id} is in the chain`);
  });

  test('with as many headers as wanted', async () => {
    const path = await prove('short', 'tx', sent.id, '--headers', '1');
    expect(await elsewhere.json('verify', path)).toMatchObject({ headers: 2 });
  });

  test('of a balance, and of having none', async () => {
    const bob = await prove('balance', 'account', 'bob');
    const { balance } = await here.json<{ balance: string }>('account', 'bob');
    expect(await elsewhere.json('verify', bob)).toMatchObject({ exists: true, balance });
    const { address } = await here.json<{ address: string }>(
      ...['wallet', 'new', 'nobody', '--passphrase-file', await passphrase()],
    );
    const nobody = await prove('absence', 'account', address);
    expect(await elsewhere.json('verify', nobody)).toMatchObject({ exists: false, balance: '0' });
  });

  test('of growth, up to the tip unless told', async () => {
    const whole = await prove('growth', 'history', '1');
    const shown = await elsewhere.json('verify', whole);
    expect(shown).toMatchObject({ kind: 'history', from: { height: 1 }, block: { height: 4 } });
    const part = await prove('part', 'history', sent.block.id, '3');
    expect(await elsewhere.json('verify', part)).toMatchObject({ block: { height: 3 } });
  });

  test('through a pipe, with --json as without', async () => {
    const plain = await here.run('prove', 'tx', sent.id);
    const json = await here.run('prove', 'tx', sent.id, '--json', '-q');
    expect(json).toMatchObject({ stdout: plain.stdout, stderr: '' });
    const piped = spawnSync(process.execPath, [main, 'verify', '-'], {
      input: `${plain.stdout}\n`,
      encoding: 'utf8',
      env: { ...process.env, CAIRN_HOME: elsewhere.home },
    });
    expect(piped).toMatchObject({ status: 0 });
  });
});

async function passphrase(): Promise<string> {
  const path = join(folder, 'passphrase');
  writeFileSync(path, 'correct horse battery staple\n');
  return path;
}

describe('refused', () => {
  test('a changed file: 5, another network: 7, each with its code', async () => {
    const path = await prove('changed', 'tx', sent.id);
    const text = readFileSync(path, 'utf8');
    const changed = async (name: string, other: string): Promise<unknown> => {
      writeFileSync(join(folder, name), other);
      return elsewhere.failure('verify', join(folder, name));
    };
    expect(await changed('spaced', text.replace(',', ', '))).toMatchObject({
      ...{ exit: 5, code: 'proof-malformed' },
    });
    expect(await changed('height', text.replace('"height":2', '"height":3'))).toMatchObject({
      ...{ exit: 5, code: 'proof-height-differs', data: { stated: 3, committed: 2 } },
    });
    expect(await changed('cut', text.slice(0, -9))).toMatchObject({ exit: 5 });
    const trusted = 'ab'.repeat(32);
    const untrusted = await elsewhere.failure('verify', path, '--header', trusted);
    expect(untrusted).toMatchObject({ exit: 5, code: 'proof-header-untrusted', data: { trusted } });
    const genesis = fileURLToPath(new URL('../../genesis.json', import.meta.url));
    const foreign = await elsewhere.failure('verify', path, '--genesis', genesis);
    expect(foreign).toMatchObject({ exit: 7, code: 'proof-network-differs' });
    const own = join(here.home, 'networks', 'default', 'genesis.json');
    expect(await elsewhere.json('verify', path, '--genesis', own)).toMatchObject({ valid: true });
  });

  test('what is in no connected block, or cannot be', async () => {
    expect(await here.failure('prove', 'tx', '0'.repeat(64))).toMatchObject({
      ...{ exit: 1, code: 'transaction-unconfirmed' },
    });
    expect(await here.failure('prove', 'history', '99')).toMatchObject({
      ...{ exit: 1, code: 'block-unknown' },
    });
    expect(await here.failure('prove', 'history', '3', '3')).toMatchObject({
      ...{ exit: 2, code: 'params-invalid' },
    });
    expect(await here.failure('prove', 'tx', 'x')).toMatchObject({ exit: 2 });
    expect(await here.failure('prove', 'tx', sent.id, '--headers', '2001')).toMatchObject({
      exit: 2,
    });
  });

  test('a file that is not there, a header that is none, a genesis file that is none', async () => {
    const gone = join(folder, 'gone');
    expect(await elsewhere.failure('verify', gone)).toMatchObject({
      ...{ exit: 1, code: 'file-unreadable' },
    });
    const path = await prove('whole', 'tx', sent.id);
    expect(await elsewhere.failure('verify', path, '--header', 'tip')).toMatchObject({ exit: 2 });
    expect(await elsewhere.failure('verify', path, '--genesis', gone)).toMatchObject({
      ...{ exit: 1, code: 'genesis-unreadable' },
    });
    expect(await elsewhere.failure('verify', path, '--genesis', path)).toMatchObject({
      ...{ exit: 1, code: 'genesis-key-unknown' },
    });
  });
});

/** The command line without a network: help, mistyped words, exit codes, where output goes. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cairn } from '../kit/cairn.ts';

/** Nothing listens on a port this low. */
const NOWHERE = 'http://127.0.0.1:2';

let cairn: Cairn;
beforeAll(() => {
  cairn = new Cairn();
});
afterAll(() => cairn.close());

test('the version is that of the package', async () => {
  const { stdout, code } = await cairn.run('--version');
  expect({ stdout, code }).toEqual({ stdout: '0.1.0\n', code: 0 });
});

test('help lists commands, and tells of one', async () => {
  for (const args of [[], ['help'], ['--help']]) {
    const { stdout, code } = await cairn.run(...args);
    expect(code).toBe(0);
    expect(stdout).toContain('send <to> <amount>');
  }
  const { stdout } = await cairn.run('help', 'up');
  expect(stdout).toContain('--topology SHAPE');
  expect((await cairn.run('up', '--help')).stdout).toBe(stdout);
});

describe('wrong usage exits 2 and suggests', () => {
  test.each([
    [['sned', 'bob', '5'], 'did you mean "send"', 'cairn send'],
    [['chain', 'tisp'], 'did you mean "chain tips"', 'cairn chain tips'],
    [['up', '--mnie', '5s'], 'did you mean --mine', '--mine'],
    [['send', 'bob', '5', '--form', 'alice'], 'did you mean --from', '--from'],
    [['send', 'bob'], 'needs <amount>', 'cairn send <to> <amount>'],
    [['send', 'bob', '5', 'now'], 'has no use for "now"', 'cairn send <to> <amount>'],
    [['up', '--nodes'], '--nodes needs a value', 'cairn up'],
    [['up', '--nodes', '0'], 'from 1 to 50', undefined],
    [['up', '--topology', 'rign'], 'mesh, line, ring, star', '--topology ring'],
    [['up', '--mine', 'sometimes'], 'on-tx', undefined],
    [['mine', '-1'], 'COUNT is a whole number', undefined],
    [['chain', '--node', 'one'], 'a number or a URL', '--node 1'],
    [['chain', '--timeout', 'soon'], '--timeout is a time', undefined],
  ])('%j', async (args, words, hint) => {
    const { code, stdout, stderr } = await cairn.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(words);
    if (hint !== undefined) expect(stderr).toContain(`try: ${hint}`);
  });
});

describe('nothing running', () => {
  test('exits 3 and says what would help', async () => {
    const { code, stdout, stderr } = await cairn.run('chain', '--node', NOWHERE);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    const lines = stderr.split('\n');
    expect(lines[0]).toBe(`error: no node answers at ${NOWHERE} (connection refused)`);
    expect(lines[1]).toBe('no local network is running');
    expect(lines[2]).toMatch(/^try: cairn up {3}· {3}or name one: --node http:\/\/host:port/);
  });

  test('with --json the error is one object on stderr', async () => {
    const error = await cairn.failure('chain', '--node', NOWHERE);
    expect(error).toMatchObject({ exit: 3, code: 'node-unreachable', data: { url: NOWHERE } });
  });

  test('ps is empty, down has nothing to do', async () => {
    expect(await cairn.json('ps')).toEqual({ networks: [] });
    expect(await cairn.run('down')).toMatchObject({ code: 0 });
    expect(await cairn.failure('heal')).toMatchObject({ exit: 1, code: 'network-unknown' });
  });
});

test('completion is a script that bash takes, with all commands', async () => {
  const { code, stdout } = await cairn.run('completion', 'bash');
  expect(code).toBe(0);
  expect(stdout).toMatch(/0\) words="up down ps .* config completion"/);
  expect(stdout).not.toContain('lab-process');
  expect(await cairn.failure('completion', 'tcsh')).toMatchObject({ exit: 2, code: 'usage' });
});

test('config says where each setting comes from, and leaves no trace', async () => {
  const before = readdirSync(cairn.home);
  const { settings } = await cairn.json<{
    settings: readonly { name: string; value: string; source: string }[];
  }>('config', '-p', 'mine', '--timeout', '3s');
  expect(settings).toEqual(
    expect.arrayContaining([
      { name: 'data', value: cairn.home, source: 'CAIRN_HOME' },
      { name: 'network', value: 'mine', source: '-p' },
      { name: 'RPC ports', value: '7401', source: 'default' },
      { name: 'timeout', value: '3 s', source: '--timeout' },
    ]),
  );
  expect(readdirSync(cairn.home)).toEqual(before);
});

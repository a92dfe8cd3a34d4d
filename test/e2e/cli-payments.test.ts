/** Payments and blocks from the command line, on one network of three real nodes. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cairn, eventually } from '../kit/cairn.ts';

interface Account {
  readonly address: string;
  readonly balance: string;
  readonly nonce: number;
  readonly pending: { readonly balance: string; readonly nonce: number };
}

interface Sent {
  readonly id: string;
  readonly amount: string;
  readonly fee: string;
  readonly status: string;
  readonly block: { readonly height: number; readonly id: string } | null;
  readonly confirmations: number;
}

let cairn: Cairn;
beforeAll(async () => {
  cairn = new Cairn();
  const up = await cairn.run('up', '-d', '--mine', 'on-tx');
  expect(up).toMatchObject({ code: 0 });
});
afterAll(() => cairn.close());

const balanceOf = async (name: string, node = '1'): Promise<string> =>
  (await cairn.json<Account>('account', name, '--node', node)).balance;

describe('send', () => {
  test('with --wait returns when the payment is in a block that every node has', async () => {
    const before = Number(await balanceOf('carol'));
    const sent = await cairn.json<Sent>('send', 'carol', '1.5', '--from', 'alice', '--wait', '1');
    expect(sent).toMatchObject({ amount: '1.5', status: 'confirmed' });
    expect(sent.confirmations).toBeGreaterThanOrEqual(1);
    const block = await cairn.json<{ id: string; transactions: readonly { id: string }[] }>(
      ...['block', String(sent.block!.height)],
    );
    expect(block.id).toBe(sent.block!.id);
    expect(block.transactions.map(({ id }) => id)).toContain(sent.id);
    const third = await eventually(
      () => balanceOf('carol', '3'),
      (balance) => Number(balance) !== before,
    );
    expect(Number(third)).toBe(before + 1.5);
    const shown = await cairn.json<{ status: string; outputs: readonly { amount: string }[] }>(
      ...['tx', 'show', sent.id, '--node', '2'],
    );
    expect(shown).toMatchObject({ status: 'confirmed', outputs: [{ amount: '1.5' }] });
  });

  test('prints what changed, and what comes next on stderr, without colour', async () => {
    const { code, stdout, stderr } = await cairn.run('send', 'bob', '5', '--from', 'alice');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sent 5\.0 from alice to bob {3}fee 0\.\d+ {3}tx [0-9a-f]+… .*\n$/);
    expect(stdout).toContain('(accepted by node 1, relayed to 2)');
    expect(stderr).toMatch(/^ {2}next: cairn tx show [0-9a-f]{64}/);
    expect(stdout + stderr).not.toContain('\u001b');
    expect((await cairn.run('send', 'bob', '1', '--from', 'alice', '-q')).stderr).toBe('');
  });

  test('several at once from one account all succeed', async () => {
    const { nonce } = (await cairn.json<Account>('account', 'dave')).pending;
    const sent = await Promise.all(
      ['1', '2', '3', '4'].map((amount) =>
        cairn.json<Sent>('send', 'bob', amount, '--from', 'dave'),
      ),
    );
    expect(new Set(sent.map(({ id }) => id)).size).toBe(4);
    const { pending } = await cairn.json<Account>('account', 'dave');
    expect(pending.nonce).toBe(nonce + 4);
  });

  test('says what is missing when funds are', async () => {
    const error = await cairn.failure('send', 'bob', '5000', '--from', 'carol');
    expect(error).toMatchObject({ exit: 5, code: 'tx-insufficient-funds' });
    expect(error.message).toMatch(
      /^carol has \d+\.\d+, needs 5000\.\d+ \(5000\.0 \+ fee 0\.\d+\)$/,
    );
    expect(error.hint).toBe('cairn faucet carol 5000');
    expect(await cairn.run('faucet', 'carol', '5000', '--wait', '1')).toMatchObject({ code: 0 });
    expect(await cairn.run('send', 'bob', '5000', '--from', 'carol')).toMatchObject({ code: 0 });
  });

  test.each([
    [['bob', '0'], 2, 'amount-malformed'],
    [['bob', '-1'], 2, 'amount-malformed'],
    [['bob', '0.000000001'], 2, 'amount-malformed'],
    [['bob', '1e3'], 2, 'amount-malformed'],
    [['bob', '0.00001'], 5, 'tx-output-below-minimum'],
    [['bob', '1', '--fee', '0'], 5, 'tx-fee-too-low'],
    [['nobody', '1'], 2, 'account-unknown'],
    [['crn1q0fzf7vct9stsqnnnlas63g7algaxgvgefjs8sx', '1'], 2, 'address-malformed'],
    [['bob', '1', '--memo', 'x'.repeat(256)], 2, 'usage'],
    [['bob', '1', '--from', 'nobody'], 2, 'usage'],
  ])('%j is refused with exit %i and code %s', async (args, exit, code) => {
    const from = args.includes('--from') ? [] : ['--from', 'alice'];
    expect(await cairn.failure('send', ...args, ...from)).toMatchObject({ exit, code });
  });

  test('with --dry-run sends nothing', async () => {
    const { nonce } = (await cairn.json<Account>('account', 'alice')).pending;
    const unsent = await cairn.json<{ raw: string }>(
      ...['send', 'bob', '1', '--from', 'alice', '--dry-run'],
    );
    expect(unsent.raw).toMatch(/^01[0-9a-f]+$/);
    expect((await cairn.json<Account>('account', 'alice')).pending.nonce).toBe(nonce);
  });

  test('that waits longer than it may exits 6', async () => {
    await cairn.json('mine', 'auto', 'off');
    const error = await cairn.failure(
      ...['send', 'bob', '1', '--from', 'erin', '--wait', '1', '--timeout', '3s'],
    );
    expect(error).toMatchObject({ exit: 6, code: 'wait-timed-out' });
    await cairn.json('mine', 'auto', 'on-tx');
  });
});

describe('mining', () => {
  test('mine N pays erin, or whom --to names, and tells of the work', async () => {
    await cairn.json('mine', 'auto', 'off');
    const { height } = await cairn.json<{ height: number }>('chain');
    const before = Number(await balanceOf('bob'));
    const mined = await cairn.json<{
      blocks: readonly { height: number; id: string }[];
      to: string;
      hashes: number;
      seconds: number;
    }>('mine', '2', '--to', 'bob');
    expect(mined.blocks.map((block) => block.height)).toEqual([height + 1, height + 2]);
    expect(mined.to).toBe((await cairn.json<Account>('account', 'bob')).address);
    expect(mined.hashes).toBeGreaterThan(0);
    expect(Number(await balanceOf('bob'))).toBeGreaterThanOrEqual(before + 100);
    const lines = (await cairn.run('mine')).stdout;
    expect(lines).toMatch(/^mined block \d+ \([0-9a-f]{8}…\) on node 1, pays erin\n/);
  });

  test('mine auto INTERVAL makes blocks by itself, off ends it', async () => {
    const height = async (): Promise<number> =>
      (await cairn.json<{ height: number }>('chain')).height;
    const before = await height();
    await cairn.json('mine', 'auto', '300ms');
    await eventually(height, (now) => now >= before + 3);
    await cairn.json('mine', 'auto', 'off');
    const after = await height();
    await cairn.json('ps');
    expect(await height()).toBe(after);
  });
});

describe('answers', () => {
  test('have the fields that scripts rely on', async () => {
    expect(Object.keys(await cairn.json<object>('chain'))).toEqual(
      expect.arrayContaining([
        ...['height', 'tip', 'work', 'networkId', 'accountsRoot', 'difficulty', 'mempool', 'peers'],
      ]),
    );
    expect(Object.keys(await cairn.json<object>('block', '0'))).toEqual(
      expect.arrayContaining([
        ...['id', 'height', 'previous', 'time', 'bits', 'nonce', 'work', 'roots', 'coinbase'],
        ...['transactions', 'confirmations'],
      ]),
    );
    const { peers } = await cairn.json<{ peers: readonly object[] }>('peers', '--node', '3');
    expect(peers).toHaveLength(2);
    expect(Object.keys(peers[0]!)).toEqual(
      expect.arrayContaining([
        ...['id', 'address', 'direction', 'height', 'latencyMs', 'bytesIn', 'bytesOut', 'agent'],
      ]),
    );
    const { tips } = await cairn.json<{ tips: readonly object[] }>('chain', 'tips');
    expect(tips[0]).toMatchObject({ status: 'active', branchLength: 0 });
  });

  test('--json=a,b picks fields, and --json never swallows a positional', async () => {
    const { stdout } = await cairn.run('chain', '--json=peers,height');
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['peers', 'height']);
    const block = await cairn.run('block', '--json', '0');
    expect(JSON.parse(block.stdout)).toMatchObject({ height: 0 });
    expect(await cairn.run('chain', '--json=heigth')).toMatchObject({ code: 2 });
  });

  test('an unknown transaction is an answer, an unknown block a failure', async () => {
    const id = 'ab'.repeat(32);
    expect(await cairn.json('tx', 'show', id)).toMatchObject({ id, status: 'unknown' });
    expect(await cairn.failure('block', id)).toMatchObject({ exit: 1, code: 'block-unknown' });
    expect(await cairn.failure('block', '4000000')).toMatchObject({ exit: 1 });
    expect(await cairn.failure('tx', 'show', 'abc')).toMatchObject({ exit: 2 });
  });

  test('the base port passes calls through, but not for foreign pages or hosts', async () => {
    const { explorer } = await cairn.json<{ explorer: string }>('up', '-d');
    const call = async (method: string, headers: Readonly<Record<string, string>> = {}) => {
      const call = { ...{ jsonrpc: '2.0', id: 1 }, method, params: {} };
      const { status, body } = await post(`${explorer}node/1/rpc`, headers, call);
      return `${status} ${body}`;
    };
    expect(await call('node.status')).toMatch(/^200 .*"height":\d+/);
    expect(await call('node.stop')).toMatch(/^401 .*"not-allowed"/);
    expect(await call('node.status', { host: 'evil.example' })).toMatch(/^403 /);
    expect(await call('node.status', { origin: 'http://evil.example' })).toMatch(/^403 /);
    const page = await fetch(explorer);
    expect(await page.text()).toContain('<td>running</td>');
  });
});

/** POSTs with exactly these headers: `fetch` would not send another host. */
function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const type = { 'content-type': 'application/json' };
    const outgoing = request(url, { method: 'POST', headers: { ...type, ...headers } });
    outgoing.on('error', reject).on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, body: text }));
    });
    outgoing.end(JSON.stringify(body));
  });
}

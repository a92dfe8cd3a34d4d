/** One real node in this process: its folder, its ports, what it refuses to start on, its end. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NodeProcess, NodeProcessOptions } from '../../../src/api/node-process.ts';
import { startNodeProcess } from '../../../src/api/node-process.ts';
import type { Client } from '../../../src/client/client.ts';
import { createClient } from '../../../src/client/client.ts';
import { DEV_ACCOUNTS, createDevSigner } from '../../../src/client/dev-accounts.ts';
import { createTransfer } from '../../../src/client/transfer.ts';
import { waitForTransaction } from '../../../src/client/wait.ts';

const genesisFile = fileURLToPath(new URL('../../../genesis.json', import.meta.url));
const [alice, bob, , , erin] = DEV_ACCOUNTS.map(({ address }) => address);
const ip = '127.0.0.1';

let folder: string;
let running: NodeProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-node-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((node) => node.stop()));
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<NodeProcessOptions> = {}): Promise<NodeProcess> {
  const node = await startNodeProcess({
    datadir: join(folder, 'a'),
    genesisFile,
    rpcPort: 0,
    listen: undefined,
    peers: [],
    cut: [],
    lab: true,
    version: '0.0.0',
    log: () => undefined,
    ...options,
  });
  running.push(node);
  return node;
}

function clientOf({ rpcUrl }: NodeProcess, name = 'a'): Client {
  const cookie = readFileSync(join(folder, name, 'cookie'), 'utf8');
  return createClient({ url: rpcUrl, cookie });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, ip, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('mines, pays, and has all of it after a restart', async () => {
  const first = await start();
  const client = clientOf(first);
  const { transaction, raw } = await createTransfer(client, createDevSigner('alice'), {
    outputs: [{ to: bob!, amount: '1.5' }],
  });
  expect(await client.call('tx.submit', { raw })).toMatchObject({ status: 'pending' });
  const mined = await client.call('mining.mine', { count: 2, to: erin! });
  expect(mined.blocks.map(({ height }) => height)).toEqual([1, 2]);
  const wait = { confirmations: 2, timeoutMs: 10_000 };
  expect(await waitForTransaction(client, transaction.id, wait)).toMatchObject({
    block: mined.blocks[0],
    confirmations: 2,
  });
  const before = await client.call('node.status', {});
  await first.stop();
  expect(await first.ended).toBeUndefined();
  expect(existsSync(join(folder, 'a', 'cookie'))).toBe(false);

  const again = clientOf(await start());
  const after = await again.call('node.status', {});
  expect([after.tip, after.accountsRoot]).toEqual([before.tip, before.accountsRoot]);
  expect(await again.call('account.get', { address: bob! })).toMatchObject({ balance: '1001.5' });
  expect(await again.call('tx.get', { id: transaction.id })).toMatchObject({ raw });
});

test('tells what happened to an account, page by page, the confirmed alone', async () => {
  const client = clientOf(await start());
  const pay = async (amount: string): Promise<string> => {
    const outputs = [{ to: bob!, amount }];
    const { raw } = await createTransfer(client, createDevSigner('alice'), { outputs });
    return (await client.call('tx.submit', { raw })).id;
  };
  const first = await pay('1.5');
  await client.call('mining.mine', { count: 1, to: bob! });
  const second = await pay('2');
  await client.call('mining.mine', { count: 1, to: erin! });
  await pay('3');

  const { entries, next } = await client.call('account.history', { address: bob! });
  expect(next).toBeNull();
  expect(entries.map(({ kind, id, change }) => [kind, id, change])).toEqual([
    ['received', second, '2'],
    ['mined', expect.stringMatching(/^[0-9a-f]{64}$/), '50.0002'],
    ['received', first, '1.5'],
    ['allocated', null, '1000'],
  ]);
  const sum = entries.reduce((total, { change }) => total + Number(change), 0);
  expect(String(sum)).toBe((await client.call('account.get', { address: bob! })).balance);
  expect(entries[0]).toMatchObject({ from: alice, fee: '0.0002', confirmations: 1 });
  expect(entries[0]!.block).toEqual((await client.call('tx.get', { id: second })).block);

  const paged: unknown[] = [];
  let before: string | undefined;
  do {
    const page = await client.call('account.history', { address: bob!, before, limit: 1 });
    paged.push(...page.entries);
    before = page.next ?? undefined;
  } while (before !== undefined);
  expect(paged).toEqual(entries);

  const sent = await client.call('account.history', { address: alice!, limit: 1 });
  expect(sent.entries).toMatchObject([{ kind: 'sent', change: '-2.0002', id: second }]);
});

test('syncs from a peer, refuses it when cut, and returns when healed', async () => {
  const port = await freePort();
  const source = await start({ listen: { ip, port } });
  expect(source.p2pUrl).toBe(`ws://${ip}:${port}`);
  await clientOf(source).call('mining.mine', { count: 3, to: erin! });
  const { tip } = await clientOf(source).call('node.status', {});

  const datadir = join(folder, 'b');
  const follower = clientOf(await start({ datadir, peers: [source.p2pUrl!] }), 'b');
  const status = async (): Promise<object> => follower.call('node.status', {});
  await expect.poll(status, { timeout: 10_000 }).toMatchObject({ tip, peers: 1, height: 3 });
  const { peers } = await follower.call('peers.list', {});
  expect(peers).toMatchObject([{ address: `${ip}:${port}`, direction: 'outbound', height: 3 }]);
  expect(peers[0]!.bytesIn).toBeGreaterThan(240);

  await follower.call('lab.cut', { endpoints: [`${ip}:${port}`] });
  await expect.poll(status, { timeout: 10_000 }).toMatchObject({ peers: 0 });
  await clientOf(source).call('mining.mine', { count: 1, to: alice! });
  expect(await status()).toMatchObject({ height: 3 });
  await follower.call('lab.cut', { endpoints: [] });
  await expect.poll(status, { timeout: 20_000 }).toMatchObject({ peers: 1, height: 4 });
});

test('mines by itself when told to, and stops by a call', async () => {
  const node = await start({ mine: { mode: 'continuous', to: erin! } });
  const client = clientOf(node);
  const height = async (): Promise<number> => (await client.call('node.status', {})).height;
  await expect.poll(height, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(await client.call('mining.auto', { mode: 'off' })).toEqual({ mode: 'off' });
  expect(await client.call('node.stop', {})).toEqual({});
  expect(await node.ended).toBeUndefined();
  await expect(client.call('node.status', {})).rejects.toMatchObject({ code: 'node-unreachable' });
});

describe('does not start', () => {
  test('twice in one folder', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'store-locked' });
  });

  test('on a port that is in use, and leaves its folder free', async () => {
    const port = await freePort();
    const listen = { ip, port };
    await start({ listen });
    const datadir = join(folder, 'b');
    await expect(start({ datadir, listen })).rejects.toMatchObject({ code: 'port-in-use' });
    const rpcPort = Number(new URL(running[0]!.rpcUrl).port);
    await expect(start({ datadir, rpcPort })).rejects.toMatchObject({ code: 'port-in-use' });
    await start({ datadir });
    expect(statSync(datadir).mode & 0o777).toBe(0o700);
  });

  test('on a genesis file that is missing, refused, or of another network', async () => {
    const missing = join(folder, 'missing.json');
    await expect(start({ genesisFile: missing })).rejects.toMatchObject({
      code: 'genesis-unreadable',
    });
    const other = join(folder, 'other.json');
    const dev = JSON.parse(readFileSync(genesisFile, 'utf8')) as object;
    writeFileSync(other, JSON.stringify({ ...dev, reward: '-1' }));
    await expect(start({ genesisFile: other })).rejects.toMatchObject({
      code: 'genesis-value-wrong',
    });
    await (await start()).stop();
    writeFileSync(other, JSON.stringify({ ...dev, salt: '0000000000000001' }));
    await expect(start({ genesisFile: other })).rejects.toMatchObject({
      code: 'store-other-network',
      exitCode: 7,
    });
  });

  test.each([
    ['peer-address-malformed', { peers: ['ws://localhost:7501'] }],
    ['peer-address-malformed', { cut: ['7501'] }],
    ['address-malformed', { mine: { mode: 'on-tx', to: 'erin' } as const }],
  ])('with options that mean nothing: %s', async (code, options) => {
    await expect(start(options)).rejects.toMatchObject({ code, exitCode: 2 });
  });
});

/** What each method answers, through the real HTTP port and the typed client. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesToHex } from '../../../src/core/base/bytes.ts';
import { toHeight } from '../../../src/core/base/types.ts';
import { encodeAddress } from '../../../src/core/codec/address.ts';
import type { Client } from '../../../src/client/client.ts';
import { createClient } from '../../../src/client/client.ts';
import type { ServedNode } from './served-node.ts';
import { serveMemoryNode } from './served-node.ts';

let served: ServedNode;
let client: Client;
let payee: string;
beforeAll(async () => {
  served = await serveMemoryNode({ lab: true });
  client = createClient({ url: served.api.url, cookie: served.cookie });
  const { params } = served.node.network;
  payee = encodeAddress(params.allocations[0]!.address, params.prefix);
});
afterAll(() => served.close());

test('node.status has every key that scripts rely on', async () => {
  const { network, blocks } = served.node;
  const status = await client.call('node.status', {});
  const tip = blocks.at(-1)!;
  expect(status).toMatchObject({
    network: network.params.name,
    networkId: network.id,
    prefix: network.params.prefix,
    height: blocks.length,
    tip: tip.header.id,
    accountsRoot: bytesToHex(tip.accountsRoot),
    bits: tip.header.bits.toString(16).padStart(8, '0'),
    mempool: { count: 0, bytes: 0, minimumFee: '0.0002' },
    peers: 0,
    syncing: null,
    reorganising: false,
    mining: { mode: 'off', to: null, hashRate: 0 },
    p2p: null,
    rpc: served.api.url,
    startedAt: 1_700_000_000,
    time: 1_700_000_100,
    lab: true,
  });
  expect(BigInt(status.work)).toBeGreaterThan(BigInt(status.difficulty));
});

describe('block.get', () => {
  test('answers a block by height and by id, with its bytes when asked', async () => {
    const last = served.node.blocks.at(-1)!;
    const byHeight = await client.call('block.get', { block: last.height });
    const byId = await client.call('block.get', { block: last.header.id, raw: true });
    expect(byId).toEqual({ ...byHeight, raw: bytesToHex(last.bytes) });
    expect(byHeight).toMatchObject({
      id: last.header.id,
      height: last.height,
      previous: last.header.parent,
      nonce: last.header.nonce,
      roots: {
        transactions: bytesToHex(last.transactionsRoot),
        accounts: bytesToHex(last.accountsRoot),
        history: bytesToHex(last.historyRoot),
      },
      coinbase: { id: last.coinbase.id },
      confirmations: 1,
    });
    expect(byHeight.transactions.map(({ id }) => id)).toEqual(
      last.transactions.map(({ id }) => id),
    );
  });

  test('answers genesis, which has no coinbase', async () => {
    const { id, params } = served.node.network;
    const genesis = await client.call('block.get', { block: 0 });
    const { time } = params;
    expect(genesis).toMatchObject({ id, height: 0, time, coinbase: null, transactions: [] });
    expect(await client.call('block.get', { block: id })).toEqual(genesis);
  });

  test.each([999, 'f'.repeat(64)])('knows no block %s', async (block) => {
    await expect(client.call('block.get', { block })).rejects.toMatchObject({
      code: 'block-unknown',
      data: { block },
    });
  });

  test.each([-1, 0.5, '5', 'F'.repeat(64), null, 2 ** 32])('takes no %j', async (block) => {
    const call = client.call('block.get', { block: block as number });
    await expect(call).rejects.toMatchObject({ code: 'params-invalid' });
  });
});

test('chain.tips and chain.tree tell the branches', async () => {
  const { blocks } = served.node;
  const last = blocks.at(-1)!;
  const { tips } = await client.call('chain.tips', {});
  expect(tips).toEqual([
    {
      height: last.height,
      id: last.header.id,
      status: 'active',
      branchLength: 0,
      work: expect.stringMatching(/^[0-9]+$/) as string,
    },
  ]);
  const tree = await client.call('chain.tree', { count: 2 });
  expect(tree.blocks.map(({ id }) => id)).toEqual(blocks.slice(-2).map(({ header }) => header.id));
  expect(Object.keys(tree.blocks[0]!).sort()).toEqual([
    'height',
    'id',
    'parent',
    'status',
    'time',
    'transactions',
    'work',
  ]);
});

describe('transactions', () => {
  test('an unknown one is no error', async () => {
    expect(await client.call('tx.get', { id: 'a'.repeat(64) })).toEqual({
      id: 'a'.repeat(64),
      status: 'unknown',
      reason: null,
      from: null,
      nonce: null,
      fee: null,
      outputs: [],
      memo: null,
      memoHex: null,
      block: null,
      confirmations: 0,
      raw: null,
    });
  });

  test('one that was submitted is shown, in the pool too', async () => {
    const sent = served.node.blocks.flatMap(({ transactions }) => transactions)[0]!;
    const raw = bytesToHex(sent.bytes);
    expect(await client.call('tx.submit', { raw })).toEqual({
      id: sent.id,
      status: 'pending',
      reason: null,
      announcedTo: 2,
    });
    const shown = await client.call('tx.get', { id: sent.id });
    expect(shown).toMatchObject({ status: 'pending', nonce: sent.nonce, raw, block: null });
    const { transactions } = await client.call('mempool.get', {});
    expect(transactions).toMatchObject([{ id: sent.id, size: sent.bytes.length, reason: null }]);
  });

  test('one that does not parse is refused with its code', async () => {
    const refused = client.call('tx.submit', { raw: 'ff' });
    await expect(refused).rejects.toMatchObject({
      code: 'tx-version-unknown',
      message: 'transaction version 255 is unknown',
      data: { version: 255 },
    });
  });

  test('the minimum fee grows with outputs and memo', async () => {
    expect(await client.call('tx.minimumFee', {})).toEqual({ fee: '0.0002' });
    const { fee } = await client.call('tx.minimumFee', { outputs: 2, memoBytes: 10 });
    expect(Number(fee)).toBeGreaterThan(0.0003);
  });
});

test('account.get shows what is confirmed and what is next', async () => {
  expect(await client.call('account.get', { address: payee })).toEqual({
    address: payee,
    balance: '1.5',
    nonce: 3,
    pending: { balance: '0.5', nonce: 4 },
  });
  const wrong = client.call('account.get', { address: payee.slice(0, -1) });
  await expect(wrong).rejects.toMatchObject({ code: 'address-malformed' });
});

describe('mining', () => {
  test('auto needs to know whom to pay and how often, once', async () => {
    const auto = (params: Parameters<typeof client.call<'mining.auto'>>[1]): Promise<unknown> =>
      client.call('mining.auto', params);
    await expect(auto({ mode: 'on-tx' })).rejects.toMatchObject({ code: 'params-invalid' });
    await expect(auto({ mode: 'interval', to: payee })).rejects.toMatchObject({
      data: { parameter: 'intervalSeconds' },
    });
    expect(await auto({ mode: 'interval', to: payee, intervalSeconds: 5 })).toEqual({
      mode: 'interval',
    });
    expect(await auto({ mode: 'continuous' })).toEqual({ mode: 'continuous' });
    const { mining } = await client.call('node.status', {});
    expect(mining).toMatchObject({ mode: 'continuous', to: payee });
    expect(await auto({ mode: 'off' })).toEqual({ mode: 'off' });
  });

  test('a template that cannot be made says why, a refused block its code', async () => {
    await expect(client.call('mining.template', { to: payee })).rejects.toMatchObject({
      code: 'template-unavailable',
      data: { reason: 'syncing' },
    });
    await expect(client.call('mining.submit', { block: '00' })).rejects.toMatchObject({
      code: 'block-accounts-root-wrong',
      data: { stated: 'aa', computed: 'bb' },
    });
  });
});

describe('peers and the lab', () => {
  test('peers.list shows who is wanted and not there, and why', async () => {
    expect((await client.call('peers.list', {})).missing).toEqual([
      { address: '127.0.0.1:7509', reason: 'unreachable' },
    ]);
  });

  test('peers.list shows connections with what passed over them', async () => {
    const height = toHeight(3);
    const endpoint = { ip: '::1', port: 7502 };
    const peer = { id: 4, endpoint, height, latencyMs: 0.5, agent: 'cairn/0.1.0' } as const;
    served.node.peers = [{ ...peer, direction: 'outbound' }];
    expect((await client.call('peers.list', {})).peers).toEqual([
      {
        id: 4,
        address: '[::1]:7502',
        direction: 'outbound',
        height: 3,
        latencyMs: 0.5,
        bytesIn: 10,
        bytesOut: 20,
        agent: 'cairn/0.1.0',
      },
    ]);
  });

  test('endpoints are an ip and a port, never a name', async () => {
    await client.call('peers.add', { url: 'ws://127.0.0.1:7502' });
    await client.call('peers.add', { url: 'ws://[::1]:7502/' });
    await client.call('lab.cut', { endpoints: ['127.0.0.1:7502', '127.0.0.1:7503'] });
    await client.call('lab.cut', { endpoints: [] });
    await client.call('lab.delay', { delays: [{ endpoint: '127.0.0.1:7502', delayMs: 300 }] });
    const cuts = ['cut 7502,7503', 'cut ', 'delay 300'];
    const done = ['add 127.0.0.1 7502', 'add ::1 7502', ...cuts];
    expect(served.node.asked.slice(-5)).toEqual(done);
    const wrong = [
      'ws://localhost:7502',
      'wss://127.0.0.1:7502#12',
      'ws://127.0.0.1',
      '127.1:7502',
    ];
    for (const url of [
      ...wrong,
      'ws://127.0.0.1:0',
      'ws://127.0.0.1:65536',
      'ws://a@127.0.0.1:1',
    ]) {
      const code = 'peer-address-malformed';
      await expect(client.call('peers.add', { url })).rejects.toMatchObject({ code });
    }
  });

  test('a peer that is not there cannot be dropped', async () => {
    await expect(client.call('peers.drop', { id: 7 })).rejects.toMatchObject({
      code: 'peer-unknown',
    });
  });

  test('fault controls exist in the lab only', async () => {
    const alone = await serveMemoryNode({ lab: false });
    const owner = createClient({ url: alone.api.url, cookie: alone.cookie });
    await expect(owner.call('lab.cut', { endpoints: [] })).rejects.toMatchObject({
      code: 'method-unknown',
    });
    await alone.close();
  });
});

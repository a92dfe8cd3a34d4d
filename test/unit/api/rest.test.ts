/** Reads by path: the same answers as JSON-RPC gives, the same checks, plain HTTP statuses. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeAddress } from '../../../src/core/codec/address.ts';
import { parseTxId } from '../../../src/core/base/types.ts';
import { createClient } from '../../../src/client/client.ts';
import type { Client } from '../../../src/client/client.ts';
import type { EventPageJson } from '../../../src/api/schemas/events.ts';
import type { ServedNode } from './served-node.ts';
import { serveMemoryNode } from './served-node.ts';

let served: ServedNode;
let client: Client;
let address: string;
beforeAll(async () => {
  served = await serveMemoryNode();
  client = createClient({ url: served.api.url });
  const { params } = served.node.network;
  address = encodeAddress(params.allocations[0]!.address, params.prefix);
});
afterAll(() => served.close());

async function get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const { status, body } = await served.send({ path: `/api${path}` });
  return { status, body: JSON.parse(body) as unknown };
}

test('every path answers what its method answers', async () => {
  const { id } = served.node.blocks[0]!.header;
  const unknown = 'a'.repeat(64);
  const pairs: readonly (readonly [string, unknown])[] = [
    ['/status', await client.call('node.status', {})],
    ['/tips', await client.call('chain.tips', {})],
    ['/tree?count=2', await client.call('chain.tree', { count: 2 })],
    ['/blocks', await client.call('block.list', {})],
    ['/blocks?before=2&limit=1', await client.call('block.list', { before: 2, limit: 1 })],
    ['/blocks/1', await client.call('block.get', { block: 1 })],
    ['/blocks/0', await client.call('block.get', { block: 0 })],
    [`/blocks/${id}?raw=true`, await client.call('block.get', { block: id, raw: true })],
    [`/tx/${unknown}`, await client.call('tx.get', { id: unknown })],
    [`/accounts/${address}`, await client.call('account.get', { address })],
    ['/mempool?limit=5', await client.call('mempool.get', { limit: 5 })],
    ['/peers', await client.call('peers.list', {})],
    ['/openrpc.json', await client.call('rpc.discover', {})],
  ];
  for (const [path, body] of pairs)
    expect({ path, ...(await get(path)) }).toEqual({ path, status: 200, body });
});

test('blocks are paged from the tip to genesis', async () => {
  const heights: number[] = [];
  let before: number | null = served.node.blocks.length + 1;
  while (before !== null) {
    const { blocks, next }: Awaited<ReturnType<typeof client.call<'block.list'>>> =
      await client.call('block.list', { before, limit: 2 });
    heights.push(...blocks.map(({ height }) => height));
    before = next;
  }
  const all = Array.from({ length: served.node.blocks.length + 1 }, (_, height) => height);
  expect(heights).toEqual(all.reverse());
  const last = served.node.blocks.at(-1)!;
  const [paid] = last.coinbase.outputs;
  const [row] = (await client.call('block.list', { limit: 1 })).blocks;
  const { prefix } = served.node.network.params;
  expect(row).toMatchObject({
    id: last.header.id,
    transactions: last.transactions.length,
    size: last.bytes.length,
    miner: paid === undefined ? null : encodeAddress(paid.address, prefix),
  });
});

test('events are paged by number and topic', async () => {
  for (let peer = 0; peer < 3; peer++) {
    const id = parseTxId(peer.toString().repeat(64))!;
    served.node.events.add({
      kind: 'transaction-changed',
      id,
      state: 'pending',
      reason: undefined,
    });
    served.node.events.add({
      kind: 'peer-left',
      peer,
      endpoint: { ip: '127.0.0.1', port: 7502 },
      code: 'cut',
    });
  }
  const page = async (query: string): Promise<EventPageJson> =>
    (await get(`/events${query}`)).body as EventPageJson;
  expect((await page('')).events.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  expect((await page('?limit=2')).events.map(({ number }) => number)).toEqual([5, 6]);
  expect((await page('?after=0&limit=2')).next).toBe(2);
  const peers = await page('?after=0&topics=peer,tip&limit=2&epoch=first');
  expect(peers.events.map(({ number }) => number)).toEqual([2, 4]);
  expect(await page(`?after=${peers.next}&topics=peer,tip`)).toMatchObject({
    next: 6,
    gap: null,
    events: [{ number: 6, topic: 'peer', data: { id: 2 } }],
  });
  expect((await page('?after=2&epoch=other')).gap).toEqual({ reason: 'restarted', missed: null });
});

describe('what is wrong is said', () => {
  test.each([
    ['/blocks/999', 404, 'block-unknown'],
    [`/blocks/${'f'.repeat(64)}`, 404, 'block-unknown'],
    ['/blocks/x', 400, 'params-invalid'],
    ['/blocks/1?more=1', 400, 'params-invalid'],
    ['/blocks?limit=0', 400, 'params-invalid'],
    ['/blocks?limit=1&limit=2', 400, 'params-invalid'],
    ['/tx/1', 400, 'params-invalid'],
    ['/accounts/nobody', 400, 'address-malformed'],
    ['/events?topics=blocks', 400, 'params-invalid'],
    ['/mempool?__proto__=1', 400, 'params-invalid'],
  ])('%s', async (path, status, code) => {
    expect(await get(path)).toMatchObject({ status, body: { error: { code } } });
  });

  test('nothing but reads is here', async () => {
    expect((await served.send({ path: '/api/status', method: 'POST' })).status).toBe(405);
    expect((await get('/node/stop')).status).toBe(404);
    expect(served.node.asked).toEqual([]);
  });

  test('no stranger reads', async () => {
    const headers = { origin: 'http://evil.example' };
    expect((await served.send({ path: '/api/status', headers })).status).toBe(403);
  });
});

test('nothing of all this was a crash', () => {
  expect(served.crashes).toEqual([]);
});

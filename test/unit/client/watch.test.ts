/** Watching and failing over: real ports that come, go and forget, and what is no node. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { EVENTS_KEPT_MAX } from '../../../src/api/limits.ts';
import { createClient } from '../../../src/client/client.ts';
import { isRpcError } from '../../../src/client/rpc-error.ts';
import type { ClientSocket } from '../../../src/client/socket.ts';
import type { WatchItem } from '../../../src/client/watch.ts';
import type { ServedNode } from '../api/served-node.ts';
import { serveMemoryNode } from '../api/served-node.ts';

let served: ServedNode[];
let leave: AbortController;
beforeEach(() => {
  served = [];
  leave = new AbortController();
});
afterEach(async () => {
  leave.abort();
  await Promise.all(served.map((node) => node.close()));
});

async function serve(port = 0): Promise<ServedNode> {
  const node = await serveMemoryNode({ port });
  served.push(node);
  return node;
}

function happen({ node }: ServedNode, peer: number): void {
  node.events.add({
    kind: 'peer-left',
    peer,
    endpoint: { ip: '127.0.0.1', port: 7502 },
    code: 'cut',
  });
}

/** Ends a node and forgets it. */
async function end(node: ServedNode): Promise<void> {
  served = served.filter((other) => other !== node);
  await node.close();
}

/** A port where nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

type Items = AsyncGenerator<WatchItem, void>;

async function next(items: Items): Promise<WatchItem> {
  const { value } = await items.next();
  expect(value).toBeDefined();
  return value as WatchItem;
}

/** The ids of the peers that the next events tell of. */
async function nextPeers(items: Items, count: number): Promise<unknown[]> {
  const ids: unknown[] = [];
  while (ids.length < count) {
    const item = await next(items);
    ids.push(item.kind === 'event' && item.event.topic === 'peer' ? item.event.data.id : item);
  }
  return ids;
}

describe('watching', () => {
  test('yields events as they happen, and ends by the signal', async () => {
    const node = await serve();
    const client = createClient({ url: node.api.url });
    const items = client.watch({ topics: ['peer'], signal: leave.signal });
    expect(await next(items)).toEqual({
      kind: 'connected',
      url: node.api.url,
      epoch: 'first',
      after: 0,
    });
    happen(node, 1);
    happen(node, 2);
    expect(await nextPeers(items, 2)).toEqual([1, 2]);
    const pending = items.next();
    leave.abort();
    expect(await pending).toMatchObject({ value: { kind: 'disconnected' } });
    expect((await items.next()).done).toBe(true);
  });

  test('resumes by number when the connection was lost', async () => {
    const node = await serve();
    const sockets: ClientSocket[] = [];
    const { openNodeSocket } = await import('../../../src/client/node-socket.ts');
    const client = createClient({
      url: node.api.url,
      openSocket: (url) => {
        const socket = openNodeSocket(url);
        sockets.push(socket);
        return socket;
      },
    });
    const items = client.watch({ topics: ['peer'], signal: leave.signal });
    await next(items);
    happen(node, 1);
    expect(await nextPeers(items, 1)).toEqual([1]);
    sockets[0]!.close();
    expect((await next(items)).kind).toBe('disconnected');
    happen(node, 2);
    happen(node, 3);
    expect(await next(items)).toMatchObject({ kind: 'connected', after: 1 });
    expect(await nextPeers(items, 2)).toEqual([2, 3]);
    expect(sockets).toHaveLength(2);
  });

  test('says what is lost when it comes back too late, or to another start', async () => {
    const node = await serve();
    for (let peer = 0; peer <= EVENTS_KEPT_MAX; peer++) happen(node, peer);
    const client = createClient({ url: node.api.url });
    const { signal } = leave;
    const late = client.watch({ topics: ['peer'], after: 0, epoch: 'first', signal });
    expect((await next(late)).kind).toBe('connected');
    expect(await next(late)).toEqual({ kind: 'gap', gap: { reason: 'overrun', missed: 1 } });
    expect(await nextPeers(late, 1)).toEqual([1]);
    await late.return();

    const before = client.watch({ topics: ['tip'], after: 5, epoch: 'earlier', signal });
    await next(before);
    expect(await next(before)).toEqual({
      kind: 'gap',
      gap: { reason: 'restarted', missed: null },
    });
  });

  test('waits for a node that is not there yet, and goes on after its restart', async () => {
    const url = await nobody();
    const port = Number(new URL(url).port);
    const items = createClient({ url }).watch({ topics: ['peer'], signal: leave.signal });
    const first = next(items);
    const node = await serve(port);
    expect(await first).toMatchObject({ kind: 'connected', url });
    await end(node);
    expect((await next(items)).kind).toBe('disconnected');
    const again = await serve(port);
    expect(await next(items)).toMatchObject({ kind: 'connected', epoch: 'first' });
    happen(again, 7);
    expect(await nextPeers(items, 1)).toEqual([7]);
  });

  test('goes over to the next node, and says that numbers begin anew', async () => {
    const [one, two] = [await serve(), await serve()];
    const client = createClient({ url: [one.api.url, two.api.url] });
    const items = client.watch({ topics: ['peer'], signal: leave.signal });
    expect(await next(items)).toMatchObject({ url: one.api.url });
    await end(one);
    expect((await next(items)).kind).toBe('disconnected');
    expect(await next(items)).toMatchObject({ kind: 'connected', url: two.api.url });
    expect(await next(items)).toMatchObject({ kind: 'gap', gap: { reason: 'restarted' } });
    happen(two, 9);
    expect(await nextPeers(items, 1)).toEqual([9]);
  });

  test('a refusal is thrown', async () => {
    const node = await serve();
    const topics = ['blocks'] as unknown as readonly ['block'];
    const items = createClient({ url: node.api.url }).watch({ topics, signal: leave.signal });
    await expect(items.next()).rejects.toMatchObject({ code: 'params-invalid' });
  });

  test('what speaks something else is no node', async () => {
    const http = createServer();
    const server = new WebSocketServer({ server: http, path: '/ws' });
    server.on('connection', (ws) => ws.on('message', () => ws.send('hello')));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const items = createClient({ url }).watch({ topics: ['tip'], signal: leave.signal });
    await expect(items.next()).rejects.toMatchObject({ code: 'answer-malformed' });
    for (const ws of server.clients) ws.terminate();
    http.close();
  });
});

describe('several nodes', () => {
  test('one that answers stands in for one that does not, and stays', async () => {
    const gone = await nobody();
    const [one, two] = [await serve(), await serve()];
    const client = createClient({ url: [gone, one.api.url, two.api.url] });
    expect((await client.call('node.status', {})).rpc).toBe(one.api.url);
    expect(client.url).toBe(one.api.url);
    await end(one);
    expect((await client.call('node.status', {})).rpc).toBe(two.api.url);
    expect(client.url).toBe(two.api.url);
  });

  test('what a node refuses is an answer: no other is asked', async () => {
    const [one, two] = [await serve(), await serve()];
    const client = createClient({ url: [one.api.url, two.api.url] });
    const refused = client.call('tx.submit', { raw: 'ff' });
    await expect(refused).rejects.toMatchObject({ code: 'tx-version-unknown' });
    expect(client.url).toBe(one.api.url);
  });

  test('none at all: the error of the last', async () => {
    const urls = [await nobody(), await nobody()];
    const error: unknown = await createClient({ url: urls })
      .call('node.status', {})
      .catch((thrown: unknown) => thrown);
    expect(isRpcError(error, 'node-unreachable')).toBe(true);
    expect(isRpcError(error, 'not-allowed')).toBe(false);
    expect(isRpcError(error)).toBe(true);
    expect(isRpcError(new Error('x'))).toBe(false);
  });
});

test('waiting tells when the block that confirmed it is reorganised out, and goes on', async () => {
  const node = await serve();
  const client = createClient({ url: node.api.url });
  const sent = node.node.blocks.flatMap(({ transactions }) => transactions)[0]!;
  node.node.memo = sent;
  node.node.confirmations = 1;
  const left: [number, string][] = [];
  const steps = [0, 1, 2];
  const waited = client.waitFor(sent.id, {
    confirmations: 2,
    timeoutMs: 10_000,
    onProgress: () => (node.node.confirmations = steps.shift() ?? 2),
    onReorganisedOut: (from, now) => left.push([from.height, now.status]),
  });
  expect(await waited).toMatchObject({ status: 'confirmed', confirmations: 2 });
  expect(left).toEqual([[node.node.blocks.length, 'pending']]);
});

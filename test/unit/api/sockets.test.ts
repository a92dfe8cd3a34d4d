/** WebSockets on the HTTP port: JSON-RPC over them, subscriptions, strangers, floods, slow ones. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as limits from '../../../src/api/limits.ts';
import type { EventJson } from '../../../src/api/schemas/events.ts';
import { parseTxId } from '../../../src/core/base/types.ts';
import type { ServedNode } from './served-node.ts';
import { serveMemoryNode } from './served-node.ts';

interface Message {
  readonly id?: number;
  readonly result?: {
    readonly subscription: number;
    readonly after: number;
    readonly gap: object | null;
  };
  readonly error?: { readonly code: number; readonly data: { readonly code: string } };
  readonly method?: string;
  readonly params?: { readonly subscription: number; readonly event: EventJson };
}

/** A caller on a socket that reads one message after another. */
class Caller {
  readonly ws: WebSocket;
  readonly #read: Message[] = [];
  #wake: () => void = () => undefined;

  constructor(headers: Readonly<Record<string, string>> = {}, path = '/ws') {
    this.ws = new WebSocket(`ws://127.0.0.1:${served.api.port}${path}`, { headers });
    this.ws.on('message', (data: Buffer) => {
      this.#read.push(JSON.parse(data.toString()) as Message);
      this.#wake();
    });
    this.ws.on('error', () => undefined);
    callers.push(this);
  }

  async opened(): Promise<this> {
    await once(this.ws, 'open');
    return this;
  }

  send(method: string, params: object = {}, id = 1): void {
    this.ws.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  }

  async next(): Promise<Message> {
    for (;;) {
      const message = this.#read.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async ask(method: string, params: object = {}): Promise<Message> {
    this.send(method, params);
    return this.next();
  }

  async nextEvent(): Promise<EventJson> {
    return (await this.next()).params!.event;
  }
}

let served: ServedNode;
let callers: Caller[];
beforeEach(async () => {
  callers = [];
  served = await serveMemoryNode();
});
afterEach(async () => {
  for (const { ws } of callers) ws.terminate();
  await served.close();
  expect(served.crashes).toEqual([]);
});

/** Lets something happen in the node: a transaction, and a peer that leaves. */
function happen(count = 1): void {
  for (let n = 0; n < count; n++) {
    const id = parseTxId(n.toString(16).padStart(64, '0'))!;
    served.node.events.add({
      kind: 'transaction-changed',
      id,
      state: 'pending',
      reason: undefined,
    });
  }
}

async function statusOfUpgrade(headers: Readonly<Record<string, string>>, path?: string) {
  const { ws } = new Caller(headers, path);
  const [, response] = (await once(ws, 'unexpected-response')) as [unknown, { statusCode: number }];
  return response.statusCode;
}

describe('who may connect', () => {
  test.each(['http://evil.example', 'null', 'https://localhost:1', ''])(
    'a page of "%s" may not (row 66)',
    async (origin) => {
      expect(await statusOfUpgrade({ origin })).toBe(403);
    },
  );

  test('the own origin may, and who states none', async () => {
    await new Caller({ origin: served.api.url }).opened();
    await new Caller().opened();
  });

  test('a name that is not loopback is misdirected (row 67)', async () => {
    expect(await statusOfUpgrade({ host: 'evil.example' })).toBe(421);
    expect(await statusOfUpgrade({ host: `evil.example:${served.api.port}` })).toBe(421);
  });

  test('other paths do not upgrade, and this one is nothing else', async () => {
    expect(await statusOfUpgrade({}, '/rpc')).toBe(404);
    expect((await served.send({ path: '/ws' })).status).toBe(426);
    expect((await served.send({ path: '/ws', method: 'POST' })).status).toBe(405);
  });

  test(`at most ${limits.SOCKETS_MAX}, and a place is free again when one leaves`, async () => {
    const open = await Promise.all(
      Array.from({ length: limits.SOCKETS_MAX }, () => new Caller().opened()),
    );
    expect(await statusOfUpgrade({})).toBe(503);
    open[0]!.ws.close();
    await once(open[0]!.ws, 'close');
    await new Caller().opened();
  });
});

describe('JSON-RPC', () => {
  test('calls, batches, notifications and errors are as over HTTP', async () => {
    const caller = await new Caller().opened();
    expect(await caller.ask('node.status')).toMatchObject({ id: 1, result: { peers: 0 } });
    caller.ws.send('{"jsonrpc":"2.0","method":"node.status"}');
    caller.ws.send('[{"jsonrpc":"2.0","id":7,"method":"chain.tips"}]');
    expect(await caller.next()).toMatchObject([{ id: 7 }]);
    caller.ws.send('{');
    expect((await caller.next()).error?.code).toBe(-32700);
  });

  test('the cookie of the handshake opens what needs it', async () => {
    const stranger = await new Caller().opened();
    expect((await stranger.ask('node.stop')).error?.data.code).toBe('not-allowed');
    const owner = await new Caller({ authorization: `Bearer ${served.cookie}` }).opened();
    expect((await owner.ask('node.stop')).error).toBeUndefined();
    expect(served.node.asked).toEqual(['stop']);
  });

  test('what is mined for a caller stops when it leaves', async () => {
    const owner = await new Caller({ authorization: `Bearer ${served.cookie}` }).opened();
    const { allocations, prefix } = served.node.network.params;
    expect(prefix).not.toBe('');
    expect(allocations.length).toBeGreaterThan(0);
    const block = await owner.ask('block.get', { block: 1 });
    const to = /"address":"([^"]+)"/.exec(JSON.stringify(block))?.[1];
    owner.send('mining.mine', { count: 1000, to });
    await expect.poll(() => served.node.asked).toContain('mine 1000');
    owner.ws.terminate();
    await expect.poll(() => served.node.asked).toContain('mine aborted');
  });

  test('binary messages end the connection', async () => {
    const caller = await new Caller().opened();
    caller.ws.send(Buffer.from('{}'));
    const [code] = (await once(caller.ws, 'close')) as [number];
    expect(code).toBe(1003);
  });

  test('a message over the limit ends the connection', async () => {
    const caller = await new Caller().opened();
    caller.ws.send(' '.repeat(limits.bodySizeMax(served.node.network.params.blockSizeMax) + 1));
    await once(caller.ws, 'close');
  });

  test('a node that stops says goodbye', async () => {
    const caller = await new Caller().opened();
    const closed = once(caller.ws, 'close');
    await served.api.close();
    expect((await closed)[0]).toBe(1001);
  });
});

describe('subscriptions', () => {
  test('need a socket', async () => {
    const { body } = await served.post(
      '{"jsonrpc":"2.0","id":1,"method":"events.subscribe","params":{"topics":["tip"]}}',
    );
    expect(body).toContain('socket-required');
  });

  test('bring the topics asked for, in order, after the answer', async () => {
    happen();
    const caller = await new Caller().opened();
    const { result } = await caller.ask('events.subscribe', { topics: ['peer'] });
    expect(result).toMatchObject({ after: 1, gap: null, epoch: 'first' });
    happen();
    served.node.events.add({
      kind: 'peer-left',
      peer: 4,
      endpoint: { ip: '127.0.0.1', port: 7502 },
      code: 'cut',
    });
    served.node.events.add({
      kind: 'peer-left',
      peer: 5,
      endpoint: { ip: '127.0.0.1', port: 7502 },
      code: 'cut',
    });
    expect(await caller.next()).toMatchObject({
      method: 'event',
      params: { subscription: result!.subscription, event: { number: 3, data: { id: 4 } } },
    });
    expect(await caller.nextEvent()).toMatchObject({ number: 4, data: { id: 5 } });
  });

  test('resume after a number', async () => {
    happen(5);
    const caller = await new Caller().opened();
    const place = { topics: ['tx'], after: 3, epoch: 'first' };
    expect((await caller.ask('events.subscribe', place)).result).toMatchObject({
      after: 3,
      gap: null,
    });
    expect((await caller.nextEvent()).number).toBe(4);
    expect((await caller.nextEvent()).number).toBe(5);
  });

  test('say plainly what is lost', async () => {
    happen(limits.EVENTS_KEPT_MAX + 3);
    const caller = await new Caller().opened();
    const late = await caller.ask('events.subscribe', { topics: ['peer'], after: 1 });
    expect(late.result?.gap).toEqual({ reason: 'overrun', missed: 2 });
    const other = { topics: ['peer'], after: 1, epoch: 'another' };
    const { result } = await caller.ask('events.subscribe', other);
    expect(result?.gap).toEqual({ reason: 'restarted', missed: null });
  });

  test(`end when asked to, and are ${limits.SUBSCRIPTIONS_PER_SOCKET_MAX} at most`, async () => {
    const caller = await new Caller().opened();
    const subscribe = (): Promise<Message> => caller.ask('events.subscribe', { topics: ['tx'] });
    const { result } = await subscribe();
    for (let n = 1; n < limits.SUBSCRIPTIONS_PER_SOCKET_MAX; n++) await subscribe();
    expect((await subscribe()).error?.data.code).toBe('subscription-limit');
    const { subscription } = result!;
    expect((await caller.ask('events.unsubscribe', { subscription })).result).toEqual({});
    expect((await caller.ask('events.unsubscribe', { subscription })).error?.data.code).toBe(
      'subscription-unknown',
    );
    expect((await subscribe()).error).toBeUndefined();
  });

  test('topics that do not exist are refused', async () => {
    const caller = await new Caller().opened();
    for (const topics of [[], ['blocks'], ['__proto__'], 'tip']) {
      const { error } = await caller.ask('events.subscribe', { topics });
      expect(error?.data.code).toBe('params-invalid');
    }
  });

  test('a reader that takes nothing is cut, with little waiting for it (row 65)', async () => {
    const socket = await openSilent('{"topics":["tx"]}');
    const before = process.memoryUsage().rss;
    // Far more than socket buffers and the ring hold.
    for (let round = 0; round < 20; round++) {
      happen(limits.EVENTS_KEPT_MAX);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(128 << 20);
    socket.resume();
    await once(socket, 'close');
    const back = await new Caller().opened();
    const { result } = await back.ask('events.subscribe', { topics: ['tx'], after: 1 });
    expect(result?.gap).toMatchObject({ reason: 'overrun' });
  });
});

/** A WebSocket by hand that subscribes and then reads nothing. */
async function openSilent(params: string): Promise<Socket> {
  const socket = connect(served.api.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    [
      'GET /ws HTTP/1.1',
      `Host: 127.0.0.1:${served.api.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '\r\n',
    ].join('\r\n'),
  );
  await once(socket, 'data');
  const text = `{"jsonrpc":"2.0","id":1,"method":"events.subscribe","params":${params}}`;
  const header = Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]);
  expect(text.length).toBeLessThan(126);
  socket.write(Buffer.concat([header, Buffer.from(text)]));
  await once(socket, 'data');
  socket.pause();
  return socket;
}

/** Owns: the transport over real sockets: delivery, order, and every limit filled. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Endpoint } from '../../../src/core/net/endpoint.ts';
import type { TransportInput, TransportOptions } from '../../../src/io/transport/ws-transport.ts';
import { WsTransport } from '../../../src/io/transport/ws-transport.ts';
import { eventually } from './eventually.ts';

const loopback: Endpoint = { ip: '127.0.0.1', port: 0 };
const cleanups: (() => unknown)[] = [];
afterEach(() => Promise.all(cleanups.splice(0).map((cleanup) => cleanup())));

interface Started {
  readonly transport: WsTransport;
  readonly inputs: TransportInput[];
  readonly endpoint: Endpoint;
  readonly kinds: () => string[];
  readonly messages: () => Uint8Array[];
}

async function start(limits: TransportOptions['limits'] = {}): Promise<Started> {
  const transport = new WsTransport({ listen: loopback, limits });
  const inputs: TransportInput[] = [];
  await transport.start((input) => inputs.push(input));
  cleanups.push(() => transport.stop());
  return {
    transport,
    inputs,
    endpoint: transport.endpoint!,
    kinds: () => inputs.map(({ kind }) => kind),
    messages: () => inputs.flatMap((input) => (input.kind === 'peer-message' ? [input.bytes] : [])),
  };
}

/** Two started transports with a connection between them; it is peer 1 on both sides. */
async function startPair(limits: TransportOptions['limits'] = {}): Promise<[Started, Started]> {
  const [listening, dialling] = [await start(limits), await start()];
  dialling.transport.dial(listening.endpoint);
  await eventually(() => {
    expect(dialling.kinds()).toContain('peer-connected');
    expect(listening.kinds()).toContain('peer-connected');
  });
  return [listening, dialling];
}

const untilClosed = ({ kinds }: Started): Promise<void> =>
  eventually(() => expect(kinds()).toContain('peer-closed'));

/** A plain WebSocket client that is open. */
async function openClient(endpoint: Endpoint): Promise<WebSocket> {
  const client = new WebSocket(`ws://${endpoint.ip}:${endpoint.port}`);
  client.on('error', () => undefined);
  cleanups.push(() => client.terminate());
  await once(client, 'open');
  return client;
}

/** A socket that has sent these bytes; what comes back is gathered until it ends. */
function openSocket(endpoint: Endpoint, bytes: string): { socket: Socket; ended: Promise<string> } {
  const socket = connect(endpoint.port, endpoint.ip);
  socket.on('error', () => undefined);
  cleanups.push(() => socket.destroy());
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.write(bytes);
  return { socket, ended: once(socket, 'close').then(() => answer) };
}

const upgrade = (headers = ''): string =>
  `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${headers}\r\n`;

/** The head of a masked frame with a zero mask. */
const frameHead = (first: number, size: number): Buffer =>
  size < 126
    ? Buffer.from([first, 0x80 | size, 0, 0, 0, 0])
    : Buffer.from([first, 0xfe, size >> 8, size & 255, 0, 0, 0, 0]);

/** A raw socket after a WebSocket handshake. */
async function openUpgraded(endpoint: Endpoint): Promise<Socket> {
  const { socket } = openSocket(endpoint, upgrade());
  await once(socket, 'data');
  return socket;
}

describe('between two nodes', () => {
  test('messages arrive whole, in order and in memory of their own', async () => {
    const [listening, dialling] = await startPair();
    const sent = Array.from({ length: 300 }, (_, i) => new Uint8Array(i * 11).fill(i));
    sent.push(new Uint8Array(2_097_152).fill(9));
    for (const bytes of sent) dialling.transport.send(1, bytes);
    await eventually(() => expect(listening.messages().length).toBe(sent.length));
    expect(listening.messages().every((bytes, i) => Buffer.compare(bytes, sent[i]!) === 0)).toBe(
      true,
    );
    for (const bytes of listening.messages()) {
      expect(bytes.constructor).toBe(Uint8Array);
      expect(bytes.buffer.byteLength).toBe(bytes.length);
    }
    const [traffic] = dialling.transport.traffic();
    expect(traffic).toMatchObject({ direction: 'outbound', remote: listening.endpoint });
    expect(traffic!.bytesOut).toBeGreaterThan(2_500_000);
    expect(listening.transport.traffic()[0]!.bytesIn).toBe(traffic!.bytesOut);
  });

  test('close flushes what waits, and both hear of it once', async () => {
    const [listening, dialling] = await startPair();
    listening.transport.send(1, Uint8Array.of(1));
    listening.transport.send(1, new Uint8Array(500_000));
    listening.transport.close(1, 'closing');
    listening.transport.send(1, Uint8Array.of(1));
    await Promise.all([untilClosed(listening), untilClosed(dialling)]);
    expect(dialling.kinds()).toEqual([
      'peer-connected',
      'peer-message',
      'peer-message',
      'peer-closed',
    ]);
    expect(listening.kinds()).toEqual(['peer-connected', 'peer-closed']);
    expect(listening.transport.traffic()).toEqual([]);
  });

  test('a peer that is not read from is heard later', async () => {
    const [listening, dialling] = await startPair();
    dialling.transport.send(1, Uint8Array.of(1));
    await eventually(() => expect(listening.messages().length).toBe(1));
    listening.transport.setReading(1, false);
    for (let i = 0; i < 50; i++) dialling.transport.send(1, new Uint8Array(100_000));
    await eventually(() => {
      expect(dialling.transport.traffic()[0]!.queuedBytes).toBeGreaterThan(0);
    });
    expect(listening.messages().length).toBe(1);
    listening.transport.setReading(1, true);
    await eventually(() => expect(listening.messages().length).toBe(51));
  });

  test('a dial that finds nobody, and one beyond the cap, fail', async () => {
    const { transport, inputs } = await start({ outboundMax: 1 });
    const nobody: Endpoint = { ip: '127.0.0.1', port: 1 };
    transport.dial(nobody);
    transport.dial({ ip: '127.0.0.1', port: 2 });
    await eventually(() => expect(inputs.length).toBe(2));
    expect(inputs).toContainEqual({ kind: 'dial-failed', endpoint: nobody });
  });

  test('a port in use is named', async () => {
    const { endpoint } = await start();
    const second = new WsTransport({ listen: endpoint });
    await expect(second.start(() => undefined)).rejects.toMatchObject({ code: 'port-in-use' });
  });
});

describe('the handshake', () => {
  test.each(['https://evil.example', 'null', ''])('refuses the origin "%s"', async (origin) => {
    const { endpoint, inputs } = await start();
    const { ended } = openSocket(endpoint, upgrade(`Origin: ${origin}\r\n`));
    expect(await ended).toMatch(/^HTTP\/1.1 403/);
    expect(inputs).toEqual([]);
  });

  test.each([
    ['2,000 headers', 'a: b\r\n'.repeat(2000)],
    ['65 headers', 'a: b\r\n'.repeat(65)],
    ['32 kB of spaces', `Sec-WebSocket-Protocol: a${' '.repeat(32_768)}b\r\n`],
  ])('refuses %s', async (_name, headers) => {
    const { endpoint, inputs } = await start();
    expect(await openSocket(endpoint, upgrade(headers)).ended).toMatch(/^(HTTP\/1.1 431|$)/);
    expect(inputs).toEqual([]);
  });

  test('refuses what is no upgrade', async () => {
    const { endpoint } = await start();
    const { ended } = openSocket(endpoint, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await ended).toMatch(/^HTTP\/1.1 426/);
    expect(await openSocket(endpoint, '\u0000\u0001 nonsense\r\n\r\n').ended).toMatch(/400/);
  });

  test('ends half requests and silence in time', async () => {
    const { endpoint } = await start({ handshakeTimeoutMs: 100 });
    await openSocket(endpoint, upgrade().slice(0, 40)).ended;
    await openSocket(endpoint, '').ended;
  });

  test('offers no compression, and takes none that is forced on it', async () => {
    const requests: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (chunk) => {
        requests.push(chunk.toString());
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
            'Sec-WebSocket-Accept: x\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
        );
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    const { transport, kinds } = await start();
    const address = server.address();
    if (typeof address !== 'object' || address === null) expect.fail();
    transport.dial({ ip: '127.0.0.1', port: address.port });
    await eventually(() => expect(kinds()).toEqual(['dial-failed']));
    expect(requests[0]).not.toMatch(/extensions|origin/i);
  });
});

describe('a message', () => {
  test('over the maximum is refused by its length, before it has arrived', async () => {
    const node = await start();
    const socket = await openUpgraded(node.endpoint);
    socket.write(Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 1, 0, 0, 0, 0]));
    await untilClosed(node);
    expect(node.messages()).toEqual([]);
  });

  test('that is text is refused', async () => {
    const node = await start();
    (await openClient(node.endpoint)).send('hello');
    await untilClosed(node);
    expect(node.messages()).toEqual([]);
  });

  test('in too many fragments is refused', async () => {
    const node = await start();
    const client = await openClient(node.endpoint);
    client.send(Uint8Array.of(1));
    for (let i = 0; i < 64; i++) client.send(Uint8Array.of(1), { fin: i === 63 });
    await eventually(() => expect(node.messages().length).toBe(2));
    for (let i = 0; i < 65; i++) client.send(Uint8Array.of(1), { fin: false });
    await untilClosed(node);
  });

  test('that comes first must be small', async () => {
    const node = await start();
    const socket = await openUpgraded(node.endpoint);
    socket.write(frameHead(0x82, 60_000));
    socket.write(new Uint8Array(5_000));
    await untilClosed(node);
  });

  test('that does not end in time ends the connection, control frames or not', async () => {
    const node = await start({ messageTimeoutMs: 300 });
    const socket = await openUpgraded(node.endpoint);
    socket.write(frameHead(0x02, 1));
    socket.write(Uint8Array.of(1));
    const pings = setInterval(() => socket.write(frameHead(0x89, 0)), 20);
    cleanups.push(() => clearInterval(pings));
    await untilClosed(node);
  });

  test('is not missed when only control frames come', async () => {
    const node = await start({ messageTimeoutMs: 100 });
    const socket = await openUpgraded(node.endpoint);
    const pings = setInterval(() => socket.write(frameHead(0x89, 0)), 20);
    cleanups.push(() => clearInterval(pings));
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(node.kinds()).toEqual(['peer-connected']);
  });

  test.each([
    ['reserved bits', Buffer.from([0xf2, 0x80, 0, 0, 0, 0])],
    ['a reserved opcode', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    ['no mask', Buffer.from([0x82, 0x01, 0])],
    ['a fragmented control frame', frameHead(0x09, 0)],
    ['a control frame of 126 bytes', Buffer.concat([frameHead(0x89, 126), Buffer.alloc(126)])],
    ['a bad close code', Buffer.concat([frameHead(0x88, 2), Buffer.from([0, 1])])],
    ['a continuation of nothing', frameHead(0x80, 0)],
  ])('with %s ends the connection', async (_name, bytes) => {
    const node = await start();
    (await openUpgraded(node.endpoint)).write(bytes);
    await untilClosed(node);
    expect(node.messages()).toEqual([]);
  });
});

describe('a peer that never reads', () => {
  test('is cut off when its queue is full', async () => {
    const node = await start({ sendQueueBytesMax: 1 << 20 });
    const socket = await openUpgraded(node.endpoint);
    socket.pause();
    const before = process.memoryUsage.rss();
    const message = new Uint8Array(100_000);
    for (let i = 0; i < 1000 && !node.kinds().includes('peer-closed'); i++) {
      node.transport.send(1, message);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await untilClosed(node);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 << 20);
  });

  test('is cut off when it takes nothing for too long', async () => {
    const node = await start({ sendStallMs: 200 });
    const socket = await openUpgraded(node.endpoint);
    socket.pause();
    for (let i = 0; i < 100; i++) node.transport.send(1, new Uint8Array(100_000));
    await untilClosed(node);
  });
});

describe('too many connections', () => {
  test('of one address: the oldest silent one gives way', async () => {
    const node = await start({ inboundPerLoopbackIpMax: 3 });
    const silent = openSocket(node.endpoint, '');
    const speaker = await openClient(node.endpoint);
    speaker.send(Uint8Array.of(7));
    await eventually(() => expect(node.messages().length).toBe(1));
    const others = [await openClient(node.endpoint), await openClient(node.endpoint)];
    await silent.ended;
    expect([speaker, ...others].map(({ readyState }) => readyState)).toEqual([1, 1, 1]);
  });

  test('of all: speakers stay, a newcomer is refused when all speak', async () => {
    const node = await start({ inboundMax: 2 });
    for (const _ of [1, 2]) (await openClient(node.endpoint)).send(Uint8Array.of(7));
    await eventually(() => expect(node.messages().length).toBe(2));
    expect(await openSocket(node.endpoint, upgrade()).ended).toBe('');
    expect(node.transport.traffic().length).toBe(2);
  });

  test('300 silent sockets do not keep a newcomer out', async () => {
    const node = await start();
    const sockets = Array.from({ length: 300 }, () => openSocket(node.endpoint, '').socket);
    await eventually(() => expect(sockets.every(({ connecting }) => !connecting)).toBe(true));
    const newcomer = await openClient(node.endpoint);
    newcomer.send(Uint8Array.of(7));
    await eventually(() => expect(node.messages().length).toBe(1));
  });
});

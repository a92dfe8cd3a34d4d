/**
 * The HTTP port against what web pages, strangers and slow clients try (real sockets on a free
 * port).
 */
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServedNode } from './served-node.ts';
import { serveMemoryNode } from './served-node.ts';

let served: ServedNode;
beforeAll(async () => {
  served = await serveMemoryNode();
});
afterAll(() => served.close());

const status = '{"jsonrpc":"2.0","id":1,"method":"node.status"}';
const stop = '{"jsonrpc":"2.0","id":1,"method":"node.stop"}';

/** Writes raw bytes and answers all that comes back. */
function exchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(served.api.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

describe('Host and Origin', () => {
  test.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost', '127.0.0.1.evil.example'])(
    'Host %s is misdirected',
    async (host) => {
      expect((await served.post(status, { host })).status).toBe(421);
      expect((await served.send({ path: '/', headers: { host } })).status).toBe(421);
    },
  );

  test('loopback names with the own port are served', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
      const host = `${name}:${served.api.port}`;
      expect((await served.post(status, { host })).status).toBe(200);
    }
  });

  test.each(['http://evil.example', 'null', 'http://localhost', 'https://localhost:7400', ''])(
    'Origin "%s" is refused',
    async (origin) => {
      expect((await served.post(status, { origin })).status).toBe(403);
    },
  );

  test('the own origin is served, and no answer invites others', async () => {
    const answer = await served.post(status, { origin: served.api.url });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-'))).toEqual([]);
    expect((await served.send({ method: 'OPTIONS', path: '/rpc' })).status).toBe(405);
  });

  test('no Host at all is no request', async () => {
    expect(await exchange('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await exchange('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('bodies', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', ''])(
    'content type "%s" is refused',
    async (type) => {
      expect((await served.post(status, { 'content-type': type })).status).toBe(415);
    },
  );

  test('parameters of the content type are no matter', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await served.post(status, headers)).status).toBe(200);
  });

  test('over 1 MiB is refused, whether announced or not', async () => {
    const body = ' '.repeat(1_048_577);
    expect((await served.post(body)).status).toBe(413);
    expect((await served.post(body, { 'transfer-encoding': 'chunked' })).status).toBe(413);
  });

  test('within it, a body may come in chunks', async () => {
    const answer = await served.post(status, { 'transfer-encoding': 'chunked' });
    expect([answer.status, answer.body]).toMatchObject([200, expect.stringContaining('"result"')]);
  });

  test.each(['\uFEFF{}', Buffer.from('{"x":"\xff"}', 'latin1')])('%j is no JSON', async (body) => {
    expect((await served.post(body)).body).toContain('-32700');
  });

  test('bad JSON is answered as JSON-RPC', async () => {
    const { status: code, body } = await served.post('{');
    expect([code, JSON.parse(body)]).toMatchObject([200, { id: null, error: { code: -32700 } }]);
  });

  test('notifications are answered by nothing', async () => {
    const answer = await served.post('{"jsonrpc":"2.0","method":"node.status"}');
    expect([answer.status, answer.body]).toEqual([204, '']);
  });

  test('headers have a limit', async () => {
    expect((await served.send({ headers: { long: 'x'.repeat(10_000) } })).status).toBe(431);
  });
});

describe('the cookie', () => {
  test('lies in a file that only its owner reads', () => {
    expect(statSync(served.cookiePath).mode & 0o777).toBe(0o600);
    expect(served.cookie).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['none', {}],
    ['a wrong one', { authorization: `Bearer ${'0'.repeat(64)}` }],
    ['another scheme', { authorization: `Basic ${'0'.repeat(64)}` }],
  ])('with %s, writes are refused with a hint', async (_, headers) => {
    const { status: code, body } = await served.post(stop, headers);
    expect(code).toBe(401);
    expect(JSON.parse(body)).toMatchObject({
      error: { code: -32001, data: { code: 'not-allowed', hint: expect.any(String) as string } },
    });
    expect(served.node.asked).not.toContain('stop');
  });

  test('is asked for before parameters are looked at, and within batches too', async () => {
    const mine = '{"jsonrpc":"2.0","id":1,"method":"mining.mine","params":[null]}';
    expect((await served.post(mine)).status).toBe(401);
    const { status: code, body } = await served.post(`[${status},${stop}]`);
    expect(code).toBe(200);
    expect(JSON.parse(body)).toMatchObject([{ id: 1 }, { error: { code: -32001 } }]);
  });

  test('opens writes', async () => {
    const authorization = `Bearer ${served.cookie}`;
    expect((await served.post(stop, { authorization })).body).toContain('"result":{}');
    expect(served.node.asked).toContain('stop');
  });
});

describe('paths', () => {
  test('the fixed ones answer', async () => {
    expect((await served.send({ path: '/healthz' })).body).toBe('{"ok":true}');
    expect((await served.send({ path: '/readyz' })).status).toBe(200);
    expect((await served.send({ path: '/style.css' })).headers['content-type']).toContain('css');
    expect((await served.send({ path: '/rpc' })).status).toBe(405);
  });

  const pieces = ['..', '%2e%2e', '%2e.', '..%2f', '..%5c', '%00', '....//', '..;', '%c0%ae%c0%ae'];
  const targets = ['etc/passwd', 'cookie', 'package.json', 'src/index.ts', 'windows/win.ini'];
  const traversals = pieces.flatMap((piece) =>
    targets.flatMap((target) =>
      [1, 3, 6, 12].flatMap((depth) => `/${`${piece}/`.repeat(depth)}${target}`),
    ),
  );

  test(`${traversals.length + 20} strings that climb reach nothing`, async () => {
    const more = Array.from({ length: 20 }, (_, i) => `/style.css/${'../'.repeat(i)}cookie`);
    for (const path of [...traversals, ...more]) {
      expect([path, (await served.send({ path })).status]).toEqual([path, 404]);
    }
    expect(traversals.length + more.length).toBeGreaterThanOrEqual(200);
  });
});

describe('the status page', () => {
  const hostile = '<script>alert(1)</script>"\'&\u202e\u0007<img src=x onerror=alert(1)>';

  test('shows hostile names as text, under a policy that runs no script', async () => {
    const port = 7501;
    const endpoint = { ip: '127.0.0.1', port };
    const latencyMs = undefined;
    const height = served.node.view.status().tip.height;
    served.node.peers = [
      { id: 1, endpoint, direction: 'inbound', height, latencyMs, agent: hostile },
    ];
    const { body, headers } = await served.send({ path: '/' });
    expect(body).toContain('&lt;script&gt;');
    expect(body).not.toMatch(/<script|<img|onerror=alert\(1\)>/i);
    expect(body).toContain(served.node.view.status().tip.id);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self'/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

test('a caller that leaves stops what was mined for it', async () => {
  const block = await served.post('{"jsonrpc":"2.0","id":1,"method":"block.get","params":[1]}');
  const to = /"address":"([^"]+)"/.exec(block.body)?.[1];
  const params = { count: 1000, to };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'mining.mine', params });
  const leave = new AbortController();
  const answer = fetch(`${served.api.url}/rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${served.cookie}` },
    body,
    signal: leave.signal,
  });
  const failed = expect(answer).rejects.toThrow();
  await expect.poll(() => served.node.asked).toContain('mine 1000');
  leave.abort();
  await failed;
  await expect.poll(() => served.node.asked).toContain('mine aborted');
});

test('nothing of all this was a crash', () => {
  expect(served.crashes).toEqual([]);
});

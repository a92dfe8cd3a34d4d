/**
 * Owns: a memory node behind the real HTTP port, for the tests of one file. Does not own: the node.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCookie } from '../../../src/api/cookie.ts';
import type { HttpApi } from '../../../src/api/http.ts';
import { serveNode } from '../../../src/api/http.ts';
import { Metrics } from '../../../src/api/metrics.ts';
import type { MemoryNode } from './memory-node.ts';
import { createMemoryNode } from './memory-node.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface ServedNode {
  readonly node: MemoryNode;
  readonly api: HttpApi;
  readonly cookie: string;
  readonly cookiePath: string;
  readonly metrics: Metrics;
  readonly crashes: string[];
  /** Sends exactly these headers (and a fitting Host, unless one is given). */
  send(options: {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  }): Promise<HttpAnswer>;
  /** POSTs a text as JSON-RPC. */
  post(body: string | Uint8Array, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export async function serveMemoryNode(
  options: { readonly lab?: boolean; readonly port?: number } = {},
): Promise<ServedNode> {
  const datadir = mkdtempSync(join(tmpdir(), 'cairn-api-'));
  const node = createMemoryNode(options);
  const cookie = createCookie(datadir);
  const crashes: string[] = [];
  const onCrash = (what: string, error: unknown): void =>
    void crashes.push(`${what}: ${String(error)}`);
  const metrics = new Metrics();
  const api = await serveNode({ node, cookie, metrics, port: options.port ?? 0, onCrash });

  const send: ServedNode['send'] = ({ method = 'GET', path = '/', headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const to = { host: '127.0.0.1', port: api.port, method, path, headers, agent: false };
      const outgoing = request(to, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode!, headers: response.headers, body: text });
        });
      });
      outgoing.on('error', reject).end(body);
    });

  return {
    node,
    api,
    cookie: readFileSync(cookie.path, 'utf8'),
    cookiePath: cookie.path,
    metrics,
    crashes,
    send,
    post: (body, headers = {}) =>
      send({
        method: 'POST',
        path: '/rpc',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      }),
    async close() {
      await api.close();
      cookie.remove();
      rmSync(datadir, { recursive: true });
    },
  };
}

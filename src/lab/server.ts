/**
 * Owns: the base port of a local network: a plain status page, and the way through to each node's
 * RPC.
 * Does not own: what nodes answer, or who may call (a node checks the cookie that is passed
 * through).
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, request } from 'node:http';
import type { StatusJson } from '../api/schemas/results.ts';
import { readStatuses, runningNodes } from './network-view.ts';
import { LOOPBACK, rpcPort } from './ports.ts';
import type { NetworkRecord } from './registry.ts';
import { readNetwork } from './registry.ts';

const PROXY_PATH = /^\/node\/([1-9][0-9]?)\/rpc$/;
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const PROXY_TIMEOUT_MS = 120_000;
const HEADERS_PASSED = ['authorization', 'content-type', 'accept'] as const;

/** Serves the network on `127.0.0.1:port` once the promise resolves. */
export async function serveLab(options: {
  readonly home: string;
  readonly name: string;
  readonly port: number;
}): Promise<Server> {
  const { home, name, port } = options;
  const server = createServer((incoming, response) => {
    if (!isFromHere(incoming, port)) {
      respond(response, 403, 'text/plain', 'this host or origin may not call\n');
      return;
    }
    void route(incoming, response, { home, record: readNetwork(home, name) }).catch(() => {
      if (!response.headersSent) respond(response, 502, 'text/plain', 'no answer\n');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port }, resolve);
  });
  return server;
}

/** A page of another site must neither reach us by a name of its own nor call from its origin. */
function isFromHere({ headers }: IncomingMessage, port: number): boolean {
  const hosts = [`${LOOPBACK}:${port}`, `localhost:${port}`];
  if (headers.host === undefined || !hosts.includes(headers.host)) return false;
  const { origin } = headers;
  return origin === undefined || hosts.some((host) => origin === `http://${host}`);
}

async function route(
  incoming: IncomingMessage,
  response: ServerResponse,
  lab: { readonly home: string; readonly record: NetworkRecord | undefined },
): Promise<void> {
  const { home, record } = lab;
  const path = incoming.url?.split('?')[0] ?? '/';
  if (record === undefined) respond(response, 503, 'text/plain', 'the network is gone\n');
  else if (path === '/healthz') respond(response, 200, 'application/json', '{"ok":true}\n');
  else if (path === '/' && incoming.method === 'GET') {
    const statuses = await readStatuses(runningNodes(home, record));
    respond(response, 200, 'text/html; charset=utf-8', renderPage(record, statuses));
  } else {
    const id = Number(PROXY_PATH.exec(path)?.[1] ?? 0);
    const isNode = record.nodes.some((node) => node.id === id);
    if (isNode && incoming.method === 'POST') passThrough(incoming, response, record, id);
    else respond(response, 404, 'text/plain', 'not found\n');
  }
}

function passThrough(
  incoming: IncomingMessage,
  response: ServerResponse,
  record: NetworkRecord,
  id: number,
): void {
  const headers: Record<string, string> = {};
  for (const name of HEADERS_PASSED) {
    const value = incoming.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const outgoing = request({
    ...{ host: LOOPBACK, port: rpcPort(record.portBase, id), path: '/rpc', method: 'POST' },
    headers,
    timeout: PROXY_TIMEOUT_MS,
  });
  outgoing.on('timeout', () => outgoing.destroy());
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, {
      'content-type': answer.headers['content-type'] ?? 'application/json',
    });
    answer.pipe(response);
  });
  outgoing.on('error', () => {
    if (!response.headersSent) respond(response, 502, 'text/plain', `node ${id} is not there\n`);
    else response.destroy();
  });
  response.on('close', () => outgoing.destroy());
  let sizeBytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= BODY_BYTES_MAX) return;
    outgoing.destroy();
    if (!response.headersSent) respond(response, 413, 'text/plain', 'too large\n');
    incoming.destroy();
  });
  incoming.pipe(outgoing);
}

function respond(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  });
  response.end(body);
}

function renderPage(
  record: NetworkRecord,
  statuses: ReadonlyMap<number, StatusJson | undefined>,
): string {
  const rows = record.nodes.map(({ id }) => {
    const status = statuses.get(id);
    const link = `<a href="http://${LOOPBACK}:${rpcPort(record.portBase, id)}/">node ${id}</a>`;
    const cells =
      status === undefined
        ? [link, 'stopped', '', '', '', '']
        : [
            ...[link, 'running', String(status.height), status.tip.slice(0, 16)],
            ...[String(status.peers), String(status.mempool.count)],
          ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const split = record.split?.groups.map((group) => group.join(', ')).join(' | ');
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="refresh" content="2"><title>cairn ${record.name}</title>
<style>body{font:15px system-ui;margin:2em}td,th{text-align:left;padding:.2em 1.2em .2em 0}</style>
<h1>Network ${record.name}</h1>
<p>${split === undefined ? 'All links stand.' : `Split: ${split}. Automatic mining is paused.`}</p>
<table><tr><th>Node<th>State<th>Height<th>Tip<th>Peers<th>Mempool</tr>${rows.join('\n')}</table>
</html>
`;
}

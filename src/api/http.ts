/**
 * Owns: the node's one HTTP port: routes, limits, content type, and what JSON-RPC becomes over
 * HTTP.
 * Does not own: JSON-RPC itself (api/rpc), who may reach it (api/guards) or the node (api/node-
 * access).
 */
import { isUtf8 } from 'node:buffer';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Context } from 'hono';
import { Hono } from 'hono';
import { OperationalError } from '../io/errors.ts';
import type { Cookie } from './cookie.ts';
import { guardLoopback, refusal } from './guards.ts';
import * as limits from './limits.ts';
import { createMethodTable } from './method-table.ts';
import type { NodeAccess } from './node-access.ts';
import type { RpcAnswer } from './rpc.ts';
import { createRpc } from './rpc.ts';
import { RPC_NUMBERS } from './rpc-error.ts';
import { STATUS_PAGE_CSS, renderStatusPage } from './status-page.ts';

const LOOPBACK = '127.0.0.1';

export interface HttpApi {
  /** `http://127.0.0.1:7401`. */
  readonly url: string;
  readonly port: number;
  /** Lets answers under way go out, then ends every connection. */
  close(): Promise<void>;
}

/** Serves a node on loopback; port 0 takes a free one. Throws `OperationalError` `port-in-use`. */
export async function serveNode(options: {
  readonly node: NodeAccess;
  readonly cookie: Cookie;
  readonly port: number;
  /** Hears of errors that are our own fault. */
  readonly onCrash: (what: string, error: unknown) => void;
}): Promise<HttpApi> {
  let port = 0;
  const app = createApp({ ...options, port: () => port });
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer(
    {
      maxHeaderSize: limits.HEADER_BYTES_MAX,
      headersTimeout: limits.HEADERS_TIMEOUT_MS,
      requestTimeout: limits.REQUEST_TIMEOUT_MS,
      keepAliveTimeout: limits.KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: limits.CONNECTIONS_CHECK_MS,
    },
    (request, response) => void listener(request, response),
  );
  server.maxConnections = limits.CONNECTIONS_MAX;
  port = await listen(server, options.port);
  return { url: `http://${LOOPBACK}:${port}`, port, close: () => close(server) };
}

function createApp(options: {
  readonly node: NodeAccess;
  readonly cookie: Cookie;
  readonly port: () => number;
  readonly onCrash: (what: string, error: unknown) => void;
}): Hono {
  const { node, cookie, port, onCrash } = options;
  const rpc = createRpc(createMethodTable(node.about.lab), onCrash);
  const rpcUrl = (): string => `http://${LOOPBACK}:${port()}`;
  const maxSize = limits.bodySizeMax(node.network.params.blockSizeMax);
  const tooLarge = refusal('body-too-large', `a request has at most ${maxSize} bytes`);

  const answerRpc = async (context: Context): Promise<Response> => {
    const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') {
      const wrong = refusal('content-type-wrong', 'send JSON-RPC as application/json');
      return context.json(wrong, 415);
    }
    const hasCookie = cookie.isIn(context.req.header('authorization'));
    const { signal } = context.req.raw;
    const call = { node, rpcUrl: rpcUrl(), signal, hasCookie, cookiePath: cookie.path };
    const text = await readText(context.req.raw, maxSize);
    if (text === undefined) return context.json(tooLarge, 413);
    const answer = await rpc.answer(text, call);
    if (answer === undefined) return context.body(null, 204);
    return context.json(answer, isRefusedForCookie(answer) ? 401 : 200);
  };

  const app = new Hono();
  app.use(guardLoopback(port));
  app.post('/', answerRpc);
  app.post('/rpc', answerRpc);
  app.get('/', async (context) =>
    context.html(await node.read((view) => renderStatusPage(view, node, rpcUrl()))),
  );
  app.get('/style.css', (context) => {
    context.header('content-type', 'text/css; charset=utf-8');
    return context.body(STATUS_PAGE_CSS);
  });
  app.get('/healthz', (context) => context.json({ ok: true }));
  app.get('/readyz', async (context) => {
    const { syncing, reorganising } = await node.read((view) => view.status());
    if (syncing === undefined && !reorganising) return context.json({ ok: true });
    return context.json({ ok: false, reason: reorganising ? 'reorganising' : 'syncing' }, 503);
  });
  for (const path of ['/', '/rpc', '/style.css', '/healthz', '/readyz']) {
    app.all(path, (context) => context.json(refusal('method-refused', 'not by this verb'), 405));
  }
  app.notFound((context) => context.json(refusal('path-unknown', 'nothing is here'), 404));
  app.onError((error, context) => {
    onCrash(context.req.path, error);
    return context.json(refusal('internal-error', 'the node failed to answer this'), 500);
  });
  return app;
}

/**
 * The body as text, or undefined when it is over the limit; bytes that are no UTF-8 read as no
 * JSON.
 */
async function readText(request: Request, sizeMax: number): Promise<string | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > sizeMax) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = request.body;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > sizeMax) return undefined;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return isUtf8(bytes) ? bytes.toString('utf8') : '';
}

function isRefusedForCookie(answer: NonNullable<RpcAnswer>): boolean {
  return 'error' in answer && answer.error?.code === RPC_NUMBERS.notAllowed;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE';
      reject(
        new OperationalError({
          code: inUse ? 'port-in-use' : 'listen-failed',
          message: inUse ? `port ${port} is in use` : `cannot listen on port ${port}`,
          hint: 'name another port with --rpc-port',
          cause: error,
        }),
      );
    });
    server.listen({ host: LOOPBACK, port }, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), limits.CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/**
 * Owns: the node's one HTTP port: routes, content type, and what JSON-RPC becomes over HTTP.
 * Does not own: JSON-RPC itself (api/rpc), sockets (api/socket-session), reads by path (api/rest),
 * who may reach it (api/guards), the port (api/http-server) or the node (api/node-access).
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Context } from 'hono';
import { Hono } from 'hono';
import { HttpSockets } from '../io/http-sockets.ts';
import type { Cookie } from './cookie.ts';
import { guardLoopback, judgeCaller, refusal } from './guards.ts';
import { LOOPBACK, closeServer, createLimitedServer, listenOn } from './http-server.ts';
import * as limits from './limits.ts';
import type { AuthorizedCall } from './method-table.ts';
import { createMethodTable } from './method-table.ts';
import type { Metrics } from './metrics.ts';
import type { NodeAccess } from './node-access.ts';
import { createRest } from './rest.ts';
import type { Rpc, RpcAnswer } from './rpc.ts';
import { createRpc } from './rpc.ts';
import { RPC_NUMBERS } from './rpc-error.ts';
import { SocketSession } from './socket-session.ts';
import { STATUS_PAGE_CSS, renderStatusPage } from './status-page.ts';

const SOCKET_PATH = '/ws';

export interface HttpApi {
  /** `http://127.0.0.1:7401`. */
  readonly url: string;
  readonly port: number;
  /** Lets answers under way go out, then ends every connection. */
  close(): Promise<void>;
}

interface ServeOptions {
  readonly node: NodeAccess;
  readonly cookie: Cookie;
  readonly metrics: Metrics;
  /** Hears of errors that are our own fault. */
  readonly onCrash: (what: string, error: unknown) => void;
}

/** What of a call every request of a connection shares. */
type CallBase = Omit<AuthorizedCall, 'signal' | 'subscriber'>;

interface Parts extends ServeOptions {
  readonly rpc: Rpc<AuthorizedCall>;
  readonly port: () => number;
  readonly bodySizeMax: number;
  readonly callBase: (authorization: string | undefined) => CallBase;
}

/** Serves a node on loopback; port 0 takes a free one. Throws `OperationalError` `port-in-use`. */
export async function serveNode(
  options: ServeOptions & { readonly port: number },
): Promise<HttpApi> {
  let port = 0;
  const { node, cookie, onCrash } = options;
  const urlNow = (): string => `http://${LOOPBACK}:${port}`;
  const parts: Parts = {
    ...options,
    rpc: createRpc(createMethodTable(node.about.lab), onCrash),
    port: () => port,
    bodySizeMax: limits.bodySizeMax(node.network.params.blockSizeMax),
    callBase: (authorization) => {
      const hasCookie = cookie.isIn(authorization);
      return { node, rpcUrl: urlNow(), hasCookie, cookiePath: cookie.path };
    },
  };
  const listener = getRequestListener(createApp(parts).fetch, { overrideGlobalObjects: false });
  const server = createLimitedServer((request, response) => void listener(request, response));
  const sockets = createSockets(parts, server);
  port = await listenOn(server, options.port);
  const close = async (): Promise<void> => {
    await Promise.all([sockets.close(limits.CLOSE_GRACE_MS), closeServer(server)]);
  };
  return { url: urlNow(), port, close };
}

function createSockets(
  { node, rpc, port, bodySizeMax, callBase }: Parts,
  server: ConstructorParameters<typeof HttpSockets>[0]['server'],
): HttpSockets {
  const judge = ({ headers: { host, origin } }: IncomingMessage): number | undefined =>
    judgeCaller({ host, origin }, port())?.status;
  return new HttpSockets({
    server,
    path: SOCKET_PATH,
    limits: {
      socketsMax: limits.SOCKETS_MAX,
      messageBytesMax: bodySizeMax,
      answeringMax: limits.ANSWERING_PER_SOCKET_MAX,
      queuedBytesHigh: limits.SOCKET_QUEUE_BYTES_HIGH,
      queuedBytesMax: limits.SOCKET_QUEUE_BYTES_MAX,
      pingIntervalMs: limits.SOCKET_PING_MS,
    },
    admit: judge,
    handle: (socket, { headers }) =>
      new SocketSession({
        socket,
        rpc,
        events: node.events,
        call: callBase(headers.authorization),
      }),
  });
}

function createApp(parts: Parts): Hono {
  const { node, metrics, port, callBase, onCrash, rpc } = parts;
  const callOf = ({ req }: Context): AuthorizedCall => ({
    ...callBase(req.header('authorization')),
    signal: req.raw.signal,
    subscriber: undefined,
  });
  const answerRpc = async (context: Context): Promise<Response> =>
    answerRequest(parts, context, callOf(context));

  const app = new Hono();
  app.use(guardLoopback(port));
  app.post('/', answerRpc);
  app.post('/rpc', answerRpc);
  app.route('/api', createRest(rpc, callOf));
  app.get('/', async (context) => {
    const { rpcUrl } = callOf(context);
    return context.html(await node.read((view) => renderStatusPage(view, node, rpcUrl)));
  });
  app.get('/style.css', (context) => {
    context.header('content-type', 'text/css; charset=utf-8');
    return context.body(STATUS_PAGE_CSS);
  });
  app.get('/metrics', async (context) => {
    context.header('content-type', metrics.contentType);
    return context.body(await metrics.text(node));
  });
  app.get('/healthz', (context) => context.json({ ok: true }));
  app.get('/readyz', async (context) => {
    const reason = await whyNotReady(node);
    return reason === undefined
      ? context.json({ ok: true })
      : context.json({ ok: false, reason }, 503);
  });
  app.get(SOCKET_PATH, (context) => {
    context.header('upgrade', 'websocket');
    return context.json(refusal('upgrade-required', 'this path speaks WebSocket'), 426);
  });
  for (const path of KNOWN_PATHS) {
    app.all(path, (context) => context.json(refusal('method-refused', 'not by this verb'), 405));
  }
  app.notFound((context) => context.json(refusal('path-unknown', 'nothing is here'), 404));
  app.onError((error, context) => {
    onCrash(context.req.path, error);
    return context.json(refusal('internal-error', 'the node failed to answer this'), 500);
  });
  return app;
}

const KNOWN_PATHS = [
  ...['/', '/rpc', '/style.css', '/metrics', '/healthz', '/readyz', SOCKET_PATH],
] as const;

/**
 * Ready: the store is open and it listens (nothing is served before), and its ledger is of one
 * tip. Not whether it is in step: any peer can claim a height.
 */
async function whyNotReady(node: NodeAccess): Promise<string | undefined> {
  try {
    const { reorganising } = await node.read((view) => view.status());
    return reorganising ? 'reorganising' : undefined;
  } catch {
    return 'stopping';
  }
}

async function answerRequest(
  { rpc, bodySizeMax }: Parts,
  context: Context,
  call: AuthorizedCall,
): Promise<Response> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    const wrong = refusal('content-type-wrong', 'send JSON-RPC as application/json');
    return context.json(wrong, 415);
  }
  const text = await readText(context.req.raw, bodySizeMax);
  if (text === undefined) {
    const tooLarge = refusal('body-too-large', `a request has at most ${bodySizeMax} bytes`);
    return context.json(tooLarge, 413);
  }
  const answer = await rpc.answer(text, call);
  if (answer === undefined) return context.body(null, 204);
  return context.json(answer, isRefusedForCookie(answer) ? 401 : 200);
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

/**
 * Owns: reads for browsers and curl: which path under /api is which method, and what its answer
 * becomes over HTTP.
 * Does not own: what methods do (api/methods), their parameters (schemas/methods).
 */
import type { Context } from 'hono';
import { Hono } from 'hono';
import { JSONRPCErrorException } from 'json-rpc-2.0';
import type { Json } from '../core/codec/json.ts';
import { refusal } from './guards.ts';
import type { AuthorizedCall } from './method-table.ts';
import type { Rpc } from './rpc.ts';
import { RPC_NUMBERS } from './rpc-error.ts';
import type { MethodName } from './schemas/methods.ts';
import type { ErrorDataJson } from './schemas/results.ts';

/** Path parameters and the query are the parameters of the method, by name. */
export const REST_PATHS: Readonly<Record<string, MethodName>> = {
  '/status': 'node.status',
  '/tips': 'chain.tips',
  '/tree': 'chain.tree',
  '/blocks': 'block.list',
  '/blocks/:block': 'block.get',
  '/tx/:id': 'tx.get',
  '/accounts/:address': 'account.get',
  '/accounts/:address/history': 'account.history',
  '/mempool': 'mempool.get',
  '/peers': 'peers.list',
  '/events': 'events.list',
  '/openrpc.json': 'rpc.discover',
};

/** What of the query is a list, written with commas. */
const LISTS: readonly string[] = ['topics'];
const NOT_FOUND: readonly string[] = ['block-unknown'];

type Params = Readonly<Record<string, Json>>;

/** Serves the reads; `callOf` makes the context of a call. */
export function createRest(
  rpc: Rpc<AuthorizedCall>,
  callOf: (context: Context) => AuthorizedCall,
): Hono {
  const app = new Hono();
  for (const [path, method] of Object.entries(REST_PATHS)) {
    app.get(path, async (context) => {
      try {
        const answer = await rpc.call(method, readParams(context), callOf(context));
        return context.json(answer as object);
      } catch (error) {
        if (!(error instanceof JSONRPCErrorException)) throw error;
        return context.json({ error: error.data as ErrorDataJson }, statusOf(error));
      }
    });
    app.all(path, (context) => context.json(refusal('method-refused', 'not by this verb'), 405));
  }
  return app;
}

/** Texts of a URL as the values they stand for; a schema refuses what is still wrong. */
function readParams(context: Context): Params {
  const query = Object.entries(context.req.queries()).map(([name, values]): [string, Json] => {
    const [value = ''] = values;
    if (LISTS.includes(name)) return [name, value.split(',')];
    return [name, values.length === 1 ? readValue(value) : values];
  });
  const path = Object.entries<string>(context.req.param()).map(([name, value]): [string, Json] => [
    name,
    readValue(value),
  ]);
  return Object.fromEntries([...query, ...path]);
}

/** Short digits are a number; an id of digits alone stays text. */
function readValue(text: string): Json {
  if (/^[0-9]{1,16}$/.test(text)) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}

function statusOf({ code, data }: JSONRPCErrorException): 400 | 404 | 500 | 503 {
  if (code === RPC_NUMBERS.internal) return 500;
  const reason = (data as ErrorDataJson).code;
  if (reason === 'node-stopping') return 503;
  return NOT_FOUND.includes(reason) ? 404 : 400;
}

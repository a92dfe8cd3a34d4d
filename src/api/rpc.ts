/**
 * Owns: JSON-RPC 2.0 over text: envelopes, batches, notifications, parameters by name or position,
 * codes.
 * Does not own: HTTP (api/http) or what methods do (api/methods).
 *
 * The library dispatches single calls; batches and envelopes are judged here, since it answers a
 * batch of
 * one with a bare object and throws on `null`.
 */
import type { JSONRPCRequest, JSONRPCResponse } from 'json-rpc-2.0';
import { JSONRPCErrorException, JSONRPCServer, createJSONRPCErrorResponse } from 'json-rpc-2.0';
import { z } from 'zod';
import { required } from '../core/base/assert.ts';
import type { Json } from '../core/codec/json.ts';
import { parseStrictJson } from '../core/codec/json.ts';
import { OperationalError } from '../io/errors.ts';
import { BATCH_MAX, JSON_DEPTH_MAX } from './limits.ts';
import { RPC_NUMBERS, createRpcError, operationalToRpcError } from './rpc-error.ts';
import type { ApiErrorCode } from './schemas/error-codes.ts';
import type { ErrorDataJson } from './schemas/results.ts';

/** One method as the dispatcher sees it; its parameters are those of `params` in their order. */
export interface RpcMethod<C> {
  readonly params: Readonly<Record<string, z.ZodType>>;
  /** May throw what `createRpcError` makes, before parameters are looked at. */
  readonly admit?: (context: C) => void;
  readonly run: (params: Readonly<Record<string, unknown>>, context: C) => unknown;
}

/** What goes back: nothing at all when only notifications came in. */
export type RpcAnswer = JSONRPCResponse | readonly JSONRPCResponse[] | undefined;

export interface Rpc<C> {
  /** Answers one request text; never throws. */
  answer(text: string, context: C): Promise<RpcAnswer>;
  /** Runs one method of the table on parameters by name; throws its error. */
  call(method: string, params: { readonly [name: string]: Json }, context: C): Promise<unknown>;
}

/** Makes a dispatcher; `onCrash` hears of errors that are our own fault. */
export function createRpc<C>(
  methods: ReadonlyMap<string, RpcMethod<C>>,
  onCrash: (method: string, error: unknown) => void,
): Rpc<C> {
  const server = new JSONRPCServer<C>({ errorListener: () => undefined });
  server.mapErrorToJSONRPCErrorResponse = (id, exception: JSONRPCErrorException) => {
    const data: unknown = exception.data;
    return createJSONRPCErrorResponse(id, exception.code, exception.message, data);
  };
  const runners = new Map<string, (given: Json | undefined, context: C) => Promise<unknown>>();
  for (const [name, method] of methods) {
    const schema = z.strictObject(method.params);
    const run = async (given: Json | undefined, context: C): Promise<unknown> => {
      try {
        method.admit?.(context);
        return await method.run(readParams(schema, given), context);
      } catch (error) {
        if (!isAnswer(error)) onCrash(name, error);
        throw toRpcException(error);
      }
    };
    runners.set(name, run);
    server.addMethod(name, run);
  }
  const single = async (payload: Json, context: C): Promise<JSONRPCResponse | null> => {
    const request = readRequest(payload);
    if (request === undefined) return refuse(payload, 'this is no JSON-RPC 2.0 request');
    if (server.hasMethod(request.method)) return server.receive(request, context);
    return request.id === undefined ? null : methodUnknown(request.method, request.id);
  };
  return {
    call: (name, params, context) =>
      required(runners.get(name), 'the caller names a method of the table')(params, context),
    async answer(text, context) {
      const parsed = parseStrictJson(text, JSON_DEPTH_MAX);
      if (parsed.kind === 'malformed') return parseError();
      if (parsed.kind === 'too-deep') return refuse(null, `nested deeper than ${JSON_DEPTH_MAX}`);
      if (parsed.kind === 'key-repeated') return refuse(null, 'an object repeats a key');
      const { value } = parsed;
      if (!isList(value)) return (await single(value, context)) ?? undefined;
      if (value.length === 0) return refuse(null, 'the batch is empty');
      if (value.length > BATCH_MAX)
        return refuse(null, `a batch has at most ${BATCH_MAX} requests`);
      const answers = await Promise.all(value.map((payload) => single(payload, context)));
      const spoken = answers.filter((answer) => answer !== null);
      return spoken.length === 0 ? undefined : spoken;
    },
  };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An id that can be echoed exactly; a number beyond 2^53 was rounded when it was read. */
function isId(id: Json | undefined): id is string | number | null {
  if (typeof id !== 'number') return typeof id === 'string' || id === null;
  return Number.isSafeInteger(id) || (!Number.isInteger(id) && Number.isFinite(id));
}

/** The envelope of a request with nothing else in it, or undefined when it is none. */
function readRequest(payload: Json): JSONRPCRequest | undefined {
  if (!isObject(payload)) return undefined;
  const { jsonrpc, method, params }: { readonly [key: string]: Json | undefined } = payload;
  if (jsonrpc !== '2.0' || typeof method !== 'string') return undefined;
  if (Object.hasOwn(payload, 'params') && (typeof params !== 'object' || params === null)) {
    return undefined;
  }
  if (!Object.hasOwn(payload, 'id')) return { jsonrpc, method, params };
  return isId(payload['id']) ? { jsonrpc, method, params, id: payload['id'] } : undefined;
}

/** Parameters by name, whichever way they came; throws `params-invalid`. */
function readParams(
  schema: z.ZodObject<Readonly<Record<string, z.ZodType>>>,
  given: Json | undefined,
): Readonly<Record<string, unknown>> {
  const names = Object.keys(schema.shape);
  if (given !== undefined && isList(given) && given.length > names.length) {
    throw paramsInvalid(`takes ${names.length} parameters, not ${given.length}`, names);
  }
  const named: unknown =
    given !== undefined && isList(given)
      ? Object.fromEntries(given.map((value, index) => [names[index], value]))
      : (given ?? {});
  const read = schema.safeParse(named);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw paramsInvalid(`${place === '' ? '' : `${place}: `}${issue?.message ?? 'wrong'}`, names);
}

function paramsInvalid(message: string, names: readonly string[]): JSONRPCErrorException {
  const hint = names.length === 0 ? 'it takes no parameters' : `parameters: ${names.join(', ')}`;
  return createRpcError(RPC_NUMBERS.paramsInvalid, { code: 'params-invalid', message, hint });
}

/**
 * Whether an error was meant for the caller: an answer of ours, or what the world did to the node.
 */
function isAnswer(error: unknown): boolean {
  return error instanceof JSONRPCErrorException || error instanceof OperationalError;
}

function toRpcException(error: unknown): JSONRPCErrorException {
  if (error instanceof JSONRPCErrorException) return error;
  if (error instanceof OperationalError) return operationalToRpcError(error);
  return createRpcError(RPC_NUMBERS.internal, {
    code: 'internal-error',
    message: 'the node failed to answer this',
    hint: 'its log says why',
  });
}

function errorData(code: ApiErrorCode, message: string): ErrorDataJson {
  return { code, message, facts: {} };
}

function parseError(): JSONRPCResponse {
  const data = errorData('request-malformed', 'the body is not JSON');
  return createJSONRPCErrorResponse(null, RPC_NUMBERS.parseError, 'Parse error', data);
}

function refuse(payload: Json, message: string): JSONRPCResponse {
  const claimed = isObject(payload) ? payload['id'] : null;
  const id = isId(claimed) ? claimed : null;
  const data = errorData('request-invalid', message);
  return createJSONRPCErrorResponse(id, RPC_NUMBERS.invalidRequest, 'Invalid Request', data);
}

function methodUnknown(name: string, id: string | number | null): JSONRPCResponse {
  const data = errorData('method-unknown', `there is no method ${name.slice(0, 64)}`);
  return createJSONRPCErrorResponse(id, RPC_NUMBERS.methodUnknown, 'Method not found', data);
}

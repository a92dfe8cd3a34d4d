/**
 * Owns: calling a node's JSON-RPC with types; runs in a browser as well.
 * Does not own: building payments (client/transfer) or waiting for them (client/wait).
 */
import type { MethodName, ParamsOf, ResultOf } from '../api/schemas/methods.ts';
import type { ErrorDataJson } from '../api/schemas/results.ts';
import { RpcError } from './rpc-error.ts';

export interface CallOptions {
  /** Gives up after this long; without it a call may take as long as the node needs. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Client {
  /** The node's address, without a slash at its end. */
  readonly url: string;
  /** Throws `RpcError`, or the signal's own reason when the caller aborted. */
  call<M extends MethodName>(
    method: M,
    params: ParamsOf<M>,
    options?: CallOptions,
  ): Promise<ResultOf<M>>;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly message?: unknown; readonly data?: Partial<ErrorDataJson> };
}

/**
 * Makes a client of the node at `url`; the cookie opens the methods that spend the node's
 * resources.
 */
export function createClient(options: {
  readonly url: string;
  readonly cookie?: string | undefined;
  /** For calls that name none. */
  readonly timeoutMs?: number | undefined;
}): Client {
  const url = options.url.replace(/\/+$/, '');
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (options.cookie !== undefined) headers['authorization'] = `Bearer ${options.cookie}`;
  let lastId = 0;
  return {
    url,
    async call<M extends MethodName>(method: M, params: ParamsOf<M>, how: CallOptions = {}) {
      lastId += 1;
      const body = JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params });
      const timeoutMs = how.timeoutMs ?? options.timeoutMs;
      const answer = await post({ url, headers, body, timeoutMs, signal: how.signal });
      if (answer.error !== undefined) throw toRpcError(answer.error);
      // The node of the same release made this answer from the same type.
      return answer.result as ResultOf<M>;
    },
  };
}

async function post(request: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}): Promise<Answer> {
  const { url, headers, body, timeoutMs, signal } = request;
  const limit = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const signals = [signal, limit].filter((one) => one !== undefined);
  let text: string;
  let status: number;
  try {
    const response = await fetch(`${url}/rpc`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.any(signals),
    });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    throw limit?.aborted === true ? timedOut(url, timeoutMs ?? 0) : unreachable(url, cause);
  }
  const answer = readAnswer(text);
  if (answer === undefined) throw malformed(url, status, text);
  return answer;
}

function readAnswer(text: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) return undefined;
    return 'result' in answer || 'error' in answer ? (answer as Answer) : undefined;
  } catch {
    return undefined;
  }
}

function toRpcError({ message, data }: NonNullable<Answer['error']>): RpcError {
  return new RpcError({
    code: data?.code ?? 'answer-malformed',
    message: data?.message ?? String(message),
    hint: data?.hint,
    data: data?.facts ?? {},
  });
}

function unreachable(url: string, cause: unknown): RpcError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const reason = inner instanceof Error && inner.message !== '' ? inner.message : 'no connection';
  const refused = reason.includes('ECONNREFUSED') ? 'connection refused' : reason;
  return new RpcError({
    code: 'node-unreachable',
    message: `no node answers at ${url} (${refused})`,
    hint: 'start one, or name one that runs',
    data: { url },
    cause,
  });
}

function timedOut(url: string, timeoutMs: number): RpcError {
  return new RpcError({
    code: 'call-timed-out',
    message: `the node at ${url} did not answer within ${timeoutMs / 1000} s`,
    data: { url, timeoutMs },
  });
}

function malformed(url: string, status: number, text: string): RpcError {
  return new RpcError({
    code: 'answer-malformed',
    message: `what answers at ${url} is no node (HTTP ${status}: ${text.slice(0, 80)})`,
    data: { url, status },
  });
}

/**
 * Owns: calling the JSON-RPC of a node, or of several where one stands in for another, with types;
 * runs in a browser as well.
 * Does not own: building payments (client/transfer), waiting (client/wait), watching
 * (client/watch).
 */
import type { MethodName, ParamsOf, ResultOf } from '../api/schemas/methods.ts';
import type { ErrorDataJson } from '../api/schemas/results.ts';
import { required } from '../core/base/assert.ts';
import { RpcError } from './rpc-error.ts';

export interface CallOptions {
  /** Gives up after this long; without it a call may take as long as the node needs. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Caller {
  /** The node that answered last, without a slash at its end. */
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

/** What another node may do better: the call said nothing about the ledger. */
const PASSED_ON: ReadonlySet<string> = new Set([
  'node-unreachable',
  'call-timed-out',
  'answer-malformed',
  'node-stopping',
]);

/** Makes a caller; each call goes to the node that answered last, then to the others in turn. */
export function createCaller(options: {
  readonly urls: readonly string[];
  readonly cookie?: string | undefined;
  /** For calls that name none; it counts for each node anew. */
  readonly timeoutMs?: number | undefined;
}): Caller {
  const { urls, cookie } = options;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (cookie !== undefined) headers['authorization'] = `Bearer ${cookie}`;
  let current = 0;
  let lastId = 0;
  const urlAt = (index: number): string => required(urls[index], 'a caller has a node');
  return {
    get url() {
      return urlAt(current);
    },
    async call<M extends MethodName>(method: M, params: ParamsOf<M>, how: CallOptions = {}) {
      lastId += 1;
      const body = JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params });
      const timeoutMs = how.timeoutMs ?? options.timeoutMs;
      const first = current;
      for (let tried = 1; ; tried++) {
        const index = (first + tried - 1) % urls.length;
        const url = urlAt(index);
        try {
          const answer = await ask({ url, headers, body, timeoutMs, signal: how.signal });
          current = index;
          // A node of the same release made this answer from the same type.
          return answer as ResultOf<M>;
        } catch (error) {
          const isPassedOn = error instanceof RpcError && PASSED_ON.has(error.code);
          if (!isPassedOn || tried === urls.length) throw error;
        }
      }
    },
  };
}

/** The result of one request to one node. */
async function ask(request: Parameters<typeof post>[0]): Promise<unknown> {
  const answer = await post(request);
  if (answer.error !== undefined) throw toRpcError(answer.error);
  return answer.result;
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

/** The error that a node answered. */
export function toRpcError({ message, data }: NonNullable<Answer['error']>): RpcError {
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

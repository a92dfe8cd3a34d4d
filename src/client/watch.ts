/**
 * Owns: following the numbered events of a node over a WebSocket: reconnecting, resuming by
 * number, saying what was missed.
 * Does not own: the socket itself: the platform's, or `ws` on Node (client/node-socket).
 */
import type { EventJson, EventNoticeJson, GapJson } from '../api/schemas/events.ts';
import type { SubscribedJson, Topic } from '../api/schemas/events.ts';
import type { ErrorDataJson } from '../api/schemas/results.ts';
import { required } from '../core/base/assert.ts';
import { toRpcError } from './caller.ts';
import { RpcError } from './rpc-error.ts';
import type { ClientSocket, SocketMaker } from './socket.ts';

export interface WatchOptions {
  readonly topics: readonly Topic[];
  /** Resumes after this number of this start of the node; from now on when left out. */
  readonly after?: number | undefined;
  readonly epoch?: string | undefined;
  /** Ends the watching. */
  readonly signal?: AbortSignal | undefined;
}

export type WatchItem =
  /** Events follow, the first with a number above `after`. */
  | {
      readonly kind: 'connected';
      readonly url: string;
      readonly epoch: string;
      readonly after: number;
    }
  | { readonly kind: 'event'; readonly event: EventJson }
  /** Events are lost for ever: read the state anew. */
  | { readonly kind: 'gap'; readonly gap: GapJson }
  /** It connects again by itself, where there are several to the next node. */
  | { readonly kind: 'disconnected'; readonly url: string };

interface Place {
  readonly url: string;
  readonly epoch: string | undefined;
  after: number | undefined;
}

const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 5_000;
/** What a slow reader leaves unread here; then it is disconnected, and resumes by number. */
const UNREAD_MAX = 10_000;

/**
 * Yields what happens until the signal aborts. Throws `RpcError` when a node refuses the
 * subscription; a node that cannot be reached is tried again.
 */
export async function* watchEvents(
  options: WatchOptions & {
    readonly urls: readonly string[];
    readonly openSocket: SocketMaker | undefined;
  },
): AsyncGenerator<WatchItem, void> {
  const { urls, topics, signal } = options;
  const openSocket = options.openSocket ?? (await defaultSocketMaker());
  let place: Place | undefined;
  let waitMs = RETRY_MS_MIN;
  for (let turn = 0; signal?.aborted !== true; turn++) {
    const url = required(urls[turn % urls.length], 'a watcher has a node');
    const isElsewhere = place !== undefined && place.url !== url;
    if (isElsewhere) place = undefined;
    const { after, epoch } = place ?? (isElsewhere ? NOWHERE : options);
    const feed = new Feed(openSocket, { url, topics, after, epoch, signal });
    let isConnected = false;
    for await (const item of feed.items()) {
      if (item.kind === 'connected') {
        isConnected = true;
        waitMs = RETRY_MS_MIN;
        place = { url, epoch: item.epoch, after: item.after };
        yield item;
        if (isElsewhere) yield { kind: 'gap', gap: { reason: 'restarted', missed: null } };
        continue;
      }
      if (item.kind === 'event' && place !== undefined) place.after = item.event.number;
      yield item;
    }
    if (isConnected) yield { kind: 'disconnected', url };
    await sleep(waitMs, signal);
    waitMs = Math.min(2 * waitMs, RETRY_MS_MAX);
  }
}

const NOWHERE = { after: undefined, epoch: undefined };

/** One connection: what it brings, in order, until it ends. */
class Feed {
  readonly #unread: WatchItem[] = [];
  readonly #socket: ClientSocket;
  readonly #url: string;
  #failure: RpcError | undefined;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(
    openSocket: SocketMaker,
    wanted: Omit<WatchOptions, 'topics'> & {
      readonly topics: readonly Topic[];
      readonly url: string;
    },
  ) {
    const { url, topics, after, epoch, signal } = wanted;
    this.#url = url;
    this.#socket = openSocket(`${url.replace(/^http/, 'ws')}/ws`);
    const params = { topics, after, epoch };
    const request = { jsonrpc: '2.0', id: 1, method: 'events.subscribe', params };
    this.#socket.addEventListener('open', () => this.#socket.send(JSON.stringify(request)));
    this.#socket.addEventListener('message', ({ data }) => this.#take(data));
    this.#socket.addEventListener('error', () => this.#end());
    this.#socket.addEventListener('close', () => this.#end());
    signal?.addEventListener('abort', () => this.#end(), { once: true });
    if (signal?.aborted === true) this.#end();
  }

  async *items(): AsyncGenerator<WatchItem, void> {
    try {
      for (;;) {
        const item = this.#unread.shift();
        if (item !== undefined) yield item;
        else if (this.#failure !== undefined) throw this.#failure;
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#end();
    }
  }

  #take(data: unknown): void {
    if (this.#ended) return;
    const message = readMessage(data);
    if (message?.kind === 'event') this.#unread.push(message);
    else if (message?.kind === 'subscribed') {
      const { epoch, after, gap } = message.subscribed;
      this.#unread.push({ kind: 'connected', url: this.#url, epoch, after });
      if (gap !== null) this.#unread.push({ kind: 'gap', gap });
    } else {
      this.#failure = message?.error ?? notOurs(this.#url);
      this.#end();
    }
    if (this.#unread.length > UNREAD_MAX) this.#end();
    this.#wake();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.close();
    this.#wake();
  }
}

type Message =
  | { readonly kind: 'event'; readonly event: EventJson }
  | { readonly kind: 'subscribed'; readonly subscribed: SubscribedJson }
  | { readonly kind: 'refused'; readonly error: RpcError };

/** A message of a node; undefined when it is none. */
function readMessage(data: unknown): Message | undefined {
  let message: unknown;
  try {
    message = JSON.parse(String(data));
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const { method, params, result, error } = message as {
    readonly method?: unknown;
    readonly params?: EventNoticeJson;
    readonly result?: SubscribedJson;
    readonly error?: { readonly message?: unknown; readonly data?: Partial<ErrorDataJson> };
  };
  if (method === 'event' && params !== undefined) return { kind: 'event', event: params.event };
  if (result !== undefined) return { kind: 'subscribed', subscribed: result };
  return error === undefined ? undefined : { kind: 'refused', error: toRpcError(error) };
}

function notOurs(url: string): RpcError {
  return new RpcError({
    code: 'answer-malformed',
    message: `what answers at ${url} is no node`,
    data: { url },
  });
}

/** The platform's WebSocket; Node has one from version 22 on. */
async function defaultSocketMaker(): Promise<SocketMaker> {
  const { WebSocket } = globalThis as {
    readonly WebSocket?: new (url: string) => ClientSocket;
  };
  if (WebSocket !== undefined) return (url) => new WebSocket(url);
  return (await import('./node-socket.ts')).openNodeSocket;
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted === true) end();
  });
}

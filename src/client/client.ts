/**
 * Owns: the client: one node or several as one object to call, wait and watch with.
 * Does not own: any of the three (client/caller, client/wait, client/watch).
 */
import type { TransactionJson } from '../api/schemas/results.ts';
import type { Caller } from './caller.ts';
import { createCaller } from './caller.ts';
import type { SocketMaker } from './socket.ts';
import type { WaitOptions } from './wait.ts';
import { waitForTransaction } from './wait.ts';
import type { WatchItem, WatchOptions } from './watch.ts';
import { watchEvents } from './watch.ts';

export interface Client extends Caller {
  /** Resolves when the transaction has its confirmations: see `waitForTransaction`. */
  waitFor(id: string, options: WaitOptions): Promise<TransactionJson>;
  /** The events of a node as they happen, reconnecting by itself: see `watchEvents`. */
  watch(options: WatchOptions): AsyncGenerator<WatchItem, void>;
}

/** One node, and its cookie for the methods that spend its resources; or several, without. */
export type ClientPlace =
  | { readonly url: string; readonly cookie?: string | undefined }
  | { readonly url: readonly string[]; readonly cookie?: undefined };

/** Makes a client. Of several nodes, the next one answers where one cannot. */
export function createClient(
  options: ClientPlace & {
    /** For calls that name none. */
    readonly timeoutMs?: number | undefined;
    /** Opens WebSockets; the platform's own, or else `ws`, when left out. */
    readonly openSocket?: SocketMaker | undefined;
  },
): Client {
  const { url, cookie, timeoutMs, openSocket } = options;
  const urls = (typeof url === 'string' ? [url] : url).map((text) => text.replace(/\/+$/, ''));
  const caller = createCaller({ urls, cookie, timeoutMs });
  return {
    get url() {
      return caller.url;
    },
    call: (method, params, how) => caller.call(method, params, how),
    waitFor: (id, how) => waitForTransaction(caller, id, how),
    watch: (how) => watchEvents({ ...how, urls, openSocket }),
  };
}

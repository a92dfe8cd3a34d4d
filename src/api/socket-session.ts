/**
 * Owns: one open WebSocket as a caller of the API: JSON-RPC over it, and what it has subscribed to.
 * Does not own: the socket (io/http-sockets), JSON-RPC (api/rpc) or the events (api/event-stream).
 */
import type { OpenSocket, SocketHandler } from '../io/http-sockets.ts';
import type { EventStream } from './event-stream.ts';
import * as limits from './limits.ts';
import type { AuthorizedCall } from './method-table.ts';
import type { Subscriber } from './methods/handler.ts';
import type { Rpc } from './rpc.ts';
import type { Topic } from './schemas/events.ts';

interface Subscription {
  readonly id: number;
  readonly topics: ReadonlySet<Topic>;
  /** The number of the last event that was sent or passed over. */
  after: number;
  /** Whether the answer that tells of it is out. */
  isAnswered: boolean;
}

/** Serves a socket until it closes. */
export class SocketSession implements SocketHandler {
  readonly #socket: OpenSocket;
  readonly #rpc: Rpc<AuthorizedCall>;
  readonly #events: EventStream;
  readonly #call: Omit<AuthorizedCall, 'signal' | 'subscriber'>;
  readonly #closed = new AbortController();
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #stopListening: () => void;
  #lastId = 0;

  constructor(options: {
    readonly socket: OpenSocket;
    readonly rpc: Rpc<AuthorizedCall>;
    readonly events: EventStream;
    readonly call: Omit<AuthorizedCall, 'signal' | 'subscriber'>;
  }) {
    this.#socket = options.socket;
    this.#rpc = options.rpc;
    this.#events = options.events;
    this.#call = options.call;
    this.#stopListening = this.#events.listen(() => this.onDrain());
  }

  async onText(text: string): Promise<void> {
    const begun: Subscription[] = [];
    const subscriber: Subscriber = {
      subscribe: (wanted) => this.#subscribe(wanted, begun),
      unsubscribe: (id) => this.#subscriptions.delete(id),
    };
    const call = { ...this.#call, signal: this.#closed.signal, subscriber };
    const answer = await this.#rpc.answer(text, call);
    if (answer !== undefined) this.#socket.send(JSON.stringify(answer));
    for (const subscription of begun) subscription.isAnswered = true;
    this.onDrain();
  }

  /** Sends what is due and the socket has room for; the rest waits in the ring. */
  onDrain(): void {
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.isAnswered) this.#send(subscription);
    }
  }

  onClose(): void {
    this.#stopListening();
    this.#subscriptions.clear();
    this.#closed.abort();
  }

  #subscribe(
    { topics, after }: Parameters<Subscriber['subscribe']>[0],
    begun: Subscription[],
  ): number | undefined {
    const { size } = this.#subscriptions;
    if (size >= limits.SUBSCRIPTIONS_PER_SOCKET_MAX || this.#closed.signal.aborted)
      return undefined;
    const id = ++this.#lastId;
    const subscription: Subscription = { id, topics: new Set(topics), after, isAnswered: false };
    this.#subscriptions.set(id, subscription);
    begun.push(subscription);
    return id;
  }

  #send(subscription: Subscription): void {
    while (subscription.after < this.#events.last) {
      if (this.#socket.queuedBytes > limits.EVENT_SEND_BYTES_MAX) return;
      const event = this.#events.at(subscription.after + 1);
      // It reads so slowly that the ring has gone on: it may come back and be told of the gap.
      if (event === undefined) return this.#socket.terminate();
      subscription.after = event.number;
      if (subscription.topics.has(event.topic)) {
        const params = `{"subscription":${subscription.id},"event":${event.text}}`;
        this.#socket.send(`{"jsonrpc":"2.0","method":"event","params":${params}}`);
      }
    }
  }
}

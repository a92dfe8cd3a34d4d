/**
 * Owns: an attacker on the peer port: WebSocket, messages by the second implementation's codec,
 * a chain to serve. Does not own: frames below WebSocket messages (raw-socket).
 */
import { randomBytes } from 'node:crypto';
import { afterAll } from 'vitest';
import { WebSocket } from 'ws';
import { hex } from '../../vectors/reference/bytes.mjs';
import { MESSAGES, decodeMessage, encodeMessage } from '../../vectors/reference/messages.mjs';
import { idOf } from './wallet.ts';
import type { ChainBuilder } from './chain-builder.ts';
import { idOfBlock, tipOf } from './chain-builder.ts';
import { WAIT_MS, within } from './until.ts';
import { nowSeconds } from './world.ts';

export interface Message {
  readonly name: string;
  readonly fields: Reference.Fields;
}

export interface Closed {
  /** The code of the goodbye that came before, if one did. */
  readonly goodbye: string | undefined;
}

type Handler = (fields: Reference.Fields) => void;

const HEADERS_MAX = 2000;
const open = new Set<RawPeer>();
afterAll(() => {
  for (const peer of open) peer.terminate();
});

export class RawPeer {
  readonly #socket: WebSocket;
  readonly #handlers = new Map<string, Handler>();
  readonly #waiting = new Set<() => void>();
  /** Every message that came, pings and pongs left out. */
  readonly received: Message[] = [];
  readonly closed: Promise<Closed>;
  #unhandled: Message[] = [];
  #taken = 0;
  #isOpen = true;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    open.add(this);
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isOpen = false;
        open.delete(this);
        this.#wake();
        const goodbye = this.all('goodbye').at(-1)?.fields['code'] as string | undefined;
        resolve({ goodbye });
      });
    });
  }

  /** A socket without a handshake. */
  static async connect(url: string): Promise<RawPeer> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const peer = new RawPeer(socket);
    await within(
      `a connection to ${url}`,
      new Promise((resolve, reject) => {
        socket.once('open', resolve);
        socket.once('error', reject);
      }),
    );
    return peer;
  }

  /** A connection that has said hello, with fields replaced, and was answered. */
  static async join(
    url: string,
    chain: ChainBuilder,
    hello: Reference.Fields = {},
  ): Promise<RawPeer> {
    const peer = await RawPeer.connect(url);
    peer.send('hello', { ...helloOf(chain), ...hello });
    await peer.next('hello');
    return peer;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** What came of one name so far. */
  all(name: string): readonly Message[] {
    return this.received.filter((message) => message.name === name);
  }

  send(name: string, values: Reference.Fields): void {
    this.sendBytes(encodeMessage(name, values));
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.#isOpen) this.#socket.send(bytes, () => undefined);
  }

  /** Resolves when the operating system has what was sent. */
  async flush(bytes: Uint8Array): Promise<void> {
    if (!this.#isOpen) return;
    await new Promise<void>((resolve) => this.#socket.send(bytes, () => resolve()));
  }

  /** The next message of one name that no `next` has returned yet; others are passed over. */
  async next(name: string, timeoutMs: number = WAIT_MS): Promise<Reference.Fields> {
    const find = (): Message | undefined => {
      const index = this.received.findIndex(
        (entry, at) => at >= this.#taken && entry.name === name,
      );
      if (index >= 0) this.#taken = index + 1;
      return this.received[index];
    };
    const wait = async (): Promise<Reference.Fields> => {
      for (;;) {
        const found = find();
        if (found) return found.fields;
        if (!this.#isOpen) throw new Error(`closed while waiting for ${name}`);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    };
    return within(`a ${name}`, wait(), timeoutMs);
  }

  /** Answers each message of one name, those that came before and found no handler too. */
  on(name: string, handler: Handler): this {
    this.#handlers.set(name, handler);
    const early = this.#unhandled.filter((message) => message.name === name);
    this.#unhandled = this.#unhandled.filter((message) => message.name !== name);
    for (const { fields } of early) handler(fields);
    return this;
  }

  /** Ping and its pong: whatever was sent before has been read. */
  async roundTrip(timeoutMs: number = WAIT_MS): Promise<void> {
    const value = hex(randomBytes(8));
    const answered = new Promise<void>((resolve, reject) => {
      this.on('pong', (fields) => {
        if (fields['value'] === value) resolve();
      });
      void this.closed.then(({ goodbye }) => reject(new Error(`closed: ${goodbye ?? 'silently'}`)));
    });
    this.send('ping', { value });
    await within('a pong', answered, timeoutMs);
  }

  /** Answers get-headers and get-blocks from a chain, as an honest peer would. */
  serve(chain: ChainBuilder, { bodies = true }: { readonly bodies?: boolean } = {}): this {
    const byId = new Map(chain.blocks.map((block) => [idOfBlock(block), block]));
    this.on('get-headers', ({ ids }) => {
      const start = (ids as string[])
        .map((id) => byId.get(id)?.height)
        .find((h) => h !== undefined);
      const after = chain.blocks.slice((start ?? 0) + 1, (start ?? 0) + 1 + HEADERS_MAX);
      this.send('headers', {
        tip: tipOf(chain.tip),
        headers: after.map(({ header }) => hex(header)),
      });
    });
    if (!bodies) return this;
    return this.on('get-blocks', ({ ids }) => {
      const wanted = ids as string[];
      for (const id of wanted) {
        const block = byId.get(id);
        if (block) this.send('block', { block: hex(block.bytes) });
      }
      const missing = wanted.filter((id) => !byId.has(id));
      if (missing.length > 0) this.send('blocks-missing', { ids: missing });
    });
  }

  /** Announces the tip of a chain; `extraWork` is claimed on top of what there is. */
  announce(chain: ChainBuilder, extraWork = 0n): void {
    this.send('new-tip', { tip: tipOf(chain.tip, extraWork), header: hex(chain.tip.header) });
  }

  /** Announces transactions and delivers those that are asked for. */
  offer(transactions: readonly Buffer[]): this {
    const byId = new Map(transactions.map((bytes) => [idOf(bytes), bytes]));
    this.on('get-transactions', ({ ids }) => {
      const wanted = (ids as string[]).flatMap((id) => byId.get(id) ?? []);
      if (wanted.length > 0) this.send('transactions', { transactions: wanted.map(hex) });
    });
    const ids = [...byId.keys()];
    for (let at = 0; at < ids.length; at += 1000) {
      this.send('inventory', { ids: ids.slice(at, at + 1000) });
    }
    return this;
  }

  /** Closes as WebSocket asks. */
  close(): Promise<Closed> {
    this.#socket.close();
    return this.closed;
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** No longer reads what comes. */
  pause(): void {
    this.#socket.pause();
  }

  #receive(bytes: Buffer): void {
    const kind = MESSAGES.find(({ type }) => type === bytes[0]);
    if (!kind) return;
    const fields = decodeMessage(kind, bytes);
    if (kind.name === 'ping') this.send('pong', fields);
    if (kind.name !== 'ping' && kind.name !== 'pong')
      this.received.push({ name: kind.name, fields });
    const handler = this.#handlers.get(kind.name);
    if (handler) handler(fields);
    else this.#unhandled.push({ name: kind.name, fields });
    this.#wake();
  }

  #wake(): void {
    for (const resume of this.#waiting) resume();
    this.#waiting.clear();
  }
}

/** What a well-behaved peer with this chain says first. */
export function helloOf(chain: ChainBuilder): Reference.Fields {
  return {
    protocolVersion: 1,
    networkId: idOfBlock(chain.blocks[0]!),
    nodeNonce: hex(randomBytes(8)),
    features: 0,
    listenPort: 0,
    time: nowSeconds(),
    tip: tipOf(chain.tip),
    agent: 'attacker',
  };
}

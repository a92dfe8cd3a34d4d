/**
 * Owns: a conversation with scripted peers under a clock of its own.
 * Does not own: what is expected of it.
 */
import { createRandom } from '../../src/core/base/random.ts';
import type { BlockId, TxId } from '../../src/core/base/types.ts';
import type { Message, MessageKind } from '../../src/core/codec/messages.ts';
import { decodeMessage, encodeMessage } from '../../src/core/codec/messages.ts';
import type { Tip } from '../../src/core/codec/tip.ts';
import type { NetInput, NetOutput, Outcome } from '../../src/core/net/border.ts';
import type { PoolView } from '../../src/core/net/chain-view.ts';
import { Conversation } from '../../src/core/net/conversation.ts';
import type { Endpoint, PeerId } from '../../src/core/net/endpoint.ts';
import { FAKE_GENESIS, FAKE_PARAMS, FakeChain, tipOf } from './fake-chain.ts';

class FakePool implements PoolView {
  readonly items = new Map<TxId, Uint8Array>();

  has(id: TxId): boolean {
    return this.items.has(id);
  }

  bytes(id: TxId): Uint8Array | undefined {
    return this.items.get(id);
  }

  page(after: TxId, countMax: number): readonly TxId[] {
    const ids = [...this.items.keys()].sort();
    return ids.filter((id) => id > after).slice(0, countMax);
  }
}

type MessageOf<K extends MessageKind, M = Message> = M extends { readonly kind: infer Kinds }
  ? K extends Kinds
    ? M
    : never
  : never;

export const GENESIS_TIP: Tip = tipOf(FAKE_GENESIS, 0);

export interface HelloOptions {
  readonly tip?: Tip;
  readonly nonce?: number;
  readonly listenPort?: number;
  readonly networkId?: BlockId;
  readonly protocolVersion?: number;
}

export function helloMessage(options: HelloOptions = {}): Message {
  return {
    kind: 'hello',
    protocolVersion: options.protocolVersion ?? 1,
    networkId: options.networkId ?? FAKE_GENESIS.id,
    nodeNonce: new Uint8Array(8).fill(options.nonce ?? 0x77),
    features: 0,
    listenPort: options.listenPort ?? 0,
    time: 0,
    tip: options.tip ?? GENESIS_TIP,
    agent: 'scripted',
  };
}

export class NetBench {
  readonly chain = new FakeChain();
  readonly pool = new FakePool();
  readonly conversation: Conversation;
  /** All outputs since the start, in order. */
  readonly outputs: NetOutput[] = [];
  readonly outcomes: Outcome[] = [];
  /** Whether delivered blocks are stored and connected at once, as a sound chain would. */
  acceptsBlocks = true;
  monotonicMs = 5000;
  wallMs = 1000 * (FAKE_PARAMS.time + 1_000_000);
  #nextPeer = 1;
  readonly #read = new Map<PeerId, number>();

  constructor(options: { readonly seed?: number; readonly listenPort?: number } = {}) {
    this.conversation = new Conversation({
      networkId: FAKE_GENESIS.id,
      params: FAKE_PARAMS,
      chain: this.chain,
      pool: this.pool,
      random: createRandom(new Uint8Array(16).fill(options.seed ?? 1)),
      agent: 'bench',
      listenPort: options.listenPort ?? 9000,
    });
  }

  get now(): { readonly monotonicMs: number; readonly wallMs: number } {
    return { monotonicMs: this.monotonicMs, wallMs: this.wallMs };
  }

  /** Runs one step and answers what came out of it. */
  step(act: () => void): readonly NetOutput[] {
    const from = this.outputs.length;
    act();
    this.#collect();
    this.conversation.settle(this.now);
    this.#collect();
    return this.outputs.slice(from);
  }

  input(input: NetInput): readonly NetOutput[] {
    return this.step(() => this.conversation.handle(input, this.now));
  }

  say(peer: PeerId, message: Message): readonly NetOutput[] {
    return this.sayBytes(peer, encodeMessage(message));
  }

  sayBytes(peer: PeerId, bytes: Uint8Array): readonly NetOutput[] {
    return this.input({ kind: 'peer-message', peer, bytes });
  }

  /** Opens a socket, without a hello from the peer. */
  connect(direction: 'inbound' | 'outbound' = 'inbound', remote?: Endpoint): PeerId {
    const peer = this.#nextPeer++;
    const endpoint = remote ?? { ip: '127.0.0.1', port: 20_000 + peer };
    this.input({ kind: 'peer-connected', peer, direction, remote: endpoint });
    return peer;
  }

  /** A peer whose handshake is done. */
  ready(options: HelloOptions & { readonly remote?: Endpoint } = {}): PeerId {
    const peer = this.connect('inbound', options.remote);
    this.say(peer, helloMessage({ nonce: peer & 0xff, ...options }));
    return peer;
  }

  /** Lets time pass, with a tick at each deadline. */
  advance(ms: number): void {
    const untilMs = this.monotonicMs + ms;
    for (let turns = 0; turns < 10_000; turns++) {
      const deadlineMs = Math.max(this.monotonicMs, this.conversation.deadlineMs());
      if (deadlineMs > untilMs) break;
      this.wallMs += deadlineMs - this.monotonicMs;
      this.monotonicMs = deadlineMs;
      this.step(() => this.conversation.tick(this.now));
    }
    this.wallMs += untilMs - this.monotonicMs;
    this.monotonicMs = untilMs;
  }

  /** The messages sent to a peer since they were last read. */
  sentTo(peer: PeerId): readonly Message[] {
    const from = this.#read.get(peer) ?? 0;
    this.#read.set(peer, this.outputs.length);
    return this.outputs.slice(from).flatMap((output) => {
      if (output.kind !== 'send' || output.peer !== peer) return [];
      const decoded = decodeMessage(output.bytes);
      if (!decoded.ok || decoded.value.kind === 'unknown')
        throw new Error('a sent message decodes');
      return [decoded.value];
    });
  }

  /** Those of one kind among the unread; reading leaves none of the others. */
  sentOf<K extends MessageKind>(peer: PeerId, kind: K): readonly MessageOf<K>[] {
    return this.sentTo(peer).filter(
      (message) => message.kind === kind,
    ) as unknown as readonly MessageOf<K>[];
  }

  /** The code with which a peer's connection was closed, if it was. */
  closeCode(peer: PeerId): string | undefined {
    for (const output of this.outputs) {
      if (output.kind === 'close' && output.peer === peer) return output.code;
    }
    return undefined;
  }

  dials(): readonly Endpoint[] {
    return this.outputs.flatMap((output) => (output.kind === 'dial' ? [output.endpoint] : []));
  }

  #collect(): void {
    for (const output of this.conversation.drain()) {
      this.outputs.push(output);
      if (output.kind !== 'block' && output.kind !== 'transactions') continue;
      this.outcomes.push(output);
      if (output.kind === 'block' && this.acceptsBlocks) this.#accept(output.id);
    }
  }

  #accept(id: BlockId): void {
    this.chain.storeBody(id);
    this.conversation.blockStored(id);
    if (this.chain.connectBest()) this.conversation.onTipChanged();
  }
}

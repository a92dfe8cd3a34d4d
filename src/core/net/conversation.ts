/**
 * Owns: the conversation with all peers as the node sees it: connections, hellos, and verdicts
 * carried out.
 * Does not own: any topic spoken of after the hello (net/topics), or the chain and pool. Layer 3.
 * docs/protocol.md sections 11 and 15.
 */
import { assertNever, required } from '../base/assert.ts';
import type { Now } from '../base/now.ts';
import type { Random } from '../base/random.ts';
import type { Reject, RejectCode, Result } from '../base/rejects.ts';
import { PASSED, reject, rejectKind } from '../base/rejects.ts';
import type { BlockId, Height, TxId } from '../base/types.ts';
import type { Hello, Message, UnknownMessage } from '../codec/messages.ts';
import { decodeMessage, encodeMessage, messageType } from '../codec/messages.ts';
import type { Params } from '../rules/params.ts';
import type { NetEvent, NetInput, NetOutput, PeerInfo } from './border.ts';
import type { ChainView, PoolView } from './chain-view.ts';
import { Connections } from './connections.ts';
import { consequenceOf } from './consequences.ts';
import type { MissingPeer } from './dialler.ts';
import type { PeerId } from './endpoint.ts';
import type { Environment } from './environment.ts';
import type { Identity } from './handshake.ts';
import { createHello } from './handshake.ts';
import { Outbox } from './outbox.ts';
import { PeerClock } from './peer-clock.ts';
import type { Peer } from './peers.ts';
import { Peers, hasShown, peerHas } from './peers.ts';
import { Topics } from './topics.ts';

export interface ConversationOptions {
  readonly networkId: BlockId;
  readonly params: Params;
  readonly chain: ChainView;
  readonly pool: PoolView;
  readonly random: Random;
  /** At most 64 printable ASCII characters. */
  readonly agent: string;
  /** 0 when the node does not listen. */
  readonly listenPort: number;
}

/**
 * A step feeds it by `handle` or `tick`, tells it what became of blocks, transactions and the tip,
 * and ends with `settle`, after which `deadlineMs` holds. Effects and outcomes wait in `drain`,
 * which may be emptied at any time.
 */
export class Conversation {
  readonly #env: Environment;
  readonly #identity: Identity;
  readonly #clock = new PeerClock();
  readonly #connections: Connections;
  readonly #topics: Topics;
  /** In peers' time. */
  #deadlineMs = Infinity;

  constructor(options: ConversationOptions) {
    const { networkId, params, chain, pool, random, agent, listenPort } = options;
    const [outbox, peers] = [new Outbox(), new Peers()];
    this.#env = { networkId, params, chain, pool, random, outbox, peers };
    this.#identity = { networkId, nodeNonce: random.bytes(8), listenPort, agent };
    this.#connections = new Connections(this.#env, this.#identity);
    this.#topics = new Topics(this.#env);
  }

  /** What must happen, and what peers brought, in order. */
  drain(): readonly NetOutput[] {
    return this.#env.outbox.drain();
  }

  /**
   * The monotonic time at which `tick` wants to be called; Infinity when there is nothing to wait
   * for.
   */
  deadlineMs(): number {
    return this.#clock.toMonotonicMs(this.#deadlineMs);
  }

  handle(input: NetInput, now: Now): void {
    const peersNow = this.#read(now);
    const nowMs = peersNow.monotonicMs;
    switch (input.kind) {
      case 'peer-connected': {
        this.#connected(input, peersNow);
        return;
      }
      case 'peer-message': {
        this.#received(input.peer, input.bytes, peersNow);
        return;
      }
      case 'peer-closed': {
        const peer = this.#env.peers.get(input.peer);
        if (peer) this.#forget(peer, 'connection-lost', nowMs);
        return;
      }
      case 'dial-failed': {
        this.#connections.dialFailed(input.endpoint, nowMs);
        return;
      }
      case 'add-peer': {
        this.#connections.addTarget(input.endpoint, nowMs);
        return;
      }
      case 'drop-peer': {
        const peer = this.#env.peers.get(input.peer);
        if (!peer) return;
        this.#connections.removeTarget(peer.listens ?? peer.remote);
        this.#close(peer, 'dropped', nowMs);
        return;
      }
      case 'set-cut':
        for (const peer of this.#connections.setCut(input.endpoints, nowMs)) {
          this.#close(peer, 'cut', nowMs);
        }
        return;
      default:
        assertNever(input);
    }
  }

  /** Gives up on what is overdue. */
  tick(now: Now): void {
    const nowMs = this.#read(now).monotonicMs;
    if (this.#deadlineMs > nowMs) return;
    for (const peer of this.#connections.overdue(nowMs)) this.#close(peer, 'timed-out', nowMs);
    for (const { peer, code } of this.#topics.expire(nowMs)) this.#close(peer, code, nowMs);
  }

  /** Ends a step: asks, answers, announces and dials what its changes call for. */
  settle(now: Now): void {
    const nowMs = this.#read(now).monotonicMs;
    this.#topics.settle(nowMs);
    this.#connections.dial(nowMs);
    this.#deadlineMs = Math.min(this.#topics.deadlineMs(), this.#connections.deadlineMs());
  }

  /**
   * There is a new tip, durably. Every peer is told, also those that have it: they know then where
   * this node stands. On the way to a heavier tip only those that lack it are.
   */
  onTipChanged(): void {
    this.#topics.requests.forgetRefusals();
    const { chain, peers } = this.#env;
    const tip = required(chain.find(chain.tip().id), 'the connected tip is known');
    const isOnTheWay = this.bestKnownHeight() > tip.height;
    this.#announceTip(peers.ready().filter((peer) => !isOnTheWay || !peerHas(peer, tip, chain)));
  }

  #announceTip(peers: readonly Peer[]): void {
    const { chain, outbox } = this.#env;
    const tip = chain.tip();
    const bytes = encodeMessage({ kind: 'new-tip', tip, header: chain.headerBytes(tip.id) });
    for (const peer of peers) outbox.push({ kind: 'send', peer: peer.id, bytes });
  }

  /**
   * These can be mined now. With `again`, peers that know them are told too: they may have lost
   * them.
   */
  announceTransactions(
    ids: readonly TxId[],
    now: Now,
    how: { readonly again: boolean } = { again: false },
  ): void {
    this.#topics.announcing.announce(ids, how, this.#read(now).monotonicMs);
  }

  /** The body of an outcome is stored, or was there already. */
  blockStored(id: BlockId): void {
    this.#topics.download.judged(id);
  }

  /** A body that a peer delivered was refused (B1 to B10). */
  blockRefused(
    block: { readonly id: BlockId; readonly peer: PeerId; readonly code: RejectCode },
    now: Now,
  ): void {
    this.#topics.download.judged(block.id);
    const sender = this.#env.peers.get(block.peer);
    if (sender) this.#judge(sender, reject(block.code), this.#read(now).monotonicMs);
    if (rejectKind(block.code) === 'invalid') this.blockInvalidated(block.id, block.code, now);
  }

  /** A block was marked invalid: who delivered it and who claims a chain with it vouched for it. */
  blockInvalidated(id: BlockId, code: RejectCode, now: Now): void {
    const { chain, peers } = this.#env;
    const nowMs = this.#read(now).monotonicMs;
    const sender = this.#topics.download.senderOf(id);
    const marked = chain.find(id);
    for (const peer of peers.ready()) {
      const vouches = peer.id === sender || (marked && hasShown(peer, marked, chain));
      if (vouches) this.#judge(peer, reject(code), nowMs);
    }
    this.#topics.branches.settle(this.#topics.headers.branchFacts());
    this.#topics.headers.wake(nowMs);
  }

  /** A peer's transaction was refused. */
  transactionRefused(
    transaction: { readonly id: TxId; readonly peer: PeerId; readonly code: RejectCode },
    now: Now,
  ): void {
    this.#topics.requests.refused(transaction.id);
    const peer = this.#env.peers.get(transaction.peer);
    if (peer) this.#judge(peer, reject(transaction.code), this.#read(now).monotonicMs);
  }

  /** Says goodbye to everybody, because the node stops. */
  closeAll(now: Now): void {
    const nowMs = this.#read(now).monotonicMs;
    for (const peer of this.#env.peers.all()) this.#close(peer, 'closing', nowMs);
  }

  /** The peers whose handshake is done. */
  peers(): readonly PeerInfo[] {
    return this.#env.peers.ready().map((peer) => {
      const { height, work } = peer.claimed ?? this.#env.chain.tip();
      const { id, direction, agent, latencyMs, connectedAtMs } = peer;
      const endpoint = peer.listens ?? peer.remote;
      return { peer: id, endpoint, direction, agent, height, work, latencyMs, connectedAtMs };
    });
  }

  /** Peers that the operator named and that are not connected, with the reason. */
  missing(): readonly MissingPeer[] {
    return this.#connections.missing();
  }

  /** The height of the heaviest branch that lacks bodies; the own tip's when none is heavier. */
  bestKnownHeight(): Height {
    const tip = this.#env.chain.tip();
    const best = this.#topics.branches.best();
    return best && best.work > tip.work ? best.height : tip.height;
  }

  #read(now: Now): Now {
    const monotonicMs = this.#clock.read(now.monotonicMs, this.#deadlineMs);
    return { monotonicMs, wallMs: now.wallMs };
  }

  #connected(input: Extract<NetInput, { readonly kind: 'peer-connected' }>, now: Now): void {
    const admission = this.#connections.admit(input, now.monotonicMs);
    if (admission.kind === 'refused') {
      this.#env.outbox.push({ kind: 'close', peer: input.peer, code: admission.code });
      return;
    }
    if (admission.evicted) this.#close(admission.evicted, 'evicted', now.monotonicMs);
    if (input.direction === 'outbound') this.#sayHello(admission.peer, now);
  }

  #sayHello(peer: Peer, now: Now): void {
    const tip = this.#env.chain.tip();
    peer.greetedWith = tip.id;
    const hello = createHello(this.#identity, tip, now.wallMs);
    this.#env.outbox.send(peer.id, hello);
  }

  #received(id: PeerId, bytes: Uint8Array, now: Now): void {
    const peer = this.#env.peers.get(id);
    if (!peer) return;
    peer.heardAtMs = now.monotonicMs;
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) {
      this.#judge(peer, decoded, now.monotonicMs);
      return;
    }
    const message = decoded.value;
    if (message.kind === 'goodbye') {
      this.#close(peer, message.code, now.monotonicMs);
      return;
    }
    const verdict =
      peer.stage === 'ready'
        ? this.#topics.take(peer, message, now)
        : this.#greet(peer, message, now);
    if (!verdict.ok) this.#judge(peer, verdict, now.monotonicMs);
  }

  /** Takes what should be a hello: `message-unexpected` and the codes of the handshake. */
  #greet(peer: Peer, message: Message | UnknownMessage, now: Now): Result<undefined> {
    if (message.kind !== 'hello') {
      const type = message.kind === 'unknown' ? message.type : messageType(message.kind);
      return reject('message-unexpected', { type });
    }
    const greeting = this.#connections.greet(peer, message);
    if (!greeting.ok) {
      // A handshake that cannot succeed ends whatever the code's kind; only blame depends on it.
      this.#connections.punish(peer, greeting, now.monotonicMs);
      this.#close(peer, greeting.code, now.monotonicMs);
    } else if (greeting.value.kind === 'cut') {
      this.#close(peer, 'cut', now.monotonicMs);
    } else {
      const { superseded } = greeting.value;
      if (superseded) this.#close(superseded, 'handshake-duplicate', now.monotonicMs);
      return this.#welcome(peer, message, now);
    }
    return PASSED;
  }

  #welcome(peer: Peer, hello: Hello, now: Now): Result<undefined> {
    if (peer.direction === 'inbound') this.#sayHello(peer, now);
    this.#env.peers.markReady(peer);
    this.#topics.addPeer(peer, now.monotonicMs);
    const endpoint = peer.listens ?? peer.remote;
    this.#env.outbox.push({
      kind: 'event',
      event: { kind: 'peer-ready', peer: peer.id, endpoint },
    });
    const claim = this.#topics.headers.noteClaim(peer, hello.tip, now.monotonicMs);
    // A tip that came between the two hellos was announced to ready peers only.
    if (claim.ok && peer.greetedWith !== this.#env.chain.tip().id) this.#announceTip([peer]);
    return claim;
  }

  /** Carries out what a verdict means for the peer. */
  #judge(peer: Peer, verdict: Reject, nowMs: number): void {
    if (consequenceOf(verdict.code) === 'ignore') return;
    this.#connections.punish(peer, verdict, nowMs);
    this.#close(peer, verdict.code, nowMs);
  }

  #close(peer: Peer, code: string, nowMs: number): void {
    if (this.#env.peers.get(peer.id) !== peer) return;
    this.#env.outbox.send(peer.id, { kind: 'goodbye', code });
    this.#env.outbox.push({ kind: 'close', peer: peer.id, code });
    this.#forget(peer, code, nowMs);
  }

  #forget(peer: Peer, code: string, nowMs: number): void {
    this.#env.peers.remove(peer.id);
    this.#topics.removePeer(peer.id, nowMs);
    this.#connections.ended(peer, code, nowMs);
    const endpoint = peer.listens ?? peer.remote;
    const event: NetEvent = { kind: 'peer-left', peer: peer.id, endpoint, code };
    this.#env.outbox.push({ kind: 'event', event });
  }
}

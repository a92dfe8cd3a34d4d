/**
 * Owns: the table of connections: what is common knowledge about each peer.
 * Does not own: the state of any one topic (each part of net keeps its own). Layer 3.
 */
import { required } from '../base/assert.ts';
import type { BlockId } from '../base/types.ts';
import type { Tip } from '../codec/tip.ts';
import type { Direction } from './border.ts';
import { BoundedMap } from './bounded.ts';
import type { ChainView, HeaderInfo } from './chain-view.ts';
import type { Endpoint, PeerId } from './endpoint.ts';
import { MISSING_REMEMBERED_MAX } from './limits.ts';

export interface Peer {
  readonly id: PeerId;
  readonly direction: Direction;
  /** Outbound: what was dialled. Inbound: the socket's remote end. */
  readonly remote: Endpoint;
  readonly connectedAtMs: number;
  /** Before and after its hello; changed by `Peers.markReady`. */
  stage: 'handshake' | 'ready';
  /** Where it listens, as far as known. */
  listens: Endpoint | undefined;
  agent: string;
  /** The own connected tip, as the own hello said. */
  greetedWith: BlockId | undefined;
  /** Its connected tip, as it last said. */
  claimed: Tip | undefined;
  /** The last header of its connected chain that is known here, as its answers showed. */
  shown: BlockId | undefined;
  /** Blocks it said it lacks, and until when it is believed. */
  readonly lacks: BoundedMap<BlockId, number>;
  heardAtMs: number;
  latencyMs: number | undefined;
  /** When it last brought something new: what eviction looks at. */
  blockAtMs: number;
  transactionAtMs: number;
}

export class Peers {
  readonly #all = new Map<PeerId, Peer>();
  #ready: readonly Peer[] = [];

  add(peer: Pick<Peer, 'id' | 'direction' | 'remote'>, nowMs: number): Peer {
    const added: Peer = {
      id: peer.id,
      direction: peer.direction,
      remote: peer.remote,
      connectedAtMs: nowMs,
      stage: 'handshake',
      listens: peer.direction === 'outbound' ? peer.remote : undefined,
      agent: '',
      greetedWith: undefined,
      claimed: undefined,
      shown: undefined,
      lacks: new BoundedMap(MISSING_REMEMBERED_MAX),
      heardAtMs: nowMs,
      latencyMs: undefined,
      blockAtMs: -Infinity,
      transactionAtMs: -Infinity,
    };
    this.#all.set(peer.id, added);
    return added;
  }

  remove(id: PeerId): void {
    this.#all.delete(id);
    this.#ready = this.#ready.filter((peer) => peer.id !== id);
  }

  /** Its hello was good: it takes part in everything from now on. */
  markReady(peer: Peer): void {
    peer.stage = 'ready';
    this.#ready = [...this.#ready, peer];
  }

  get(id: PeerId): Peer | undefined {
    return this.#all.get(id);
  }

  all(): readonly Peer[] {
    return [...this.#all.values()];
  }

  ready(): readonly Peer[] {
    return this.#ready;
  }
}

/** The highest header known here that is on the peer's connected chain. */
export function headOf(peer: Peer, chain: ChainView): HeaderInfo | undefined {
  const claimed = peer.claimed && chain.find(peer.claimed.id);
  if (claimed && !claimed.invalid) return claimed;
  const shown = peer.shown && chain.find(peer.shown);
  return shown && !shown.invalid ? shown : undefined;
}

/** Whether the peer's connected chain contains a known block, as far as can be told. */
export function peerHas(peer: Peer, block: HeaderInfo, chain: ChainView): boolean {
  const head = headOf(peer, chain);
  if (!head || head.height < block.height) return false;
  return chain.ancestorAt(head.id, block.height) === block.id;
}

/** Whether the peer claimed a chain with this block or sent headers on top of it. */
export function hasShown(peer: Peer, block: HeaderInfo, chain: ChainView): boolean {
  return [peer.claimed?.id, peer.shown].some((id) => {
    const head = id === undefined ? undefined : chain.find(id);
    if (!head || head.height < block.height) return false;
    return chain.ancestorAt(head.id, block.height) === block.id;
  });
}

/** A per-peer state of one topic, present from `peer-ready` until the peer leaves. */
export function stateOf<S>(states: ReadonlyMap<PeerId, S>, peer: Peer): S {
  return required(states.get(peer.id), 'every ready peer has a state in every part');
}

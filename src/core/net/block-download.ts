/**
 * Owns: fetching the bodies of branches worth it: which peer is asked for which block, and for how
 * long.
 * Does not own: which branches these are (net/header-branches) or judging a body (core/node). Layer
 * 3.
 */
import type { Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { BlockId } from '../base/types.ts';
import { decodeHeader, HEADER_SIZE } from '../codec/header.ts';
import { BLOCK_IDS_PER_MESSAGE_MAX } from '../codec/messages.ts';
import { BoundedMap, firstOf } from './bounded.ts';
import type { PeerId } from './endpoint.ts';
import type { HeaderInfo } from './chain-view.ts';
import type { Environment } from './environment.ts';
import type { Branch, HeaderBranches } from './header-branches.ts';
import * as limits from './limits.ts';
import type { Peer } from './peers.ts';
import { headOf, stateOf } from './peers.ts';

interface DownloadState {
  /** Blocks asked of this peer, with their deadlines, oldest first. */
  readonly inFlight: Map<BlockId, number>;
  /** How often each was asked of it and given up: so many late answers are no violation. */
  readonly givenUp: BoundedMap<BlockId, number>;
  inFlightMax: number;
  stallMs: number;
  stallCount: number;
  probationUntilMs: number;
}

/** A branch while requests are handed out. */
interface Lane {
  readonly branch: Branch;
  /** How many blocks of the branch each peer has. */
  readonly reach: ReadonlyMap<Peer, number>;
  readonly end: number;
  next: number;
}

/** A body that was asked for, for the node to judge. */
export interface DeliveredBlock {
  readonly id: BlockId;
  readonly bytes: Uint8Array;
}

export class BlockDownload {
  readonly #env: Environment;
  readonly #branches: HeaderBranches;
  readonly #states = new Map<PeerId, DownloadState>();
  /** Whom each block in flight was last asked of. */
  readonly #askedOf = new Map<BlockId, PeerId>();
  /** Handed to the node and not answered yet. */
  readonly #verifying = new Set<BlockId>();
  readonly #senders = new BoundedMap<BlockId, PeerId>(limits.SENDERS_REMEMBERED_MAX);
  readonly #reaches = new BoundedMap<string, number>(limits.REACHES_REMEMBERED_MAX);
  readonly #inFlightMax: number;
  readonly #inFlightPerPeerMax: number;

  constructor(env: Environment, branches: HeaderBranches) {
    this.#env = env;
    this.#branches = branches;
    const blocks = Math.floor(limits.BLOCK_BYTES_IN_FLIGHT_MAX / env.params.blockSizeMax);
    this.#inFlightMax = Math.max(limits.BLOCKS_IN_FLIGHT_PER_PEER_MAX, blocks);
    const blocksPerPeer = Math.floor(limits.PEER_BYTES_IN_FLIGHT_MAX / env.params.blockSizeMax);
    this.#inFlightPerPeerMax = Math.min(limits.BLOCKS_IN_FLIGHT_PER_PEER_MAX, blocksPerPeer);
  }

  addPeer(peer: Peer): void {
    this.#states.set(peer.id, {
      inFlight: new Map(),
      givenUp: new BoundedMap(limits.REQUESTED_REMEMBERED_MAX),
      inFlightMax: Math.min(limits.BLOCKS_IN_FLIGHT_START, this.#inFlightPerPeerMax),
      stallMs: limits.BLOCK_STALL_MIN_MS,
      stallCount: 0,
      probationUntilMs: -Infinity,
    });
  }

  removePeer(id: PeerId): void {
    for (const block of this.#states.get(id)?.inFlight.keys() ?? []) this.#release(id, block);
    this.#states.delete(id);
  }

  get inFlightCount(): number {
    return this.#askedOf.size;
  }

  /** The first time at which `expire` has something to do. */
  deadlineMs(): number {
    let deadlineMs = Infinity;
    for (const { inFlight } of this.#states.values()) {
      deadlineMs = Math.min(deadlineMs, firstOf(inFlight.values()) ?? Infinity);
    }
    return deadlineMs;
  }

  /** Takes a `block` message: the body if it is news, undefined if not; `block-unrequested`. */
  handleBlock(peer: Peer, bytes: Uint8Array, nowMs: number): Result<DeliveredBlock | undefined> {
    const decoded = decodeHeader(bytes.subarray(0, HEADER_SIZE));
    if (!decoded.ok) return reject('block-malformed', { size: bytes.length });
    const { id } = decoded.value;
    const state = stateOf(this.#states, peer);
    if (state.inFlight.delete(id)) this.#reward(state);
    else if (!takeLateAnswer(state, id)) return reject('block-unrequested');
    this.#release(peer.id, id);
    peer.lacks.delete(id);
    const info = this.#env.chain.find(id);
    if (!info || info.hasBody || info.invalid || this.#verifying.has(id)) return ok(undefined);
    peer.blockAtMs = nowMs;
    this.#verifying.add(id);
    this.#senders.set(id, peer.id);
    return ok({ id, bytes });
  }

  /** Takes a `blocks-missing` message: others are asked. Never a fault. */
  handleMissing(peer: Peer, ids: readonly BlockId[], nowMs: number): void {
    const state = stateOf(this.#states, peer);
    for (const id of ids) {
      if (!state.inFlight.delete(id)) continue;
      this.#release(peer.id, id);
      peer.lacks.set(id, nowMs + limits.MISSING_REMEMBERED_MS);
    }
  }

  /** The node has judged the body: it is stored, or may be asked for again. */
  judged(id: BlockId): void {
    this.#verifying.delete(id);
  }

  /** Who delivered a block, if that is remembered. */
  senderOf(id: BlockId): PeerId | undefined {
    return this.#senders.get(id);
  }

  /** Gives up on requests whose time has passed. Answers the peers that stalled once too often. */
  expire(nowMs: number): readonly Peer[] {
    return this.#env.peers.ready().filter((peer) => {
      const state = stateOf(this.#states, peer);
      const deadlineMs = firstOf(state.inFlight.values());
      if (deadlineMs === undefined || deadlineMs > nowMs) return false;
      this.#penalise(peer, state, nowMs);
      return state.stallCount >= limits.BLOCK_STALLS_MAX;
    });
  }

  /**
   * Hands out requests: one block of each branch in turn, the best branch first, lowest blocks
   * first.
   */
  schedule(nowMs: number): void {
    const { chain, outbox, peers } = this.#env;
    const ready = peers.ready();
    if (!this.#hasFreeSlot(ready) || chain.backlogBytes() >= limits.BACKLOG_BYTES_MAX) return;
    const branches = this.#branches.wanted();
    const requests = new Map<Peer, BlockId[]>();
    let lanes = branches.map((branch) => this.#openLane(branch, ready));
    while (lanes.length > 0 && this.#hasFreeSlot(ready)) {
      lanes = lanes.filter((lane) => this.#assignNext(lane, requests, nowMs));
    }
    for (const [peer, ids] of requests) {
      for (let i = 0; i < ids.length; i += BLOCK_IDS_PER_MESSAGE_MAX) {
        const part = ids.slice(i, i + BLOCK_IDS_PER_MESSAGE_MAX);
        outbox.send(peer.id, { kind: 'get-blocks', ids: part });
      }
    }
  }

  #openLane(branch: Branch, ready: readonly Peer[]): Lane {
    const end = Math.min(branch.path.length, branch.firstMissing + limits.BLOCK_WINDOW);
    const reach = new Map(ready.map((peer) => [peer, this.#reach(peer, branch)]));
    return { branch, reach, end, next: branch.firstMissing };
  }

  /** How many blocks of the branch, from its base, are on the peer's connected chain. */
  #reach(peer: Peer, branch: Branch): number {
    const head = headOf(peer, this.#env.chain);
    if (!head) return 0;
    // Ancestry never changes, and looking it up costs a walk where the two part far down.
    const key = `${head.id} ${branch.path.at(-1) ?? ''} ${branch.baseHeight}`;
    const known = this.#reaches.get(key);
    if (known !== undefined) return known;
    const reach = this.#findReach(head, branch);
    this.#reaches.set(key, reach);
    return reach;
  }

  #findReach(head: HeaderInfo, { baseHeight, path }: Branch): number {
    const { chain } = this.#env;
    const isOn = (index: number): boolean =>
      chain.ancestorAt(head.id, baseHeight + index) === path[index];
    let low = 0;
    let high = Math.min(head.height - baseHeight + 1, path.length);
    if (high > 0 && isOn(high - 1)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isOn(middle)) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low);
  }

  #hasFreeSlot(ready: readonly Peer[]): boolean {
    if (this.#askedOf.size >= this.#inFlightMax) return false;
    return ready.some((peer) => hasSlot(stateOf(this.#states, peer)));
  }

  #assignNext(lane: Lane, requests: Map<Peer, BlockId[]>, nowMs: number): boolean {
    for (; lane.next < lane.end; lane.next++) {
      const id = lane.branch.path[lane.next] as BlockId;
      if (this.#askedOf.has(id) || this.#verifying.has(id)) continue;
      if (this.#env.chain.find(id)?.hasBody !== false) continue;
      const peer = this.#choose(id, lane, nowMs);
      if (!peer) continue;
      const state = stateOf(this.#states, peer);
      state.inFlight.set(id, nowMs + state.stallMs);
      this.#askedOf.set(id, peer.id);
      requests.set(peer, [...(requests.get(peer) ?? []), id]);
      return true;
    }
    return false;
  }

  /** The least busy peer that has the block; one on probation only for what no other has. */
  #choose(id: BlockId, lane: Lane, nowMs: number): Peer | undefined {
    const having = [...lane.reach].filter(([, reach]) => reach > lane.next);
    const able = having.filter(([peer]) => this.#mayHave(peer, id, nowMs)).map(([peer]) => peer);
    const clean = able.filter((peer) => stateOf(this.#states, peer).probationUntilMs <= nowMs);
    const free = (clean.length > 0 ? clean : able).filter((peer) =>
      hasSlot(stateOf(this.#states, peer)),
    );
    const load = (peer: Peer): number => stateOf(this.#states, peer).inFlight.size;
    const least = Math.min(...free.map(load));
    const idlest = free.filter((peer) => load(peer) === least);
    return idlest.length > 1 ? idlest[this.#env.random.below(idlest.length)] : idlest[0];
  }

  #mayHave(peer: Peer, id: BlockId, nowMs: number): boolean {
    const state = stateOf(this.#states, peer);
    return !state.inFlight.has(id) && (peer.lacks.get(id) ?? -Infinity) <= nowMs;
  }

  #release(peer: PeerId, id: BlockId): void {
    if (this.#askedOf.get(id) === peer) this.#askedOf.delete(id);
  }

  #reward(state: DownloadState): void {
    state.stallCount = 0;
    state.stallMs = Math.max(limits.BLOCK_STALL_MIN_MS, state.stallMs / 2);
    state.inFlightMax = Math.min(this.#inFlightPerPeerMax, state.inFlightMax + 1);
  }

  /**
   * What others have goes to them; the rest is given more time, since asking twice would only
   * double the load.
   */
  #penalise(peer: Peer, state: DownloadState, nowMs: number): void {
    state.stallCount += 1;
    state.stallMs = Math.min(limits.BLOCK_STALL_MAX_MS, 2 * state.stallMs);
    state.inFlightMax = Math.max(1, Math.floor(state.inFlightMax / 2));
    state.probationUntilMs = nowMs + limits.PROBATION_MS;
    const others = this.#env.peers.ready().filter((other) => other !== peer);
    for (const id of [...state.inFlight.keys()]) {
      if (others.some((other) => this.#isElsewhere(other, id, nowMs))) {
        state.inFlight.delete(id);
        state.givenUp.set(id, (state.givenUp.get(id) ?? 0) + 1);
        this.#release(peer.id, id);
      } else {
        state.inFlight.set(id, nowMs + state.stallMs);
      }
    }
  }

  #isElsewhere(other: Peer, id: BlockId, nowMs: number): boolean {
    const { chain } = this.#env;
    const info = chain.find(id);
    const head = headOf(other, chain);
    // A block that is not wanted any more is as good as delivered.
    if (!info || info.hasBody) return true;
    if (!head || head.height < info.height || !this.#mayHave(other, id, nowMs)) return false;
    return chain.ancestorAt(head.id, info.height) === id;
  }
}

function hasSlot(state: DownloadState): boolean {
  return state.inFlight.size < state.inFlightMax;
}

/** Counts one answer to a request that was given up; false when there is none left. */
function takeLateAnswer(state: DownloadState, id: BlockId): boolean {
  const count = state.givenUp.get(id) ?? 0;
  if (count > 1) state.givenUp.set(id, count - 1);
  else state.givenUp.delete(id);
  return count > 0;
}

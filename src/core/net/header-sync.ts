/**
 * Owns: learning the headers of chains that peers claim to be heavier: whom to ask, when, and
 * judging the answers.
 * Does not own: the bounds on branches (net/header-branches) or bodies (net/block-download). Layer
 * 3. docs/protocol.md section 15, items 3 to 5.
 */
import type { Now } from '../base/now.ts';
import type { Reject, Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import type { BlockId } from '../base/types.ts';
import type { Header } from '../codec/header.ts';
import { decodeHeader } from '../codec/header.ts';
import type { Headers, NewTip } from '../codec/messages.ts';
import { HEADERS_PER_MESSAGE_MAX, messageType } from '../codec/messages.ts';
import type { Tip } from '../codec/tip.ts';
import { Bucket } from './bounded.ts';
import { ChasePace } from './chase-pace.ts';
import type { PeerId } from './endpoint.ts';
import type { Environment } from './environment.ts';
import type { BranchFacts, HeaderBranches } from './header-branches.ts';
import type { RunPoint, RunRules } from './header-run.ts';
import { checkContinuous, checkRun, pointAt, splitKnown } from './header-run.ts';
import { HeaderWalk } from './header-walk.ts';
import * as limits from './limits.ts';
import { createLocator } from './locator.ts';
import type { Peer } from './peers.ts';
import { peerHas, stateOf } from './peers.ts';

interface Request {
  readonly deadlineMs: number;
  readonly locator: readonly BlockId[];
}

interface HeaderState {
  request: Request | undefined;
  walk: HeaderWalk | undefined;
  readonly pace: ChasePace;
  readonly newTips: Bucket;
}

export class HeaderSync {
  readonly #env: Environment;
  readonly #branches: HeaderBranches;
  readonly #states = new Map<PeerId, HeaderState>();
  #deadlineMs = Infinity;

  constructor(env: Environment, branches: HeaderBranches) {
    this.#env = env;
    this.#branches = branches;
  }

  addPeer(peer: Peer, nowMs: number): void {
    const rate = { burst: limits.NEW_TIP_BURST, perSecond: limits.NEW_TIPS_PER_SECOND };
    this.#states.set(peer.id, {
      request: undefined,
      walk: undefined,
      pace: new ChasePace(nowMs),
      newTips: new Bucket(rate, nowMs),
    });
  }

  removePeer(id: PeerId): void {
    this.#states.delete(id);
  }

  /** The next time at which `chase` or `overdue` has something to do. */
  deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** What the bounds on branches need to know of peers. */
  branchFacts(): BranchFacts {
    const ready = this.#env.peers.ready();
    const collected = new Set([...this.#states.values()].map(({ walk }) => walk?.anchorId));
    return {
      isServable: (leaf, nextMissing) =>
        ready.some((peer) => {
          const lacksNext = nextMissing !== undefined && peer.lacks.has(nextMissing);
          return !lacksNext && peerHas(peer, leaf, this.#env.chain);
        }),
      isCollected: (leaf) => collected.has(leaf),
    };
  }

  /** Notes a peer's connected tip: `header-parent-invalid` when it is one that is marked. */
  noteClaim(peer: Peer, tip: Tip, nowMs: number): Result<undefined> {
    if (this.#env.chain.find(tip.id)?.invalid) {
      return reject('header-parent-invalid', { parent: tip.id });
    }
    if (peer.claimed?.id !== tip.id) stateOf(this.#states, peer).pace.goOn(nowMs);
    peer.claimed = tip;
    return PASSED;
  }

  /** After an invalidation every heavier claim is looked into at once. */
  wake(nowMs: number): void {
    for (const { pace } of this.#states.values()) pace.goOn(nowMs);
  }

  /** Asks whoever claims more work than is known, and is not being asked. */
  chase(nowMs: number): void {
    this.#deadlineMs = Infinity;
    for (const peer of this.#env.peers.ready()) {
      const state = stateOf(this.#states, peer);
      const isWanted = !state.request && this.#isWanted(peer, state);
      if (isWanted && state.pace.askAtMs <= nowMs) this.#ask(peer, state, nowMs);
      else if (!isWanted && !state.request) state.walk = undefined;
      const nextMs = state.request?.deadlineMs ?? (isWanted ? state.pace.askAtMs : Infinity);
      this.#deadlineMs = Math.min(this.#deadlineMs, nextMs);
    }
  }

  /** Peers that left a request unanswered. */
  overdue(nowMs: number): readonly Peer[] {
    return this.#env.peers.ready().filter((peer) => {
      const { request } = stateOf(this.#states, peer);
      return request !== undefined && request.deadlineMs <= nowMs;
    });
  }

  handleNewTip(peer: Peer, message: NewTip, now: Now): Result<undefined> {
    const { chain } = this.#env;
    const state = stateOf(this.#states, peer);
    const claim = this.noteClaim(peer, message.tip, now.monotonicMs);
    if (!claim.ok) return claim;
    if (!state.newTips.take(1, now.monotonicMs)) return PASSED;
    const decoded = decodeHeader(message.header);
    if (!decoded.ok) return decoded;
    const header = decoded.value;
    if (header.id !== message.tip.id) return malformed('new-tip');
    const parent = chain.find(header.parent);
    const known = chain.find(header.id);
    if (known) this.#branches.notice(known, this.branchFacts());
    if (known || !parent) return PASSED;
    if (parent.invalid) return reject('header-parent-invalid', { parent: parent.id });
    const run = checkRun([header], pointAt(chain, parent), this.#rules(now));
    if (run.stop) return this.#stopped(state, { stop: run.stop, header }, now);
    if (run.end.work !== message.tip.work || run.end.context.height !== message.tip.height) {
      return malformed('new-tip');
    }
    if (run.end.work >= chain.tip().work) this.#branches.append(run.headers, this.branchFacts());
    return PASSED;
  }

  handleHeaders(peer: Peer, message: Headers, now: Now): Result<undefined> {
    const state = stateOf(this.#states, peer);
    const { request } = state;
    if (!request) return reject('message-unexpected', { type: messageType('headers') });
    state.request = undefined;
    const claim = this.noteClaim(peer, message.tip, now.monotonicMs);
    if (!claim.ok) return claim;
    const headers: Header[] = [];
    for (const bytes of message.headers) {
      const decoded = decodeHeader(bytes);
      if (!decoded.ok) return decoded;
      headers.push(decoded.value);
    }
    state.pace.wait(now.monotonicMs);
    const first = headers[0];
    if (!first) return this.#endWalk(state);
    if (!request.locator.includes(first.parent)) return reject('headers-not-continuous');
    const continuous = checkContinuous(headers, first.parent);
    if (!continuous.ok) return continuous;
    return state.walk
      ? this.#walkOn(peer, { state, walk: state.walk, headers }, now)
      : this.#take(peer, { state, headers }, now);
  }

  #rules(now: Now): RunRules {
    return { params: this.#env.params, nowSeconds: Math.floor(now.wallMs / 1000) };
  }

  #isWanted(peer: Peer, state: HeaderState): boolean {
    const { chain } = this.#env;
    if (!peer.claimed || peer.claimed.work <= chain.tip().work) return false;
    if (chain.find(peer.claimed.id)) return false;
    // Whoever has shown nothing yet is asked even when there is no room: its bodies make some.
    const hasShown = peer.shown !== undefined && chain.find(peer.shown)?.invalid === false;
    if (!state.walk && !hasShown) return true;
    return this.#branches.roomAbove(this.#start(peer, state)) >= HEADERS_PER_MESSAGE_MAX;
  }

  /** Where the locator starts: at what the peer showed, else at the best there is to build on. */
  #start(peer: Peer, state: HeaderState): BlockId {
    const { chain } = this.#env;
    if (state.walk) return state.walk.anchorId;
    const shown = peer.shown && chain.find(peer.shown);
    if (shown && !shown.invalid) return shown.id;
    return this.#branches.best()?.id ?? chain.tip().id;
  }

  #ask(peer: Peer, state: HeaderState, nowMs: number): void {
    const { chain, outbox } = this.#env;
    if (state.walk && !chain.find(state.walk.anchorId)) state.walk = undefined;
    const locator = [...createLocator(chain, this.#start(peer, state))];
    const position = state.walk?.position;
    if (position !== undefined && position !== locator[0]) locator.unshift(position);
    state.request = { deadlineMs: nowMs + limits.HEADERS_TIMEOUT_MS, locator };
    outbox.send(peer.id, { kind: 'get-headers', ids: locator });
  }

  #endWalk(state: HeaderState): Result<undefined> {
    state.walk = undefined;
    return PASSED;
  }

  /** A header that did not pass: a fault, unless time alone can heal it. */
  #stopped(
    state: HeaderState,
    at: { readonly stop: Reject; readonly header: Header | undefined },
    now: Now,
  ): Result<undefined> {
    if (at.stop.code !== 'header-time-too-new' || !at.header) return at.stop;
    const limitSeconds = Math.floor(now.wallMs / 1000) + this.#env.params.maxFutureSeconds;
    const earlyMs = 1000 * (at.header.time - limitSeconds);
    state.pace.waitForTime(now.monotonicMs, earlyMs);
    return PASSED;
  }

  /**
   * Takes an answer outside a walk: known headers show the peer's chain, the rest is checked and
   * kept if strong.
   */
  #take(
    peer: Peer,
    answer: { readonly state: HeaderState; readonly headers: readonly Header[] },
    now: Now,
  ): Result<undefined> {
    const { chain } = this.#env;
    const { state, headers } = answer;
    const known = splitKnown(headers, chain);
    if (!known) {
      // What the question started from was dropped meanwhile.
      peer.shown = undefined;
      state.pace.goOn(now.monotonicMs);
      return PASSED;
    }
    if (!known.ok) return known;
    const isFull = headers.length === HEADERS_PER_MESSAGE_MAX;
    peer.shown = known.value.parent.id;
    const { fresh } = known.value;
    if (fresh.length === 0) {
      this.#branches.notice(known.value.parent, this.branchFacts());
      if (isFull) state.pace.goOn(now.monotonicMs);
      return PASSED;
    }
    const start = pointAt(chain, known.value.parent);
    const run = checkRun(fresh, start, this.#rules(now));
    if (run.stop && run.stop.code !== 'header-time-too-new') return run.stop;
    if (run.end.work >= chain.tip().work) {
      // Without room it goes on as soon as there is some: `#isWanted` holds it back until then.
      const hasRoom = this.#branches.roomAbove(start.id) >= HEADERS_PER_MESSAGE_MAX;
      const kept = this.#branches.append(run.headers, this.branchFacts());
      if (kept > 0) peer.shown = fresh[kept - 1]?.id;
      if (isFull && (kept > 0 || !hasRoom)) state.pace.goOn(now.monotonicMs);
    } else if (isFull && !run.stop) {
      this.#beginWalk(state, start, now.monotonicMs);
    }
    return run.stop
      ? this.#stopped(state, { stop: run.stop, header: fresh[run.headers.length] }, now)
      : PASSED;
  }

  #beginWalk(state: HeaderState, start: RunPoint, nowMs: number): void {
    if (!state.pace.mayWalk(nowMs)) return;
    state.walk = new HeaderWalk(start);
    // What is known already was left out of the answer, so the walk asks for its own first part.
    state.pace.goOn(nowMs);
  }

  #walkOn(
    peer: Peer,
    answer: {
      readonly state: HeaderState;
      readonly walk: HeaderWalk;
      readonly headers: readonly Header[];
    },
    now: Now,
  ): Result<undefined> {
    const { chain } = this.#env;
    const { state, walk } = answer;
    const step = walk.step(answer.headers, { ...this.#rules(now), enough: chain.tip().work });
    switch (step.kind) {
      case 'continue':
        state.pace.goOn(now.monotonicMs);
        return PASSED;
      case 'keep':
        return this.#keep(peer, { state, walk, headers: step.headers }, now.monotonicMs);
      case 'differs':
        return this.#restart(state, { from: walk }, now.monotonicMs);
      case 'elsewhere':
        return this.#restart(state, { from: undefined }, now.monotonicMs);
      case 'weak':
        return this.#endWalk(state);
      case 'refused':
        state.walk = undefined;
        return this.#stopped(state, { stop: step.verdict, header: answer.headers.at(-1) }, now);
    }
  }

  /**
   * Keeps what the second pass confirmed; the walk's own chain is exempt from the rule on work
   * meanwhile.
   */
  #keep(
    peer: Peer,
    answer: {
      readonly state: HeaderState;
      readonly walk: HeaderWalk;
      readonly headers: readonly Header[];
    },
    nowMs: number,
  ): Result<undefined> {
    const { chain } = this.#env;
    const { state, walk } = answer;
    const known = splitKnown(answer.headers, chain);
    if (!known) return this.#endWalk(state);
    if (!known.ok) return known;
    const { fresh } = known.value;
    const lastId = (fresh.at(-1) ?? known.value.parent).id;
    const facts = this.branchFacts();
    const isCollected = (leaf: BlockId): boolean => leaf === lastId || facts.isCollected(leaf);
    const kept = this.#branches.append(fresh, { ...facts, isCollected });
    const last = chain.find(lastId);
    if (kept < fresh.length || !last) return this.#endWalk(state);
    peer.shown = last.id;
    state.pace.goOn(nowMs);
    if (!walk.collected(pointAt(chain, last))) return PASSED;
    if (last.work >= chain.tip().work) return this.#endWalk(state);
    // The own tip grew meanwhile: measure on from here.
    walk.restart();
    return PASSED;
  }

  /**
   * The peer's chain changed under the walk: it begins again after what was kept, or from nothing.
   */
  #restart(
    state: HeaderState,
    walk: { readonly from: HeaderWalk | undefined },
    nowMs: number,
  ): Result<undefined> {
    const mayWalk = state.pace.mayWalk(nowMs);
    state.pace.noteRestart(nowMs);
    walk.from?.restart();
    state.walk = mayWalk ? walk.from : undefined;
    if (mayWalk) state.pace.goOn(nowMs);
    return PASSED;
  }
}

function malformed(kind: 'new-tip'): Reject {
  return reject('message-malformed', { type: messageType(kind) });
}

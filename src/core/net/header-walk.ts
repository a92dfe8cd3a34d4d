/**
 * Owns: the walk along a branch that is too weak to keep until all of it has been seen.
 * Does not own: asking for headers (net/header-sync) or keeping them (net/header-branches). Layer
 * 3. docs/protocol.md section 15, item 5.
 */
import { concatBytes, equalBytes } from '../base/bytes.ts';
import { sha256 } from '../base/crypto.ts';
import type { Reject, Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import type { BlockId, Work } from '../base/types.ts';
import type { Header } from '../codec/header.ts';
import { HEADERS_PER_MESSAGE_MAX } from '../codec/messages.ts';
import { MEDIAN_TIME_SPAN } from '../rules/header.ts';
import type { RunPoint, RunRules } from './header-run.ts';
import { checkRun } from './header-run.ts';
import { HEADERS_PER_SECOND_MAX } from './limits.ts';

interface Digest {
  readonly count: number;
  readonly hash: Uint8Array;
}

function digestOf(headers: readonly Header[]): Uint8Array {
  return sha256(concatBytes(...headers.map(({ bytes }) => bytes)));
}

/** What one answer did to a walk. */
export type WalkStep =
  /** Ask on from the walk's `position`. */
  | { readonly kind: 'continue' }
  /** These are the headers seen in the first pass: keep them, then call `collected`. */
  | { readonly kind: 'keep'; readonly headers: readonly Header[] }
  /** The peer's chain is not the one that was measured. */
  | { readonly kind: 'differs' }
  /** The peer's chain no longer contains the position of the walk. */
  | { readonly kind: 'elsewhere' }
  /** The chain ended before its work sufficed. */
  | { readonly kind: 'weak' }
  | { readonly kind: 'refused'; readonly verdict: Reject };

/**
 * A walk along a branch whose work does not reach the connected tip's within one answer. The first
 * pass measures and keeps 32 bytes per answer; once the work suffices, the second keeps the headers
 * that match.
 */
export class HeaderWalk {
  /** The last header of the branch that is in the tree. */
  #anchor: RunPoint;
  #measured: RunPoint;
  #digests: Digest[] = [];
  #collects = false;

  constructor(anchor: RunPoint) {
    this.#anchor = anchor;
    this.#measured = anchor;
  }

  /** The header after which the next answer must begin. */
  get position(): BlockId {
    return this.#collects ? this.#anchor.id : this.#measured.id;
  }

  get anchorId(): BlockId {
    return this.#anchor.id;
  }

  /** Takes the next answer; `enough` is the work at which a branch is kept. */
  step(headers: readonly Header[], rules: RunRules & { readonly enough: Work }): WalkStep {
    if (headers.length > 0 && headers[0]?.parent !== this.position) {
      return { kind: 'elsewhere' };
    }
    return this.#collects ? this.#collect(headers) : this.#measure(headers, rules);
  }

  #measure(headers: readonly Header[], rules: RunRules & { readonly enough: Work }): WalkStep {
    const verdict = checkPace(this.#measured.context.height + headers.length, rules);
    if (!verdict.ok) return { kind: 'refused', verdict };
    const run = checkRun(headers, this.#measured, rules);
    if (run.stop) return { kind: 'refused', verdict: run.stop };
    this.#measured = run.end;
    const reached = run.works.findIndex((work) => work >= rules.enough);
    const count = reached < 0 ? headers.length : reached + 1;
    this.#digests.push({ count, hash: digestOf(headers.slice(0, count)) });
    if (reached >= 0) this.#collects = true;
    else if (headers.length < HEADERS_PER_MESSAGE_MAX) return { kind: 'weak' };
    return { kind: 'continue' };
  }

  #collect(headers: readonly Header[]): WalkStep {
    const expected = this.#digests[0];
    if (!expected) return { kind: 'differs' };
    const measured = headers.slice(0, expected.count);
    if (measured.length < expected.count || !equalBytes(digestOf(measured), expected.hash)) {
      return { kind: 'differs' };
    }
    this.#digests.shift();
    return { kind: 'keep', headers: measured };
  }

  /**
   * Notes that the kept headers are in the tree, up to `anchor`; answers whether the walk is at its
   * end.
   */
  collected(anchor: RunPoint): boolean {
    this.#anchor = anchor;
    return this.#digests.length === 0;
  }

  /** Begins the first pass again after the last header that was kept. */
  restart(): void {
    this.#measured = this.#anchor;
    this.#digests = [];
    this.#collects = false;
  }
}

/** `headers-too-many` when a chain is longer than the median rule lets any chain be by now. */
function checkPace(height: number, rules: RunRules): Result<undefined> {
  const { params, nowSeconds } = rules;
  const seconds = nowSeconds + params.maxFutureSeconds - params.time;
  const limit = HEADERS_PER_SECOND_MAX * Math.max(0, seconds) + MEDIAN_TIME_SPAN;
  return height <= limit ? PASSED : reject('headers-too-many', { count: height, limit });
}

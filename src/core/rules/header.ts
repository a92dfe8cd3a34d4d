/**
 * Owns: the rules of a header: H2 to H4 alone, H7 to H9 against its parent, and the median time.
 * Does not own: finding the parent (H5) and its marks (H6): chain/header-tree. Layer 2.
 * docs/protocol.md sections 9 and 10.3.
 */
import { assert } from '../base/assert.ts';
import type { Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import type { Height, UnixSeconds } from '../base/types.ts';
import { toHeight } from '../base/types.ts';
import type { Header } from '../codec/header.ts';
import { HEADER_VERSION } from '../codec/header.ts';
import { isCanonicalBits, bitsToTarget, idMeetsTarget, nextBits, targetToText } from './work.ts';
import type { Params } from './params.ts';

/** How many of the last header times the median looks at. */
export const MEDIAN_TIME_SPAN = 11;

/** What the rules need to know of a header's parent. */
export interface ParentContext {
  readonly height: Height;
  /** Times of the last min(11, height + 1) headers, ending with the parent's, oldest first. */
  readonly recentTimes: readonly UnixSeconds[];
}

/** The context that the next header sees once `header` has followed `parent`. */
export function extendContext(parent: ParentContext, time: UnixSeconds): ParentContext {
  return {
    height: toHeight(parent.height + 1),
    recentTimes: [...parent.recentTimes, time].slice(-MEDIAN_TIME_SPAN),
  };
}

/** The median that a child's time must exceed. docs/protocol.md section 9. */
export function medianTime(parent: ParentContext): UnixSeconds {
  const sorted = [...parent.recentTimes].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  assert(median !== undefined, 'a parent context holds at least the parent itself');
  return median;
}

/** H2 to H4: `header-version-unknown`, `header-bits-malformed`, `header-work-insufficient`. */
export function checkHeaderAlone(header: Header, params: Params): Result<undefined> {
  if (header.version !== HEADER_VERSION) {
    return reject('header-version-unknown', { version: header.version });
  }
  const limit = bitsToTarget(params.powLimit);
  if (!isCanonicalBits(header.bits) || bitsToTarget(header.bits) > limit) {
    return reject('header-bits-malformed', { bits: header.bits, limit: params.powLimit });
  }
  const target = bitsToTarget(header.bits);
  if (!idMeetsTarget(header.id, target)) {
    return reject('header-work-insufficient', { id: header.id, target: targetToText(target) });
  }
  return PASSED;
}

/**
 * H7 to H9: `header-bits-wrong`, `header-time-too-old`, `header-time-too-new`.
 * `nowSeconds` is the verifier's own wall clock.
 */
export function checkHeaderInContext(
  header: Header,
  context: {
    readonly parent: ParentContext;
    readonly params: Params;
    readonly nowSeconds: number;
  },
): Result<undefined> {
  const { parent, params, nowSeconds } = context;
  const expected = nextBits(params, parent);
  if (header.bits !== expected) {
    return reject('header-bits-wrong', { bits: header.bits, expected });
  }
  const median = medianTime(parent);
  if (header.time <= median) {
    return reject('header-time-too-old', { time: header.time, median });
  }
  const limit = nowSeconds + params.maxFutureSeconds;
  if (header.time > limit) return reject('header-time-too-new', { time: header.time, limit });
  return PASSED;
}

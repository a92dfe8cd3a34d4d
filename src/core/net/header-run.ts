/**
 * Owns: checking a run of consecutive headers from a starting point.
 * Does not own: the rules of one header (rules/header) or keeping headers (net/header-branches).
 * Layer 3. docs/protocol.md sections 10.3 and 15, item 3.
 */
import type { Reject, Result } from '../base/rejects.ts';
import { PASSED, ok, reject } from '../base/rejects.ts';
import type { BlockId, Work } from '../base/types.ts';
import { toWork } from '../base/types.ts';
import type { Header } from '../codec/header.ts';
import type { ParentContext } from '../rules/header.ts';
import { checkHeaderAlone, checkHeaderInContext, extendContext } from '../rules/header.ts';
import type { Params } from '../rules/params.ts';
import { bitsToWork } from '../rules/work.ts';
import type { ChainView, HeaderInfo } from './chain-view.ts';

/** A header as the next one sees it. */
export interface RunPoint {
  readonly id: BlockId;
  readonly work: Work;
  readonly context: ParentContext;
}

export interface Run {
  /** Those that passed, in order. */
  readonly headers: readonly Header[];
  /** The cumulative work at each. */
  readonly works: readonly Work[];
  readonly end: RunPoint;
  /** Why the first that did not pass did not. */
  readonly stop: Reject | undefined;
}

export interface RunRules {
  readonly params: Params;
  readonly nowSeconds: number;
}

export function pointAt(chain: ChainView, header: HeaderInfo): RunPoint {
  return { id: header.id, work: header.work, context: chain.context(header.id) };
}

/** `headers-not-continuous` unless each header names the one before it, the first `parent`. */
export function checkContinuous(headers: readonly Header[], parent: BlockId): Result<undefined> {
  let previous = parent;
  for (const header of headers) {
    if (header.parent !== previous) return reject('headers-not-continuous');
    previous = header.id;
  }
  return PASSED;
}

/** Checks continuous headers (H2 to H4, H7 to H9), each as the child of the one before. */
export function checkRun(headers: readonly Header[], start: RunPoint, rules: RunRules): Run {
  const passed: Header[] = [];
  const works: Work[] = [];
  let end = start;
  for (const header of headers) {
    const alone = checkHeaderAlone(header, rules.params);
    const verdict = alone.ok
      ? checkHeaderInContext(header, { parent: end.context, ...rules })
      : alone;
    if (!verdict.ok) return { headers: passed, works, end, stop: verdict };
    end = {
      id: header.id,
      work: toWork(end.work + bitsToWork(header.bits)),
      context: extendContext(end.context, header.time),
    };
    passed.push(header);
    works.push(end.work);
  }
  return { headers: passed, works, end, stop: undefined };
}

/** An answer, parted into what is known here and the rest. */
export interface SplitAnswer {
  /** The last known header, or the parent of the first. */
  readonly parent: HeaderInfo;
  readonly fresh: readonly Header[];
}

/**
 * Parts continuous headers; undefined when the parent of the first is not known,
 * `header-parent-invalid` (H6) when a marked one is below.
 */
export function splitKnown(
  headers: readonly Header[],
  chain: ChainView,
): Result<SplitAnswer> | undefined {
  let parent = headers[0] && chain.find(headers[0].parent);
  let count = 0;
  for (const header of headers) {
    const info = chain.find(header.id);
    if (!info) break;
    parent = info;
    count += 1;
  }
  if (!parent) return undefined;
  if (parent.invalid) return reject('header-parent-invalid', { parent: parent.id });
  return ok({ parent, fresh: headers.slice(count) });
}

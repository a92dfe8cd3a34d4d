/**
 * Owns: the endpoints to keep connections with, and when each is dialled.
 * Does not own: the connections themselves (net/connections). Layer 3.
 */
import type { Random } from '../base/random.ts';
import type { Endpoint } from './endpoint.ts';
import { endpointToText } from './endpoint.ts';
import { DIAL_RETRY_MAX_MS, DIAL_RETRY_MIN_MS, DIAL_RETRY_SHARE, TARGETS_MAX } from './limits.ts';

interface Target {
  readonly endpoint: Endpoint;
  /**
   * `idle`: to be dialled at `dialAtMs`; `dialling`: until an answer; `connected`: until it closes.
   */
  stage: 'idle' | 'dialling' | 'connected';
  dialAtMs: number;
  /** Since when it has failed; undefined once a handshake was completed. */
  failingSinceMs: number | undefined;
  /** Why the last attempt came to nothing. */
  reason: string | undefined;
}

/** An endpoint that a connection is wanted with, and why there is none. */
export interface MissingPeer {
  readonly endpoint: Endpoint;
  readonly reason: string;
}

/** Spread around a retry, in thousandths: 90 to 110 per cent. */
const JITTER = { min: 900, span: 201 };

export class Dialler {
  readonly #random: Random;
  readonly #targets = new Map<string, Target>();
  #deadlineMs = Infinity;

  constructor(random: Random) {
    this.#random = random;
  }

  deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** Keeps a connection to the endpoint from now on; beyond the cap nothing happens. */
  add(endpoint: Endpoint, nowMs: number): void {
    const key = endpointToText(endpoint);
    if (this.#targets.has(key) || this.#targets.size >= TARGETS_MAX) return;
    this.#targets.set(key, {
      ...{ endpoint, stage: 'idle', dialAtMs: nowMs },
      ...{ failingSinceMs: undefined, reason: undefined },
    });
  }

  remove(endpoint: Endpoint): void {
    this.#targets.delete(endpointToText(endpoint));
  }

  connected(endpoint: Endpoint): void {
    const target = this.#targets.get(endpointToText(endpoint));
    if (target) target.stage = 'connected';
  }

  /** A handshake with the endpoint was completed. */
  succeeded(endpoint: Endpoint): void {
    const target = this.#targets.get(endpointToText(endpoint));
    if (target) target.failingSinceMs = undefined;
  }

  /**
   * A dial failed or the connection it led to ended: the wait grows with the time it has been
   * failing.
   */
  failed(endpoint: Endpoint, reason: string, nowMs: number): void {
    const target = this.#targets.get(endpointToText(endpoint));
    if (!target) return;
    target.stage = 'idle';
    target.reason = reason;
    target.failingSinceMs ??= nowMs;
    const share = (nowMs - target.failingSinceMs) * DIAL_RETRY_SHARE;
    const waitMs = Math.min(DIAL_RETRY_MAX_MS, Math.max(DIAL_RETRY_MIN_MS, share));
    const jitter = (JITTER.min + this.#random.below(JITTER.span)) / 1000;
    target.dialAtMs = nowMs + waitMs * jitter;
  }

  /** What stood in the way of dialling has gone. */
  retryNow(nowMs: number): void {
    for (const target of this.#targets.values()) {
      target.dialAtMs = Math.min(target.dialAtMs, nowMs);
      target.failingSinceMs = undefined;
    }
  }

  /** Those whose last attempt came to nothing. */
  missing(): readonly MissingPeer[] {
    return Array.from(this.#targets.values()).flatMap(({ endpoint, reason }) =>
      reason === undefined ? [] : [{ endpoint, reason }],
    );
  }

  isDialling(endpoint: Endpoint): boolean {
    return this.#targets.get(endpointToText(endpoint))?.stage === 'dialling';
  }

  /**
   * The endpoints to dial now; `notBeforeMs` says when an endpoint may be dialled, Infinity for not
   * at all.
   */
  due(nowMs: number, notBeforeMs: (endpoint: Endpoint) => number): readonly Endpoint[] {
    this.#deadlineMs = Infinity;
    const due: Endpoint[] = [];
    for (const target of this.#targets.values()) {
      if (target.stage !== 'idle') continue;
      const dialAtMs = Math.max(target.dialAtMs, notBeforeMs(target.endpoint));
      if (dialAtMs <= nowMs) {
        target.stage = 'dialling';
        due.push(target.endpoint);
      } else {
        this.#deadlineMs = Math.min(this.#deadlineMs, dialAtMs);
      }
    }
    return due;
  }
}

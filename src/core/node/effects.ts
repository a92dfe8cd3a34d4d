/**
 * Owns: the effects of the present step, in the order in which they must happen.
 * Does not own: who carries them out (io/runtime, sim). Layer 4.
 */
import type { Reject, Result } from '../base/rejects.ts';
import type { Effect, NodeEvent, Reply, RequestId } from './ports.ts';

export class EffectList {
  #effects: Effect[] = [];

  push(effect: Effect): void {
    this.#effects.push(effect);
  }

  reply(request: RequestId, result: Result<Reply>): void {
    this.#effects.push({ kind: 'reply', request, result });
  }

  event(event: NodeEvent): void {
    this.#effects.push({ kind: 'event', event });
  }

  /** Hands over what has gathered. */
  take(): readonly Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}

/** What an event tells of a verdict. */
export function codeAndFacts(verdict: Reject): Pick<Reject, 'code' | 'facts'> {
  return { code: verdict.code, facts: verdict.facts };
}

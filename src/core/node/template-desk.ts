/**
 * Owns: requests for templates: served one at a time, in slices, started over when the tip moves.
 * Does not own: how a template is built (node/template). Layer 4.
 */
import type { Result } from '../base/rejects.ts';
import { ok } from '../base/rejects.ts';
import { TEMPLATE_REQUESTS_MAX } from './limits.ts';
import type { Reply, RequestId } from './ports.ts';
import type { TemplateRequest } from './template.ts';

export interface TemplateReply {
  readonly request: RequestId;
  readonly result: Result<Reply>;
}

const BUSY: Reply = { kind: 'no-template', reason: 'busy', untilMs: 0 };

export class TemplateDesk {
  readonly #build: (request: TemplateRequest) => Generator<void, Reply>;
  readonly #waiting = new Map<RequestId, TemplateRequest>();
  #current: Generator<void, Reply> | undefined;

  constructor(build: (request: TemplateRequest) => Generator<void, Reply>) {
    this.#build = build;
  }

  get hasWork(): boolean {
    return this.#waiting.size > 0;
  }

  /** Queues a request; beyond the cap it is answered at once. */
  add(request: RequestId, wanted: TemplateRequest): TemplateReply | undefined {
    if (this.#waiting.size >= TEMPLATE_REQUESTS_MAX) return { request, result: ok(BUSY) };
    this.#waiting.set(request, wanted);
    return undefined;
  }

  /** Begins the template under way anew: what it stands on has changed. */
  restart(): void {
    this.#current = undefined;
  }

  /** Does one slice for the oldest request; answers it when its template is ready. */
  work(): TemplateReply | undefined {
    const oldest = this.#waiting.entries().next().value;
    if (oldest === undefined) return undefined;
    const [request, wanted] = oldest;
    this.#current ??= this.#build(wanted);
    const step = this.#current.next();
    if (step.done !== true) return undefined;
    this.#current = undefined;
    this.#waiting.delete(request);
    return { request, result: ok(step.value) };
  }
}

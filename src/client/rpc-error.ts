/**
 * Owns: the one error a client throws: what a node refused, or that none answered.
 * Does not own: the sentences (the node writes them).
 */
import type { ErrorDataJson } from '../api/schemas/results.ts';

/**
 * A call that failed. `code` is stable and kebab-case: what the node answered, or `node-
 * unreachable`,
 * `call-timed-out`, `answer-malformed`, `wait-timed-out`, `tx-replaced`, `tx-dropped`.
 */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: string;
  readonly hint: string | undefined;
  /** The numbers and names behind it. */
  readonly data: ErrorDataJson['facts'];

  constructor(options: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string | undefined;
    readonly data?: ErrorDataJson['facts'];
    readonly cause?: unknown;
  }) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.data = options.data ?? {};
  }
}

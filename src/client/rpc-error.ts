/**
 * Owns: the one error a client throws: what a node refused, or that none answered; and its codes.
 * Does not own: the sentences (the node writes them).
 */
import type { ApiErrorCode } from '../api/schemas/error-codes.ts';
import type { ErrorDataJson } from '../api/schemas/results.ts';
import type { RejectCode } from '../core/base/rejects.ts';

/** What a client finds out by itself. */
type ClientErrorCode =
  | 'node-unreachable'
  | 'call-timed-out'
  | 'answer-malformed'
  | 'wait-timed-out'
  | 'tx-replaced'
  | 'tx-dropped'
  | 'amount-malformed'
  | 'outputs-wrong'
  | 'memo-too-long';

/** Every code that the API, the rules and the client have; a node's surroundings add their own. */
export type ErrorCode = ApiErrorCode | RejectCode | ClientErrorCode;

/** A call that failed. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  /** Stable and kebab-case; `isRpcError` narrows it. */
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

/** Whether an error is one of a client, with one of these codes if any are named. */
export function isRpcError<C extends ErrorCode>(
  error: unknown,
  ...codes: readonly C[]
): error is RpcError & { readonly code: C } {
  if (!(error instanceof RpcError)) return false;
  return codes.length === 0 || (codes as readonly string[]).includes(error.code);
}

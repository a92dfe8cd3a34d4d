/**
 * Owns: the family of operational errors: what disk, port, file and worker did to us.
 * Does not own: verdicts on others' data (core/base/rejects) or our own bugs (core/base/assert).
 */

/** A failure of the world around the program: one line of what happened, and what to do next. */
export class OperationalError extends Error {
  override readonly name = 'OperationalError';
  /** Stable and kebab-case. */
  readonly code: string;
  /** The next step for the user, usually a command. */
  readonly hint: string | undefined;
  /** What a command line should exit with, where it is not the ordinary failure. */
  readonly exitCode: number | undefined;

  constructor(options: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly exitCode?: number;
    readonly cause?: unknown;
  }) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = options.exitCode;
  }
}

/** Gives whatever was thrown the form of an operational error; what already is one stays itself. */
export function toOperationalError(
  thrown: unknown,
  otherwise: { readonly code: string; readonly message: string; readonly hint?: string },
): OperationalError {
  if (thrown instanceof OperationalError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new OperationalError({
    ...otherwise,
    message: `${otherwise.message}: ${reason}`,
    cause: thrown,
  });
}

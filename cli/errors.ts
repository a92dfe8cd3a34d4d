/**
 * Owns: what every failure looks like to a person and to a script: text, JSON object, exit code.
 * Does not own: what became wrong elsewhere: turning RPC and operational errors into this
 * (explain).
 */

/** docs: 0 done, 130 interrupted; these are the failures between. */
export const EXIT = {
  failed: 1,
  usage: 2,
  unreachable: 3,
  notAllowed: 4,
  refused: 5,
  timeout: 6,
  damaged: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface ErrorDetails {
  readonly code: string;
  readonly exit: ExitCode;
  /** More lines between the message and the hint. */
  readonly notes?: readonly string[];
  readonly hint?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A failure that the command line explains. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails) {
    super(message, { cause: details.cause });
    this.details = details;
  }
}

export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { code: 'usage', exit: EXIT.usage, hint });
}

/** The one JSON object that `--json` puts on stderr. */
export function errorToJson(error: CliError): object {
  const { code, hint, data = {} } = error.details;
  return { error: { code, message: error.message, hint: hint ?? null, data } };
}

const CODE_COLUMN = 32;

/** The lines that a person reads: `error:`, notes, `try:` with the code. */
export function errorToLines(error: CliError): readonly string[] {
  const { code, notes = [], hint } = error.details;
  const lines = [`error: ${error.message}`, ...notes];
  const shown = code === 'usage' || code === 'failed' ? '' : `code ${code}`;
  if (hint !== undefined) {
    return [...lines, `try: ${hint}`.padEnd(shown === '' ? 0 : CODE_COLUMN) + gap(shown)];
  }
  return shown === '' ? lines : [...lines, shown];
}

function gap(code: string): string {
  return code === '' ? '' : `  ${code}`;
}

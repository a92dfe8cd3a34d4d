/**
 * Owns: assertions, the error family for our own bugs. They stay on in production and end the
 * process.
 * Does not own: verdicts on others' data (rejects) or failures of disk, port and argument
 * (operational). Layer 0.
 */

/** Thrown by a failed assertion: the code around it is wrong, whatever the input was. */
class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** Throws unless `condition` holds; `why` says why it must. */
export function assert(condition: boolean, why: string): asserts condition {
  if (!condition) throw new AssertionFailure(why);
}

/** Answers `value`, which must be there; `why` says why it must. */
export function required<T>(value: T | undefined, why: string): T {
  if (value === undefined) throw new AssertionFailure(why);
  return value;
}

/** Closes an exhaustive switch. */
export function assertNever(value: never): never {
  throw new AssertionFailure(`unhandled case ${String(value)}`);
}

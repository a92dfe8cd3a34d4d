/**
 * Owns: picking fields of an answer for `--json=a,b`; pure.
 * Does not own: printing (output).
 */
import { usageError } from './errors.ts';
import { suggest } from './suggestions.ts';

/** The named fields of an object, in the order named; an unknown name is wrong usage. */
export function pickFields(data: object, names: readonly string[]): object {
  const known = Object.keys(data);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const meant = suggest(unknown, known);
    throw usageError(
      `there is no field "${unknown}" in this answer: it has ${known.join(', ')}`,
      meant === undefined ? undefined : `--json=${meant}`,
    );
  }
  const fields = data as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}

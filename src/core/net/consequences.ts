/**
 * Owns: what a reject means for the peer that sent the data: the one table.
 * Does not own: the kinds of codes (base/rejects). Layer 3. docs/protocol.md section 11.
 */
import type { RejectCode, RejectKind } from '../base/rejects.ts';
import { rejectKind } from '../base/rejects.ts';

/** Disconnect and discourage, or nothing. */
export type Consequence = 'punish' | 'ignore';

const CONSEQUENCE_OF_KIND: Readonly<Record<RejectKind, Consequence>> = {
  malformed: 'punish',
  invalid: 'punish',
  premature: 'ignore',
  policy: 'ignore',
  duplicate: 'ignore',
};

export function consequenceOf(code: RejectCode): Consequence {
  return CONSEQUENCE_OF_KIND[rejectKind(code)];
}

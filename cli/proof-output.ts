/**
 * Owns: what the three `cairn prove` commands share: their option and printing the file.
 * Does not own: making proofs (the node) or checking them (client).
 */
import { PROOF_HEADERS_MAX } from '../src/core/rules/proof-file.ts';
import type { ProofJson } from '../src/core/rules/proof-json.ts';
import type { Context, OptionSpecs } from './command.ts';
import { parseCount } from './values.ts';

export const HEADERS_OPTION: OptionSpecs = {
  headers: { kind: 'text', value: 'N', summary: 'headers above the block to carry (up to 100)' },
};

export interface HeadersArguments {
  readonly headers?: string;
}

export function readHeaders({ headers }: HeadersArguments): number | undefined {
  if (headers === undefined) return undefined;
  return parseCount('--headers', headers, { min: 0, max: PROOF_HEADERS_MAX });
}

/** Prints a proof as the file that it is, or the fields asked for. */
export function printProof({ output }: Context, proof: ProofJson): void {
  const { json = [] } = output.options;
  if (json.length > 0) output.answer(proof, () => []);
  else output.file(JSON.stringify(proof));
  output.next('cairn verify FILE');
}

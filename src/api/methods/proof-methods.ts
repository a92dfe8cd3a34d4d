/**
 * Owns: the methods that make proofs, as the JSON of a proof file.
 * Does not own: making them (core/node/prover) or their schemas (schemas/proofs).
 */
import { required } from '../../core/base/assert.ts';
import type { BlockId, Height } from '../../core/base/types.ts';
import { parseBlockId, parseTxId, toHeight } from '../../core/base/types.ts';
import type { ProofRefusal, ProofRequest } from '../../core/node/prover.ts';
import { proofToJson } from '../../core/rules/proof-file.ts';
import type { ProofJson } from '../../core/rules/proof-json.ts';
import { RPC_NUMBERS, createRpcError } from '../rpc-error.ts';
import type { ApiErrorCode } from '../schemas/error-codes.ts';
import type { Call, Handlers } from './handler.ts';
import { readAddress } from './handler.ts';

const HEADERS_DEFAULT = 100;

export const proofMethods: Handlers<'proof'> = {
  'proof.transaction': ({ id: text, headers = HEADERS_DEFAULT }, call) => {
    const id = required(parseTxId(text), 'the schema admits ids only');
    return prove(call, { kind: 'transaction', id, headers });
  },
  'proof.account': ({ address }, call) =>
    prove(call, { kind: 'account', address: readAddress(address, call) }),
  'proof.history': ({ from, to, headers = HEADERS_DEFAULT }, call) =>
    prove(call, {
      kind: 'history',
      from: readBlock(from),
      to: to === undefined ? undefined : readBlock(to),
      headers,
    }),
};

function readBlock(block: number | string): Height | BlockId {
  if (typeof block === 'number') return toHeight(block);
  return required(parseBlockId(block), 'the schema admits ids only');
}

/** Answers the proof, or the error that says why there is none. */
async function prove<K extends ProofRequest['kind']>(
  { node }: Call,
  request: ProofRequest & { readonly kind: K },
): Promise<ProofJson & { readonly kind: K }> {
  const made = await node.read((view) => {
    const answer = view.prove(request);
    return 'network' in answer ? proofToJson(answer) : { refusal: answer };
  });
  if (!('refusal' in made)) return made as ProofJson & { readonly kind: K };
  const { number = RPC_NUMBERS.rejected, ...why } = explain(made.refusal);
  throw createRpcError(number, why);
}

function explain(refusal: ProofRefusal): {
  readonly code: ApiErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly number?: number;
  readonly facts?: Readonly<Record<string, string | number>>;
} {
  switch (refusal.kind) {
    case 'reorganising':
      return {
        code: 'node-reorganising',
        message: 'the accounts are on their way to another tip',
        hint: 'try again in a moment',
      };
    case 'transaction-unconfirmed':
      return {
        code: 'transaction-unconfirmed',
        message: 'no connected block holds this transaction',
        hint: 'tx.get says what became of it',
      };
    case 'block-unconnected':
      return {
        code: 'block-unknown',
        message: `no connected block is ${refusal.block}`,
        hint: 'name a height up to that of the tip, or the id of a connected block',
        facts: { block: refusal.block },
      };
    case 'order-wrong':
      return {
        ...{ code: 'params-invalid', number: RPC_NUMBERS.paramsInvalid },
        message: 'from: must be below the later block',
        hint: 'parameters: from, to, headers',
      };
  }
}

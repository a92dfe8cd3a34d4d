/**
 * Owns: the errors that methods answer: their JSON-RPC number, stable code, sentence and facts.
 * Does not own: the sentences of rejects (api/reject-text) or the envelope (api/rpc).
 */
import { JSONRPCErrorException } from 'json-rpc-2.0';
import type { Reject, RejectCode } from '../core/base/rejects.ts';
import type { OperationalError } from '../io/errors.ts';
import { factsToJson, rejectToText } from './reject-text.ts';
import type { ApiErrorCode } from './schemas/error-codes.ts';
import type { ErrorDataJson } from './schemas/results.ts';

/** The numbers of JSON-RPC 2.0, and two of our own. */
export const RPC_NUMBERS = {
  parseError: -32700,
  invalidRequest: -32600,
  methodUnknown: -32601,
  paramsInvalid: -32602,
  internal: -32603,
  rejected: -32000,
  notAllowed: -32001,
} as const;

/** Makes the error that a method throws to answer it; `message` is one plain sentence. */
export function createRpcError(
  number: number,
  data: {
    readonly code: ApiErrorCode | RejectCode;
    readonly message: string;
    readonly hint?: string;
    readonly facts?: ErrorDataJson['facts'];
  },
): JSONRPCErrorException {
  const facts = data.facts ?? {};
  return new JSONRPCErrorException(data.message, number, {
    ...data,
    facts,
  } satisfies ErrorDataJson);
}

/** Makes the error for a verdict of the rules. */
export function rejectToRpcError(verdict: Reject): JSONRPCErrorException {
  return createRpcError(RPC_NUMBERS.rejected, {
    code: verdict.code,
    ...rejectToText(verdict),
    facts: factsToJson(verdict),
  });
}

/** Makes the error for what disk, port or worker did to the node. */
export function operationalToRpcError(error: OperationalError): JSONRPCErrorException {
  const { code, message, hint } = error;
  const data: ErrorDataJson = { code, message, ...(hint !== undefined && { hint }), facts: {} };
  return new JSONRPCErrorException(message, RPC_NUMBERS.rejected, data);
}

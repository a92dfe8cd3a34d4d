/**
 * Owns: joining schemas, handlers and access to the table that the dispatcher runs.
 * Does not own: any of the three.
 */
import { chainMethods } from './methods/chain-methods.ts';
import { eventMethods } from './methods/event-methods.ts';
import type { Call, Handler } from './methods/handler.ts';
import { miningMethods } from './methods/mining-methods.ts';
import { nodeMethods } from './methods/node-methods.ts';
import { peerMethods } from './methods/peer-methods.ts';
import { proofMethods } from './methods/proof-methods.ts';
import { transactionMethods } from './methods/transaction-methods.ts';
import type { RpcMethod } from './rpc.ts';
import { RPC_NUMBERS, createRpcError } from './rpc-error.ts';
import type { MethodName } from './schemas/methods.ts';
import { METHODS, methodNames } from './schemas/methods.ts';

/** A call, and whether it carried the cookie. */
export interface AuthorizedCall extends Call {
  readonly hasCookie: boolean;
  /** Where the cookie lies, for the hint. */
  readonly cookiePath: string;
}

const HANDLERS: { readonly [M in MethodName]: Handler<M> } = {
  ...nodeMethods,
  ...chainMethods,
  ...transactionMethods,
  ...peerMethods,
  ...eventMethods,
  ...proofMethods,
  ...miningMethods,
};

/** The methods of a node; those of the lab only where it has one. */
export function createMethodTable(lab: boolean): ReadonlyMap<string, RpcMethod<AuthorizedCall>> {
  return new Map(methodNames(lab).map((name) => [name, toRpcMethod(name)]));
}

function toRpcMethod(name: MethodName): RpcMethod<AuthorizedCall> {
  const { access, params } = METHODS[name];
  // The dispatcher has read the parameters by the schema that stands beside it.
  const run = HANDLERS[name] as (params: unknown, call: Call) => unknown;
  return { params, run, ...(access !== 'open' && { admit: requireCookie }) };
}

function requireCookie({ hasCookie, cookiePath }: AuthorizedCall): void {
  if (hasCookie) return;
  throw createRpcError(RPC_NUMBERS.notAllowed, {
    code: 'not-allowed',
    message: 'this call spends resources of the node and needs its cookie',
    hint: `send "Authorization: Bearer" and the content of ${cookiePath}`,
  });
}

/**
 * Owns: the shape of a method's implementation, and what several of them read from parameters.
 * Does not own: any method.
 */
import type { Address } from '../../core/base/types.ts';
import type { Result } from '../../core/base/rejects.ts';
import { decodeAddress } from '../../core/codec/address.ts';
import type { Endpoint } from '../../core/net/endpoint.ts';
import type { NodeAccess } from '../node-access.ts';
import type { PeerUrl } from '../peer-url.ts';
import { RPC_NUMBERS, createRpcError, rejectToRpcError } from '../rpc-error.ts';
import type { Topic } from '../schemas/events.ts';
import type { MethodName, ParamsOf, ResultOf } from '../schemas/methods.ts';

export interface Call {
  readonly node: NodeAccess;
  /** Where this API answers. */
  readonly rpcUrl: string;
  /** Aborts when the caller is gone. */
  readonly signal: AbortSignal;
  /** Whom events can be sent to: undefined where a request has one answer and no more. */
  readonly subscriber: Subscriber | undefined;
}

/** A connection that can be sent events. */
export interface Subscriber {
  /** Sends events after that number, once the answer is out; undefined when it has too many. */
  subscribe(wanted: {
    readonly topics: readonly Topic[];
    readonly after: number;
  }): number | undefined;
  /** Whether there was such a subscription. */
  unsubscribe(subscription: number): boolean;
}

/** Throws what `createRpcError` makes to answer an error. */
export type Handler<M extends MethodName> = (
  params: ParamsOf<M>,
  call: Call,
) => ResultOf<M> | Promise<ResultOf<M>>;

/** The handlers of all methods whose names begin with one of the groups. */
export type Handlers<Group extends string> = {
  readonly [M in Extract<MethodName, `${Group}.${string}`>]: Handler<M>;
};

/** Answers the value of a result; a verdict becomes the error that the method answers. */
export function valueOrThrow<T>(result: Result<T>): T {
  if (!result.ok) throw rejectToRpcError(result);
  return result.value;
}

/** Reads an address of the node's network: `address-malformed`. */
export function readAddress(text: string, { node }: Call): Address {
  return valueOrThrow(decodeAddress(text, node.network.params.prefix));
}

/** Answers an endpoint that was read from `text`, or the error that says what one looks like. */
export function requireEndpoint<T extends Endpoint | PeerUrl>(
  endpoint: T | undefined,
  wrong: { readonly text: string; readonly example: string },
): T {
  if (endpoint !== undefined) return endpoint;
  throw createRpcError(RPC_NUMBERS.paramsInvalid, {
    code: 'peer-address-malformed',
    message: `"${wrong.text}" does not say where a peer listens`,
    hint: `write an ip and a port, as in ${wrong.example}`,
  });
}

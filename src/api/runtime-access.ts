/**
 * Owns: the running node as the API sees it: requests to the runtime, reads between its steps.
 * Does not own: the runtime (io/runtime) or what the API makes of the answers.
 */
import { assert } from '../core/base/assert.ts';
import type { Result } from '../core/base/rejects.ts';
import { ok } from '../core/base/rejects.ts';
import type { Address } from '../core/base/types.ts';
import { U32_MAX, toHeight } from '../core/base/types.ts';
import { addressPlaceKey, addressPlaceOf, addressPlacePrefix } from '../core/chain/layout.ts';
import type { Place } from '../core/chain/records.ts';
import { endpointToText } from '../core/net/endpoint.ts';
import type { Node } from '../core/node/node.ts';
import type { Reply } from '../core/node/ports.ts';
import type { Network } from '../core/rules/network.ts';
import { readClock } from '../io/clock.ts';
import type { Runtime } from '../io/runtime.ts';
import { drawRandomBytes } from '../io/seed.ts';
import type { Store } from '../io/store/store.ts';
import type { WsTransport } from '../io/transport/ws-transport.ts';
import type { VerifierPool } from '../io/verify/verifier-pool.ts';
import type { EventStream } from './event-stream.ts';
import type { MinerAccess, NodeAbout, NodeAccess, PlacesPage } from './node-access.ts';

/** Random bytes of each template, so that no two miners build equal blocks. */
const EXTRA_SIZE = 8;

/** Makes the API's access to a runtime that has started. */
export function createRuntimeAccess(options: {
  readonly runtime: Runtime<Node>;
  readonly store: Store;
  readonly transport: WsTransport;
  readonly verifier: VerifierPool;
  readonly events: EventStream;
  readonly network: Network;
  readonly about: NodeAbout;
  readonly miner: MinerAccess;
  readonly stop: () => void;
}): NodeAccess {
  const { runtime, store, transport, verifier, events, network, about, miner, stop } = options;
  return {
    about,
    network,
    miner,
    events,
    stop,
    read: (read) => runtime.query(({ view }) => read(view)),
    placesOf: (address, page) => readPlaces(store, address, page),
    traffic: (peer) => transport.traffic().find((connection) => connection.peer === peer),
    trafficTotals: () => transport.totals(),
    verificationBacklog: () => verifier.backlog,
    nowMs: () => readClock().wallMs,
    async submitTransaction(bytes) {
      return ofKind(await runtime.submit({ kind: 'submit-transaction', bytes }), [
        'transaction-accepted',
      ]);
    },
    async submitBlock(bytes) {
      return ofKind(await runtime.submit({ kind: 'submit-block', bytes }), ['block-accepted']);
    },
    async requestTemplate(payTo) {
      const extra = drawRandomBytes(EXTRA_SIZE);
      const reply = await runtime.submit({ kind: 'request-template', payTo, extra });
      return ofKind(reply, ['template', 'no-template']);
    },
    addPeer: ({ endpoint, tls }) => {
      transport.setPeerTls(endpoint, tls);
      runtime.command({ kind: 'add-peer', endpoint });
    },
    dropPeer: (peer) => runtime.command({ kind: 'drop-peer', peer }),
    setCut: (endpoints) => runtime.command({ kind: 'set-cut', endpoints }),
    setDelays: (delays) =>
      transport.setDelays(
        new Map(delays.map(({ endpoint, delayMs }) => [endpointToText(endpoint), delayMs])),
      ),
  };
}

async function readPlaces(
  store: Store,
  address: Address,
  { before, limit }: PlacesPage,
): Promise<readonly Place[]> {
  const prefix = addressPlacePrefix(address);
  const below = addressPlaceKey(address, before ?? { height: toHeight(U32_MAX), index: U32_MAX });
  const records = await store.readBackwards({ prefix, below, limit });
  return records.map(({ key }) => addressPlaceOf(key));
}

/** A reply of the kinds that its request is answered with. */
function ofKind<K extends Reply['kind']>(
  result: Result<Reply>,
  kinds: readonly K[],
): Result<Extract<Reply, { readonly kind: K }>> {
  if (!result.ok) return result;
  const { value } = result;
  const isOfKind = (reply: Reply): reply is Extract<Reply, { readonly kind: K }> =>
    (kinds as readonly string[]).includes(reply.kind);
  assert(isOfKind(value), 'core answers each request with its own kind of reply');
  return ok(value);
}

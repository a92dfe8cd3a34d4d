/** Owns: the methods about peers. Does not own: their schemas (schemas/methods). */
import { parsePeerUrl } from '../peer-url.ts';
import { RPC_NUMBERS, createRpcError } from '../rpc-error.ts';
import { missingToJson, peersToJson } from '../to-json.ts';
import type { Handlers } from './handler.ts';
import { requireEndpoint } from './handler.ts';

export const peerMethods: Handlers<'peers'> = {
  'peers.list': (_, { node }) =>
    node.read((view) => ({ peers: peersToJson(view, node), missing: missingToJson(view) })),
  'peers.add': ({ url }, { node }) => {
    const example = 'ws://127.0.0.1:7501';
    node.addPeer(requireEndpoint(parsePeerUrl(url), { text: url, example }));
    return {};
  },
  'peers.drop': async ({ id }, { node }) => {
    const known = await node.read((view) => view.peers().some((peer) => peer.id === id));
    if (!known) {
      throw createRpcError(RPC_NUMBERS.rejected, {
        code: 'peer-unknown',
        message: `no peer has the id ${id}`,
        hint: 'peers.list shows the ids',
        facts: { id },
      });
    }
    node.dropPeer(id);
    return {};
  },
};

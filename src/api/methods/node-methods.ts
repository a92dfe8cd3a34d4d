/**
 * Owns: the methods about the node itself and its lab controls. Does not own: their schemas
 * (schemas/methods).
 */
import { describeApi } from '../openrpc.ts';
import { parseEndpoint } from '../peer-url.ts';
import { statusToJson } from '../to-json.ts';
import type { Handlers } from './handler.ts';
import { requireEndpoint } from './handler.ts';

export const nodeMethods: Handlers<'node' | 'lab' | 'rpc'> = {
  'node.status': (_, { node, rpcUrl }) => node.read((view) => statusToJson(view, node, rpcUrl)),
  'node.stop': (_, { node }) => {
    node.stop();
    return {};
  },
  'rpc.discover': (_, { node, rpcUrl }) => describeApi({ ...node.about, rpcUrl }),
  'lab.cut': ({ endpoints }, { node }) => {
    const example = '127.0.0.1:7501';
    node.setCut(endpoints.map((text) => requireEndpoint(parseEndpoint(text), { text, example })));
    return {};
  },
  'lab.delay': ({ delays }, { node }) => {
    const example = '127.0.0.1:7501';
    node.setDelays(
      delays.map(({ endpoint: text, delayMs }) => ({
        endpoint: requireEndpoint(parseEndpoint(text), { text, example }),
        delayMs,
      })),
    );
    return {};
  },
};

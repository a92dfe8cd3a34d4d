/**
 * Owns: which node a command talks to: `--node N|URL`, or the lowest-numbered running one.
 * Does not own: the registry (lab) or the calls (client).
 */
import type { Client } from '../src/client/client.ts';
import { createClient } from '../src/client/client.ts';
import { labError } from '../src/lab/errors.ts';
import { CALL_TIMEOUT_MS, nodeClient } from '../src/lab/node-client.ts';
import { requireNode } from '../src/lab/nodes.ts';
import { LOOPBACK, PORT_BASE_DEFAULT, rpcPort } from '../src/lab/ports.ts';
import type { NetworkRecord } from '../src/lab/registry.ts';
import {
  isNetworkRunning,
  listNetworks,
  nodePlace,
  readNetwork,
  requireNetwork,
} from '../src/lab/registry.ts';
import { listSingleNodes } from '../src/lab/single-nodes.ts';
import type { Context } from './command.ts';
import { usageError } from './errors.ts';

export interface Target {
  readonly client: Client;
  /** `node 1`, or the URL of a node that is not of the local network. */
  readonly label: string;
}

/** Finds the node; whether it answers shows at the first call. */
export function resolveTarget(context: Context): Target {
  const { home, network, node } = context;
  if (node !== undefined && /^https?:\/\//.test(node)) return targetAt(context, node);
  const record = readNetwork(home, network);
  if (node !== undefined) {
    if (!/^[1-9][0-9]*$/.test(node)) {
      throw usageError(`--node is a number or a URL, not "${node}"`, '--node 1');
    }
    return targetOf(context, record ?? requireNetwork(home, network), Number(node));
  }
  const first = record?.nodes.find(({ process }) => process !== null);
  if (record !== undefined && first !== undefined) return targetOf(context, record, first.id);
  const [single] = listSingleNodes(home);
  if (single !== undefined) return targetAt(context, single.rpc);
  // Nothing of ours runs: a node at the usual place may.
  const usual = record?.portBase ?? PORT_BASE_DEFAULT;
  return targetAt(context, `http://${LOOPBACK}:${rpcPort(usual, 1)}`);
}

function targetOf(context: Context, record: NetworkRecord, id: number): Target {
  if (requireNode(record, id).process === null) {
    throw labError('node-stopped', `node ${id} of network "${record.name}" is stopped`, {
      hint: isNetworkRunning(record) ? `cairn start ${id}` : 'cairn up',
    });
  }
  const place = nodePlace(context.home, record, id);
  return { client: nodeClient(place, context.timeoutMs), label: `node ${id}` };
}

/** A node by its URL; the registry knows the cookie if it is one of ours. */
function targetAt(context: Context, text: string): Target {
  const { home, timeoutMs = CALL_TIMEOUT_MS } = context;
  if (!URL.canParse(text)) throw usageError(`"${text}" is no URL`);
  const url = text.replace(/\/+$/, '');
  for (const record of listNetworks(home)) {
    const ours = record.nodes.find(({ id }) => nodePlace(home, record, id).rpc === url);
    if (ours !== undefined && ours.process !== null) return targetOf(context, record, ours.id);
  }
  const single = listSingleNodes(home).find(({ rpc }) => rpc === url);
  if (single !== undefined) return { client: nodeClient(single, timeoutMs), label: url };
  return { client: createClient({ url, timeoutMs }), label: url };
}

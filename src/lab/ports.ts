/**
 * Owns: the block of ports of a local network, and finding a free one.
 * Does not own: who listens on them (server, the nodes).
 *
 * With base B: the lab serves B, node i serves B + i, its peers connect to B + 100 + i.
 */
import { createServer } from 'node:net';
import { labError } from './errors.ts';

export const PORT_BASE_DEFAULT = 7400;
export const NODES_MAX = 50;
export const LOOPBACK = '127.0.0.1';
const PEER_PORTS_OFFSET = 100;
const BLOCK_STEP = 200;
const PORT_MAX = 65_535;

export function rpcPort(portBase: number, id: number): number {
  return portBase + id;
}

export function peerPort(portBase: number, id: number): number {
  return portBase + PEER_PORTS_OFFSET + id;
}

/** Every port that a network of `count` nodes needs. */
export function blockPorts(portBase: number, count: number): readonly number[] {
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  return [
    portBase,
    ...ids.map((id) => rpcPort(portBase, id)),
    ...ids.map((id) => peerPort(portBase, id)),
  ];
}

/** The first free block at `wanted` or above it: `ports-busy` when there is none. */
export async function findPortBlock(options: {
  readonly wanted: number;
  readonly count: number;
  readonly isFree?: (port: number) => Promise<boolean>;
}): Promise<number> {
  const { wanted, count, isFree = isPortFree } = options;
  for (let base = wanted; peerPort(base, count) <= PORT_MAX; base += BLOCK_STEP) {
    if (await areAllFree(blockPorts(base, count), isFree)) return base;
  }
  throw labError('ports-busy', `no free block of ports from ${wanted} upwards`, {
    hint: 'cairn up --port-base PORT',
  });
}

async function areAllFree(
  ports: readonly number[],
  isFree: (port: number) => Promise<boolean>,
): Promise<boolean> {
  const free = await Promise.all(ports.map(isFree));
  return free.every(Boolean);
}

function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}

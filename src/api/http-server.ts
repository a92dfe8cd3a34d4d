/**
 * Owns: an HTTP server on loopback with its limits: how it begins to listen and how it ends.
 * Does not own: what it answers (api/http).
 */
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OperationalError } from '../io/errors.ts';
import * as limits from './limits.ts';

export const LOOPBACK = '127.0.0.1';

/** Makes a server that waits for nobody's request longer than the limits say. */
export function createLimitedServer(listener: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.HEADER_BYTES_MAX,
      headersTimeout: limits.HEADERS_TIMEOUT_MS,
      requestTimeout: limits.REQUEST_TIMEOUT_MS,
      keepAliveTimeout: limits.KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: limits.CONNECTIONS_CHECK_MS,
    },
    listener,
  );
  server.maxConnections = limits.CONNECTIONS_MAX;
  return server;
}

/** Listens on loopback; answers the port. Throws `port-in-use`, `listen-failed`. */
export function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE';
      reject(
        new OperationalError({
          code: inUse ? 'port-in-use' : 'listen-failed',
          message: inUse ? `port ${port} is in use` : `cannot listen on port ${port}`,
          hint: 'name another port with --rpc-port',
          cause: error,
        }),
      );
    });
    server.listen({ host: LOOPBACK, port }, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Lets answers under way go out for a moment, then ends every connection. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), limits.CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

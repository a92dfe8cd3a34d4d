/**
 * Owns: reading where a peer listens from text: an ip and a port, never a name.
 * Does not own: dialling (io/transport).
 */
import { isIP } from 'node:net';
import type { Endpoint } from '../core/net/endpoint.ts';

const PORT_MAX = 65_535;

/** Reads `127.0.0.1:7501` or `[::1]:7501`; undefined when it is neither. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const [, v6, v4, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const ip = v6 ?? v4 ?? '';
  const port = Number(digits);
  if (isIP(ip) !== (v6 === undefined ? 4 : 6) || port < 1 || port > PORT_MAX) return undefined;
  return { ip, port };
}

/** Reads `ws://127.0.0.1:7501`; undefined when it is none. */
export function parsePeerUrl(url: string): Endpoint | undefined {
  const [, place] = /^ws:\/\/([^/]+)\/?$/.exec(url) ?? [];
  return place === undefined ? undefined : parseEndpoint(place);
}

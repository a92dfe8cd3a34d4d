/**
 * Owns: reading where a peer listens from text: an ip and a port, never a name, and how it is
 * recognized.
 * Does not own: dialling (io/transport).
 */
import { isIP } from 'node:net';
import type { Endpoint } from '../core/net/endpoint.ts';
import { endpointToText } from '../core/net/endpoint.ts';
import type { ListenerTls, PeerTls } from '../io/transport/peer-tls.ts';
import { fingerprintOf, parseFingerprint } from '../io/transport/peer-tls.ts';

const PORT_MAX = 65_535;

/** Reads `127.0.0.1:7501` or `[::1]:7501`; undefined when it is neither. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const [, v6, v4, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const ip = v6 ?? v4 ?? '';
  const port = Number(digits);
  if (isIP(ip) !== (v6 === undefined ? 4 : 6) || port < 1 || port > PORT_MAX) return undefined;
  return { ip, port };
}

/** A peer to dial. */
export interface PeerUrl {
  readonly endpoint: Endpoint;
  /** Undefined: without TLS. */
  readonly tls: PeerTls | undefined;
}

/**
 * Reads `ws://127.0.0.1:7501`, `wss://10.0.0.2:7501` (an authority vouches for the ip) or
 * `wss://10.0.0.2:7501#FINGERPRINT`; undefined when it is none.
 */
export function parsePeerUrl(url: string): PeerUrl | undefined {
  const [, scheme, place = '', pin] = /^(wss?):\/\/([^/#]+)\/?(?:#(.*))?$/.exec(url) ?? [];
  const endpoint = parseEndpoint(place);
  const fingerprint = pin === undefined ? undefined : parseFingerprint(pin);
  if (endpoint === undefined || (pin !== undefined && fingerprint === undefined)) return undefined;
  if (scheme === 'wss') return { endpoint, tls: { fingerprint } };
  return pin === undefined ? { endpoint, tls: undefined } : undefined;
}

/** Where a node listens, as its peers' operators write it. */
export function peerUrl(endpoint: Endpoint, tls: ListenerTls | undefined): string {
  const place = endpointToText(endpoint);
  return tls === undefined ? `ws://${place}` : `wss://${place}#${fingerprintOf(tls.cert)}`;
}

/**
 * Owns: what names a peer connection and a dialable place.
 * Does not own: who is dialled and when (net/connections). Layer 3.
 */

/** One connection of this process; never reused. */
export type PeerId = number;

/**
 * Where a node listens, or where a socket comes from. An ip in text (v4 or v6, no names) and a
 * port.
 */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

/** The form an endpoint has as a Map key and in logs. */
export function endpointToText(endpoint: Endpoint): string {
  const ip = endpoint.ip.includes(':') ? `[${endpoint.ip}]` : endpoint.ip;
  return `${ip}:${endpoint.port}`;
}

export function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(?:::ffff:)?127\./.test(ip);
}

/**
 * Owns: who is kept away for a while after a violation.
 * Does not own: what a violation is (net/consequences). Layer 3.
 */
import type { Direction } from './border.ts';
import { BoundedMap } from './bounded.ts';
import type { Endpoint } from './endpoint.ts';
import { endpointToText, isLoopback } from './endpoint.ts';
import { DISCOURAGED_LOOPBACK_MS, DISCOURAGED_MAX, DISCOURAGED_MS } from './limits.ts';

/** On loopback every process shares one address, so only an endpoint names somebody. */
function keyOf(endpoint: Endpoint): string {
  return isLoopback(endpoint.ip) ? endpointToText(endpoint) : endpoint.ip;
}

export class Discouraged {
  readonly #untilMs = new BoundedMap<string, number>(DISCOURAGED_MAX);

  /**
   * Remembers a violator: by address; on loopback only what this node dialled, since any process
   * can connect.
   */
  add(peer: { readonly direction: Direction; readonly remote: Endpoint }, nowMs: number): void {
    const isLocal = isLoopback(peer.remote.ip);
    if (isLocal && peer.direction === 'inbound') return;
    const spanMs = isLocal ? DISCOURAGED_LOOPBACK_MS : DISCOURAGED_MS;
    this.#untilMs.set(keyOf(peer.remote), nowMs + spanMs);
  }

  /** When the endpoint is welcome again; in the past if it is. */
  untilMs(endpoint: Endpoint): number {
    return this.#untilMs.get(keyOf(endpoint)) ?? -Infinity;
  }

  /** Forgives, because the operator asked for this peer by name. */
  forgive(endpoint: Endpoint): void {
    this.#untilMs.delete(keyOf(endpoint));
  }

  get size(): number {
    return this.#untilMs.size;
  }
}

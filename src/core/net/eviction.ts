/**
 * Owns: which inbound connection makes room for a newcomer.
 * Does not own: when room is needed (net/connections). Layer 3.
 */
import { isLoopback } from './endpoint.ts';
import { EVICTION_SPARED_PER_MERIT } from './limits.ts';
import type { Peer } from './peers.ts';

/** The group of which one more counts as the same party; on loopback each connection is its own. */
export function groupOf(peer: Pick<Peer, 'id' | 'remote'>): string {
  return isLoopback(peer.remote.ip) ? `loopback ${peer.id}` : peer.remote.ip;
}

/**
 * The inbound peer to let go: the oldest without a hello; else, sparing those of best latency and
 * those that last brought blocks or transactions, the youngest of the largest group. Undefined when
 * all are spared.
 */
export function chooseEvicted(peers: readonly Peer[]): Peer | undefined {
  const inbound = peers.filter(({ direction }) => direction === 'inbound');
  const silent = inbound.filter(({ stage }) => stage === 'handshake');
  if (silent.length > 0) return byNumber(silent, (peer) => peer.connectedAtMs)[0];
  const merits: readonly ((peer: Peer) => number)[] = [
    (peer) => peer.latencyMs ?? Infinity,
    (peer) => -peer.blockAtMs,
    (peer) => -peer.transactionAtMs,
  ];
  const spared = new Set<Peer>();
  for (const merit of merits) {
    const worthy = inbound.filter((peer) => merit(peer) !== Infinity && !spared.has(peer));
    const best = byNumber(worthy, merit).slice(0, EVICTION_SPARED_PER_MERIT);
    for (const peer of best) spared.add(peer);
  }
  const left = inbound.filter((peer) => !spared.has(peer));
  const sizes = new Map<string, number>();
  for (const peer of left) sizes.set(groupOf(peer), (sizes.get(groupOf(peer)) ?? 0) + 1);
  const largest = Math.max(...sizes.values());
  const crowd = left.filter((peer) => sizes.get(groupOf(peer)) === largest);
  return byNumber(crowd, (peer) => -peer.connectedAtMs)[0];
}

function byNumber(peers: readonly Peer[], value: (peer: Peer) => number): readonly Peer[] {
  return [...peers].sort((a, b) => value(a) - value(b));
}

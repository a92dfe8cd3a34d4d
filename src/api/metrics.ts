/**
 * Owns: what `/metrics` tells: names, help, and where each number comes from.
 * Does not own: the numbers themselves. Names follow Prometheus: base units, `_total` for counters.
 */
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { NodeEvent } from '../core/node/ports.ts';
import type { NodeView, NodeStatus, PeerView } from '../core/node/view.ts';
import { bitsToWork } from '../core/rules/work.ts';
import type { NodeAccess } from './node-access.ts';

/** How exactly the event loop's delay is measured; idle, it reads as this much. */
const LOOP_PRECISION_MS = 10;

export class Metrics {
  readonly contentType: string = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new Registry();
  readonly #reorgs: Counter;
  readonly #disconnected: Counter;
  readonly #refusals: Counter<'subject' | 'code'>;
  readonly #departures: Counter<'code'>;
  readonly #gauges: readonly ((now: Reading) => void)[];
  readonly #traffic: Counter<'direction'>;

  /** Adds `process_` and `nodejs_` numbers, the event loop's percentiles among them. */
  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({
      register: this.#registry,
      eventLoopMonitoringPrecision: LOOP_PRECISION_MS,
    });
    const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
      new Counter({ name: `cairn_${name}`, help, labelNames, registers });
    this.#reorgs = counter('reorgs_total', 'Changes of tip that took blocks off.', []);
    this.#disconnected = counter('blocks_disconnected_total', 'Blocks taken off by them.', []);
    this.#refusals = counter('refusals_total', 'Blocks and transactions refused.', [
      'subject',
      'code',
    ]);
    this.#departures = counter('peers_left_total', 'Connections that ended, by reason.', ['code']);
    this.#traffic = counter('peer_bytes_total', 'Bytes on the wire of all peers.', ['direction']);
    this.#gauges = GAUGES.map(([name, help, read]) => {
      const gauge = new Gauge({ name: `cairn_${name}`, help, registers });
      return (now: Reading) => gauge.set(read(now));
    });
  }

  /** Counts what happens. */
  count(event: NodeEvent): void {
    switch (event.kind) {
      case 'tip-changed':
        if (event.disconnected.length === 0) return;
        this.#reorgs.inc();
        this.#disconnected.inc(event.disconnected.length);
        return;
      case 'block-refused':
        return this.#refusals.inc({ subject: 'block', code: event.code });
      case 'transaction-refused':
        return this.#refusals.inc({ subject: 'transaction', code: event.code });
      case 'peer-left':
        return this.#departures.inc({ code: event.code });
      default:
    }
  }

  /** Reads everything now, as Prometheus reads it. */
  async text(node: NodeAccess): Promise<string> {
    const now = await node.read((view) => readNow(view, node));
    for (const set of this.#gauges) set(now);
    const { bytesIn, bytesOut } = node.trafficTotals();
    this.#traffic.reset();
    this.#traffic.inc({ direction: 'in' }, bytesIn);
    this.#traffic.inc({ direction: 'out' }, bytesOut);
    return this.#registry.metrics();
  }
}

interface Reading {
  readonly status: NodeStatus;
  readonly peers: readonly PeerView[];
  readonly hashRate: number;
  readonly backlog: number;
  readonly lastEvent: number;
}

function readNow(view: NodeView, node: NodeAccess): Reading {
  return {
    status: view.status(),
    peers: view.peers(),
    hashRate: node.miner.hashRate(),
    backlog: node.verificationBacklog(),
    lastEvent: node.events.last,
  };
}

const countPeers = ({ peers }: Reading, direction: PeerView['direction']): number =>
  peers.filter((peer) => peer.direction === direction).length;

const GAUGES: readonly (readonly [string, string, (now: Reading) => number])[] = [
  ['height', 'Height of the connected tip.', ({ status }) => status.tip.height],
  [
    'known_height',
    'Highest height that any peer claims, or the own one.',
    ({ status }) => status.syncing?.target ?? status.tip.height,
  ],
  ['work', 'Cumulative work of the tip, in hashes.', ({ status }) => Number(status.tip.work)],
  [
    'difficulty',
    'Expected hashes for one block now.',
    ({ status }) => Number(bitsToWork(status.bits)),
  ],
  ['mempool_transactions', 'Transactions in the pool.', ({ status }) => status.poolCount],
  ['mempool_bytes', 'Bytes of the pool.', ({ status }) => status.poolSizeBytes],
  ['peers_inbound', 'Connections that peers opened.', (now) => countPeers(now, 'inbound')],
  ['peers_outbound', 'Connections to peers.', (now) => countPeers(now, 'outbound')],
  ['hash_rate', 'Hashes per second of the own miner.', ({ hashRate }) => hashRate],
  ['verification_backlog', 'Signatures that wait for a verdict.', ({ backlog }) => backlog],
  ['reorganising', '1 inside a reorg of several batches.', ({ status }) => +status.reorganising],
  ['events', 'Number of the last event.', ({ lastEvent }) => lastEvent],
];

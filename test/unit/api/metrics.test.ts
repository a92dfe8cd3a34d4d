/** `/metrics` as Prometheus reads it, and readiness. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServedNode } from './served-node.ts';
import { serveMemoryNode } from './served-node.ts';
import { parseBlockId, toHeight, toWork } from '../../../src/core/base/types.ts';

let served: ServedNode;
beforeEach(async () => {
  served = await serveMemoryNode();
});
afterEach(() => served.close());

/** Samples by name and labels. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const { status, body, headers } = await served.send({ path: '/metrics' });
  expect([status, headers['content-type']]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines
      .map((line) => line.split(/ (?=[^ ]+$)/) as [string, string])
      .map(([name, value]) => [name, Number(value)]),
  );
}

test('tells the chain, the pool, peers and traffic', async () => {
  const height = toHeight(3);
  const endpoint = { ip: '::1', port: 7502 };
  const peer = { id: 4, endpoint, height, latencyMs: 0.5, agent: 'x' } as const;
  served.node.peers = [{ ...peer, direction: 'outbound' }];
  const samples = await scrape();
  expect(Object.fromEntries([...samples].filter(([name]) => name.startsWith('cairn_')))).toEqual({
    cairn_height: served.node.blocks.length,
    cairn_known_height: served.node.blocks.length,
    cairn_work: expect.any(Number) as number,
    cairn_difficulty: expect.any(Number) as number,
    cairn_mempool_transactions: 0,
    cairn_mempool_bytes: 0,
    cairn_peers_inbound: 0,
    cairn_peers_outbound: 1,
    cairn_hash_rate: 0,
    cairn_verification_backlog: 0,
    cairn_reorganising: 0,
    cairn_events: 0,
    cairn_reorgs_total: 0,
    cairn_blocks_disconnected_total: 0,
    'cairn_peer_bytes_total{direction="in"}': 10,
    'cairn_peer_bytes_total{direction="out"}': 20,
  });
});

test('counts reorgs, refusals by code and departures', async () => {
  const id = parseBlockId('a'.repeat(64))!;
  const { metrics } = served;
  const facts = {};
  metrics.count({
    kind: 'tip-changed',
    tip: { height: toHeight(2), id, work: toWork(1n) },
    disconnected: [id, id],
    connected: [id],
    returned: [],
    dropped: [],
  });
  metrics.count({ kind: 'block-refused', id, peer: 1, code: 'block-malformed', facts });
  metrics.count({ kind: 'block-refused', id, peer: 1, code: 'block-malformed', facts });
  metrics.count({
    kind: 'transaction-refused',
    id: undefined,
    peer: 1,
    code: 'tx-malformed',
    facts,
  });
  metrics.count({
    kind: 'peer-left',
    peer: 1,
    endpoint: { ip: '127.0.0.1', port: 7502 },
    code: 'cut',
  });
  const samples = await scrape();
  expect(samples.get('cairn_reorgs_total')).toBe(1);
  expect(samples.get('cairn_blocks_disconnected_total')).toBe(2);
  expect(samples.get('cairn_refusals_total{subject="block",code="block-malformed"}')).toBe(2);
  expect(samples.get('cairn_refusals_total{subject="transaction",code="tx-malformed"}')).toBe(1);
  expect(samples.get('cairn_peers_left_total{code="cut"}')).toBe(1);
});

test('tells the event loop and the memory of the process', async () => {
  await scrape();
  const samples = await scrape();
  expect(samples.get('nodejs_eventloop_lag_p50_seconds')).toBeGreaterThan(0);
  expect(samples.get('nodejs_eventloop_lag_p99_seconds')).toBeLessThan(60);
  expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(10 << 20);
});

test('ready means one tip; not ready says why', async () => {
  const ready = (): ReturnType<ServedNode['send']> => served.send({ path: '/readyz' });
  expect(await ready()).toMatchObject({ status: 200, body: '{"ok":true}' });
  const { view } = served.node;
  const { status } = view;
  view.status = () => ({ ...status(), syncing: { height: toHeight(1), target: toHeight(9) } });
  expect((await ready()).status).toBe(200);
  view.status = () => ({ ...status(), reorganising: true });
  expect(await ready()).toMatchObject({
    status: 503,
    body: '{"ok":false,"reason":"reorganising"}',
  });
});

/** Answering peers: what is served, what is not, and how much. */
import { expect, test } from 'vitest';
import type { BlockId, TxId } from '../../../../src/core/base/types.ts';
import {
  SERVE_BYTES_BURST,
  SERVE_BYTES_PER_SECOND,
  SERVE_COST_MIN,
  SERVE_QUEUE_MAX,
  SIDE_BLOCKS_SERVED_DEPTH,
} from '../../../../src/core/net/limits.ts';
import { POOL_START } from '../../../../src/core/net/serving.ts';
import { FAKE_GENESIS, mineHeaders, tipOf } from '../../../kit/fake-chain.ts';
import { NetBench } from '../../../kit/net-bench.ts';

const txId = (i: number): TxId => i.toString(16).padStart(64, '0') as TxId;
const unknownBlock = 'e'.repeat(64) as BlockId;

function benchWithChain(length: number) {
  const bench = new NetBench();
  const headers = mineHeaders(FAKE_GENESIS, length);
  bench.chain.extend(headers);
  const peer = bench.ready({ tip: tipOf(headers.at(-1)!, length) });
  bench.sentTo(peer);
  return { bench, headers, peer };
}

test('headers come with the tip, at most 2,000', () => {
  const { bench, headers, peer } = benchWithChain(2100);
  bench.say(peer, { kind: 'get-headers', ids: [FAKE_GENESIS.id] });
  const [answer] = bench.sentOf(peer, 'headers');
  expect(answer?.headers).toHaveLength(2000);
  expect(answer?.tip).toEqual(tipOf(headers.at(-1)!, 2100));
});

test('each requested block is sent or named as missing', () => {
  const { bench, headers, peer } = benchWithChain(3);
  bench.say(peer, { kind: 'get-blocks', ids: [headers[0]!.id, unknownBlock, headers[2]!.id] });
  const sent = bench.sentTo(peer);
  expect(sent.map(({ kind }) => kind)).toEqual(['blocks-missing', 'block', 'block']);
  expect(sent[0]).toMatchObject({ ids: [unknownBlock] });
});

test('side blocks are served only if they were connected lately (row 56)', () => {
  const { bench, headers, peer } = benchWithChain(2);
  const other = mineHeaders(FAKE_GENESIS, 3, { salt: 2 });
  bench.chain.extend(other);
  const never = mineHeaders(FAKE_GENESIS, 1, { salt: 3 });
  bench.chain.extend(never);
  const kinds = (id: BlockId): string[] => {
    bench.say(peer, { kind: 'get-blocks', ids: [id] });
    return bench.sentTo(peer).map(({ kind }) => kind);
  };
  expect(kinds(headers[1]!.id)).toContain('block');
  expect(kinds(never[0]!.id)).toEqual(['blocks-missing']);
  bench.chain.extend(mineHeaders(other[2]!, SIDE_BLOCKS_SERVED_DEPTH + 1, { salt: 2 }));
  expect(kinds(headers[1]!.id)).toEqual(['blocks-missing']);
});

test('bytes served are bounded: a burst, then a rate (row 47)', () => {
  const { bench, peer } = benchWithChain(2);
  const questions = 40_000;
  let answers = 0;
  for (let i = 0; i < questions && bench.closeCode(peer) === undefined; i++) {
    bench.say(peer, { kind: 'get-headers', ids: [FAKE_GENESIS.id] });
    answers = i;
  }
  const burst = SERVE_BYTES_BURST / SERVE_COST_MIN;
  expect(answers).toBeLessThanOrEqual(burst + SERVE_QUEUE_MAX + 1);
  expect(bench.closeCode(peer)).toBe('message-flood');
});

test('what waits for the budget is answered when it is there again', () => {
  const { bench, peer } = benchWithChain(2);
  const ask = (): void => void bench.say(peer, { kind: 'get-headers', ids: [FAKE_GENESIS.id] });
  for (let i = 0; i < SERVE_BYTES_BURST / SERVE_COST_MIN; i++) ask();
  bench.sentTo(peer);
  ask();
  ask();
  expect(bench.sentOf(peer, 'headers')).toHaveLength(0);
  bench.advance(Math.ceil((1000 * SERVE_COST_MIN) / SERVE_BYTES_PER_SECOND) + 2);
  expect(bench.sentOf(peer, 'headers')).toHaveLength(2);
});

test('an id asked for twice in one message is answered once', () => {
  const { bench, headers, peer } = benchWithChain(2);
  const id = headers[0]!.id;
  bench.say(peer, { kind: 'get-blocks', ids: [id, id, id] });
  expect(bench.sentOf(peer, 'block')).toHaveLength(1);
});

test('a request queue has an end', () => {
  const { bench, headers, peer } = benchWithChain(16);
  const ids = headers.map(({ id }) => id);
  for (let i = 0; i < SERVE_BYTES_BURST / SERVE_COST_MIN / 16; i++) {
    bench.say(peer, { kind: 'get-blocks', ids });
  }
  expect(bench.closeCode(peer)).toBeUndefined();
  for (let i = 0; i < 4; i++) bench.say(peer, { kind: 'get-blocks', ids });
  expect(bench.closeCode(peer)).toBeUndefined();
  bench.say(peer, { kind: 'get-blocks', ids });
  expect(bench.closeCode(peer)).toBe('message-flood');
});

test('transactions go in bundles that fit a message, the unknown ones are named', () => {
  const { bench, peer } = benchWithChain(1);
  const ids = Array.from({ length: 100 }, (_, i) => txId(i + 1));
  for (const id of ids.slice(0, 90)) bench.pool.items.set(id, new Uint8Array(7500));
  bench.say(peer, { kind: 'get-transactions', ids });
  const sent = bench.sentTo(peer);
  expect(sent.map(({ kind }) => kind)).toEqual([
    'transactions',
    'transactions',
    'transactions-missing',
  ]);
  expect(sent[2]).toMatchObject({ ids: ids.slice(90) });
});

test('the pool is walked once per connection, forwards', () => {
  const { bench, peer } = benchWithChain(1);
  for (let i = 1; i <= 1500; i++) bench.pool.items.set(txId(i), new Uint8Array(1));
  const walk = (after: TxId): number | undefined => {
    bench.say(peer, { kind: 'get-pool', after });
    return bench.sentOf(peer, 'pool')[0]?.ids.length;
  };
  expect(walk(POOL_START)).toBe(1000);
  expect(walk(txId(1000))).toBe(500);
  expect(walk(POOL_START)).toBeUndefined();
  expect(bench.closeCode(peer)).toBe('message-flood');
});

test('a walk through the pool may not skip or repeat', () => {
  for (const after of [POOL_START, txId(999)]) {
    const { bench, peer } = benchWithChain(1);
    for (let i = 1; i <= 1500; i++) bench.pool.items.set(txId(i), new Uint8Array(1));
    bench.say(peer, { kind: 'get-pool', after: POOL_START });
    bench.say(peer, { kind: 'get-pool', after });
    expect(bench.closeCode(peer)).toBe('message-flood');
  }
});

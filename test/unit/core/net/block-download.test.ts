/** Fetching bodies: whom from, how many at once, what a stall or a bad body costs, and whom. */
import { describe, expect, test } from 'vitest';
import type { BlockId } from '../../../../src/core/base/types.ts';
import type { Header } from '../../../../src/core/codec/header.ts';
import {
  BACKLOG_BYTES_MAX,
  BLOCK_WINDOW,
  BLOCKS_IN_FLIGHT_PER_PEER_MAX,
} from '../../../../src/core/net/limits.ts';
import { FAKE_GENESIS, bodyOf, mineHeaders, tipOf } from '../../../kit/fake-chain.ts';
import { NetBench } from '../../../kit/net-bench.ts';

/** A bench that knows a branch of headers, and peers that claim all of it. */
function benchWith(
  headers: readonly Header[],
  peerCount: number,
): { readonly bench: NetBench; readonly peers: readonly number[] } {
  const bench = new NetBench();
  bench.acceptsBlocks = false;
  const tip = tipOf(headers.at(-1)!, headers.length);
  const peers = [bench.ready({ tip })];
  const answer = { kind: 'headers', tip, headers: headers.map(({ bytes }) => bytes) } as const;
  bench.say(peers[0]!, answer);
  for (let i = 1; i < peerCount; i++) peers.push(bench.ready({ tip }));
  return { bench, peers };
}

function asked(bench: NetBench, peer: number): readonly BlockId[] {
  return bench.sentOf(peer, 'get-blocks').flatMap(({ ids }) => ids);
}

function deliver(bench: NetBench, peer: number, header: Header): void {
  bench.say(peer, { kind: 'block', bytes: bodyOf(header) });
}

const ids = (headers: readonly Header[]): BlockId[] => headers.map(({ id }) => id);

describe('requests', () => {
  test('begin with a few, lowest first, and grow to 16 in flight', () => {
    const headers = mineHeaders(FAKE_GENESIS, 100);
    const { bench, peers } = benchWith(headers, 1);
    const [peer] = peers as [number];
    bench.acceptsBlocks = true;
    const open = [...asked(bench, peer)];
    expect(open).toEqual(ids(headers.slice(0, 4)));
    let most = 0;
    for (const header of headers) {
      expect(open.shift()).toBe(header.id);
      deliver(bench, peer, header);
      open.push(...asked(bench, peer));
      most = Math.max(most, open.length);
    }
    expect(most).toBe(BLOCKS_IN_FLIGHT_PER_PEER_MAX);
    expect(bench.chain.tip().height).toBe(100);
  });

  test('are spread over the peers that have the block, none asked twice', () => {
    const headers = mineHeaders(FAKE_GENESIS, 30);
    const { bench, peers } = benchWith(headers, 3);
    const all = peers.flatMap((peer) => asked(bench, peer));
    expect(all).toHaveLength(12);
    expect(new Set(all).size).toBe(12);
    const without = bench.ready({ tip: tipOf(FAKE_GENESIS, 0) });
    expect(asked(bench, without)).toEqual([]);
  });

  test('stay within the window above the first missing body', () => {
    const headers = mineHeaders(FAKE_GENESIS, BLOCK_WINDOW + 100);
    const { bench, peers } = benchWith(headers, 2);
    const [slow, fast] = peers as [number, number];
    const heights = new Map(headers.map(({ id }, i) => [id, i]));
    const held = new Set(asked(bench, slow));
    const first = Math.min(...[...held].map((id) => heights.get(id)!));
    let highest = 0;
    for (let open = [...asked(bench, fast)]; open.length > 0; open.push(...asked(bench, fast))) {
      const id = open.shift()!;
      highest = Math.max(highest, heights.get(id)!);
      bench.acceptsBlocks = true;
      deliver(bench, fast, headers[heights.get(id)!]!);
    }
    expect(highest).toBe(first + BLOCK_WINDOW - 1);
  });

  test('pause while too much awaits verification', () => {
    const headers = mineHeaders(FAKE_GENESIS, 10);
    const bench = new NetBench();
    bench.chain.backlog = BACKLOG_BYTES_MAX;
    const tip = tipOf(headers[9]!, 10);
    const peer = bench.ready({ tip });
    bench.say(peer, { kind: 'headers', tip, headers: headers.map(({ bytes }) => bytes) });
    expect(asked(bench, peer)).toEqual([]);
    bench.chain.backlog = 0;
    bench.step(() => undefined);
    expect(asked(bench, peer)).toHaveLength(4);
  });

  test('take branches in turn: a withheld one does not hold up another (row 19)', () => {
    const bench = new NetBench();
    const withheld = mineHeaders(FAKE_GENESIS, 10, { salt: 2 });
    const honest = mineHeaders(FAKE_GENESIS, 5, { salt: 3 });
    const offer = (headers: readonly Header[]): number => {
      const tip = tipOf(headers.at(-1)!, headers.length);
      const peer = bench.ready({ tip });
      bench.say(peer, { kind: 'headers', tip, headers: headers.map(({ bytes }) => bytes) });
      return peer;
    };
    const liar = offer(withheld);
    const friend = offer(honest);
    expect(asked(bench, friend)).toEqual(ids(honest.slice(0, 4)));
    for (const header of honest) deliver(bench, friend, header);
    expect(bench.chain.tip().id).toBe(honest[4]!.id);
    for (let i = 0; i < 7; i++) {
      bench.advance(10_000);
      if (bench.closeCode(liar) === undefined) {
        bench.say(liar, { kind: 'pong', value: new Uint8Array(8) });
      }
      bench.say(friend, { kind: 'pong', value: new Uint8Array(8) });
    }
    expect(bench.closeCode(liar)).toBe('stalled');
    expect(bench.chain.tip().id).toBe(honest[4]!.id);
    expect(bench.closeCode(friend)).toBeUndefined();
  });
});

describe('stalls', () => {
  test('send the requests elsewhere after 2 s, and put the peer behind all others (row 55)', () => {
    const headers = mineHeaders(FAKE_GENESIS, 60);
    const { bench, peers } = benchWith(headers, 2);
    const [slow, fast] = peers as [number, number];
    bench.acceptsBlocks = true;
    const held = asked(bench, slow);
    const byId = new Map(headers.map((header) => [header.id, header]));
    const start = bench.monotonicMs;
    while (bench.chain.tip().height < 60 && bench.monotonicMs < start + 10_000) {
      for (const id of asked(bench, fast)) deliver(bench, fast, byId.get(id)!);
      bench.advance(10);
    }
    expect(bench.chain.tip().height).toBe(60);
    expect(bench.monotonicMs - start).toBeLessThan(3000);
    expect(asked(bench, slow)).toEqual([]);
    deliver(bench, slow, byId.get(held[0]!)!);
    expect(bench.closeCode(slow)).toBeUndefined();
  });

  test('of the only peer give it more time, and end the connection at last without blame', () => {
    const headers = mineHeaders(FAKE_GENESIS, 10);
    const { bench, peers } = benchWith(headers, 1);
    const [peer] = peers as [number];
    expect(asked(bench, peer)).toHaveLength(4);
    bench.advance(29_000);
    bench.say(peer, { kind: 'pong', value: new Uint8Array(8) });
    expect(asked(bench, peer)).toEqual([]);
    bench.advance(29_000);
    bench.say(peer, { kind: 'pong', value: new Uint8Array(8) });
    expect(bench.closeCode(peer)).toBeUndefined();
    bench.advance(5000);
    expect(bench.closeCode(peer)).toBe('stalled');
  });

  test('a peer that leaves leaves its requests to others', () => {
    const headers = mineHeaders(FAKE_GENESIS, 4);
    const { bench, peers } = benchWith(headers, 2);
    const [first, second] = peers as [number, number];
    expect(asked(bench, first)).toHaveLength(4);
    bench.input({ kind: 'peer-closed', peer: first });
    expect(asked(bench, second)).toEqual(ids(headers));
  });

  test('a missing block is asked of another, and of the same again only later', () => {
    const headers = mineHeaders(FAKE_GENESIS, 1);
    const { bench, peers } = benchWith(headers, 2);
    const [first, second] = peers as [number, number];
    const missing = { kind: 'blocks-missing', ids: ids(headers) } as const;
    expect(asked(bench, first)).toEqual(ids(headers));
    bench.say(first, missing);
    expect(asked(bench, second)).toEqual(ids(headers));
    bench.say(second, missing);
    expect([...asked(bench, first), ...asked(bench, second)]).toEqual([]);
    bench.advance(29_000);
    for (const peer of peers) bench.say(peer, { kind: 'pong', value: new Uint8Array(8) });
    bench.advance(1000);
    bench.step(() => undefined);
    expect([...asked(bench, first), ...asked(bench, second)]).toEqual(ids(headers));
    expect(peers.map((peer) => bench.closeCode(peer))).toEqual([undefined, undefined]);
  });
});

describe('bodies', () => {
  test('nobody asked for are a violation; those of another peer stay asked (row 16)', () => {
    const headers = mineHeaders(FAKE_GENESIS, 1);
    const { bench, peers } = benchWith(headers, 2);
    const [asker, intruder] = peers as [number, number];
    expect(asked(bench, asker)).toEqual(ids(headers));
    deliver(bench, intruder, headers[0]!);
    expect(bench.closeCode(intruder)).toBe('block-unrequested');
    expect(bench.outcomes).toEqual([]);
    deliver(bench, asker, headers[0]!);
    expect(bench.outcomes).toMatchObject([{ kind: 'block', peer: asker, id: headers[0]!.id }]);
  });

  test('of unknown parents are refused, however many (row 43)', () => {
    const bench = new NetBench();
    for (let i = 0; i < 50; i++) {
      const peer = bench.ready();
      deliver(bench, peer, mineHeaders(FAKE_GENESIS, 2, { salt: i })[1]!);
      expect(bench.closeCode(peer)).toBe('block-unrequested');
    }
    expect(bench.chain.size).toBe(1);
  });

  test('answer one request once', () => {
    const headers = mineHeaders(FAKE_GENESIS, 3);
    const { bench, peers } = benchWith(headers, 1);
    const [peer] = peers as [number];
    deliver(bench, peer, headers[0]!);
    deliver(bench, peer, headers[0]!);
    expect(bench.closeCode(peer)).toBe('block-unrequested');
  });

  test('of fewer bytes than a header are malformed', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    bench.say(peer, { kind: 'block', bytes: new Uint8Array(79) });
    expect(bench.closeCode(peer)).toBe('block-malformed');
  });

  test('that do not match their header blame their sender alone and are asked of others', () => {
    const headers = mineHeaders(FAKE_GENESIS, 1);
    const { bench, peers } = benchWith(headers, 2);
    const [first, second] = peers as [number, number];
    const { id } = headers[0]!;
    deliver(bench, first, headers[0]!);
    const code = 'block-transactions-root-mismatch';
    bench.step(() => bench.conversation.blockRefused({ id, peer: first, code }, bench.now));
    expect(bench.closeCode(first)).toBe(code);
    expect(asked(bench, second)).toEqual([id]);
    bench.acceptsBlocks = true;
    deliver(bench, second, headers[0]!);
    expect(bench.chain.tip().id).toBe(id);
  });

  test('that are invalid cost all who vouched for them, the valid part may win (row 20)', () => {
    const headers = mineHeaders(FAKE_GENESIS, 10);
    const { bench, peers } = benchWith(headers, 3);
    const innocent = bench.ready({ tip: tipOf(headers[3]!, 4) });
    const bad = headers[6]!;
    bench.acceptsBlocks = true;
    bench.chain.markInvalid(bad.id);
    bench.step(() => {
      bench.conversation.blockInvalidated(bad.id, 'block-accounts-root-wrong', bench.now);
    });
    expect(peers.map((peer) => bench.closeCode(peer))).toEqual(
      peers.map(() => 'block-accounts-root-wrong'),
    );
    expect(bench.closeCode(innocent)).toBeUndefined();
    expect(bench.chain.find(headers[9]!.id)).toBeUndefined();
    const wanted = asked(bench, innocent);
    expect(wanted).toEqual(ids(headers.slice(0, 4)));
    for (const header of headers.slice(0, 4)) deliver(bench, innocent, header);
    expect(bench.chain.tip().height).toBe(4);
  });
});

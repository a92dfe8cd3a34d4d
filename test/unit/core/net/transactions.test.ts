/** Relay of transactions: announcing, asking, giving up, and bounds on all of it. */
import { describe, expect, test } from 'vitest';
import type { TxId } from '../../../../src/core/base/types.ts';
import {
  ANNOUNCE_QUEUE_MAX,
  BACKLOG_BYTES_MAX,
  CANDIDATES_PER_PEER_MAX,
  POOL_PAGES_MAX,
  TRANSACTIONS_IN_FLIGHT_PER_PEER_MAX,
  UNREQUESTED_BYTES_BURST,
} from '../../../../src/core/net/limits.ts';
import { POOL_START } from '../../../../src/core/net/serving.ts';
import { NetBench } from '../../../kit/net-bench.ts';
import { fakeTransaction } from '../../../kit/transactions.ts';

const txId = (i: number): TxId => i.toString(16).padStart(64, '0') as TxId;
const range = (count: number, from = 1): TxId[] =>
  Array.from({ length: count }, (_, i) => txId(from + i));

function inPages(ids: readonly TxId[]): readonly (readonly TxId[])[] {
  return Array.from({ length: Math.ceil(ids.length / 1000) }, (_, i) =>
    ids.slice(1000 * i, 1000 * (i + 1)),
  );
}

function announce(bench: NetBench, peer: number, ids: readonly TxId[]): void {
  for (const page of inPages(ids)) bench.say(peer, { kind: 'inventory', ids: page });
}

function asked(bench: NetBench, peer: number): readonly TxId[] {
  return bench.sentOf(peer, 'get-transactions').flatMap(({ ids }) => ids);
}

function keepAlive(bench: NetBench, peers: readonly number[]): void {
  for (const peer of peers) bench.say(peer, { kind: 'pong', value: new Uint8Array(8) });
}

describe('announcing', () => {
  const add = (bench: NetBench, ids: readonly TxId[], again = false): void => {
    for (const id of ids) bench.pool.items.set(id, new Uint8Array(140));
    bench.step(() => {
      bench.conversation.announceTransactions(ids, bench.now, { again });
    });
  };
  const told = (bench: NetBench, peer: number): readonly TxId[] =>
    bench.sentOf(peer, 'inventory').flatMap(({ ids }) => ids);

  test('gathers for 20 ms', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    add(bench, range(2));
    bench.advance(15);
    add(bench, range(2, 3));
    expect(told(bench, peer)).toEqual([]);
    bench.advance(5);
    expect(told(bench, peer)).toEqual(range(4));
  });

  test('goes out at once when a message is full', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    add(bench, range(1000));
    expect(told(bench, peer)).toHaveLength(1000);
  });

  test('reaches each peer once, and never those that told us; again on demand', () => {
    const bench = new NetBench();
    const [source, other] = [bench.ready(), bench.ready()];
    announce(bench, source, range(1));
    add(bench, range(1));
    add(bench, range(1));
    bench.advance(20);
    expect(told(bench, source)).toEqual([]);
    expect(told(bench, other)).toEqual(range(1));
    add(bench, range(1));
    bench.advance(20);
    expect(told(bench, other)).toEqual([]);
    add(bench, range(1), true);
    bench.advance(20);
    expect(told(bench, other)).toEqual(range(1));
  });

  test('leaves out what has left the pool', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    add(bench, range(2));
    bench.pool.items.delete(txId(1));
    bench.advance(20);
    expect(told(bench, peer)).toEqual([txId(2)]);
  });

  test('a queue holds 5,000, the oldest fall out', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    const ids = range(ANNOUNCE_QUEUE_MAX + 700);
    add(bench, ids);
    expect(told(bench, peer)).toEqual(ids.slice(700));
  });
});

describe('asking', () => {
  test('for what is announced and unknown, of one peer at a time', () => {
    const bench = new NetBench();
    const [first, second] = [bench.ready(), bench.ready()];
    bench.pool.items.set(txId(1), new Uint8Array(1));
    announce(bench, first, range(3));
    announce(bench, second, range(3));
    expect(asked(bench, first)).toEqual([txId(2), txId(3)]);
    expect(asked(bench, second)).toEqual([]);
  });

  test('a silent first announcer costs ten seconds, then another is asked (row 45)', () => {
    const bench = new NetBench();
    const peers = [bench.ready(), bench.ready()];
    const [silent, honest] = peers as [number, number];
    const transaction = fakeTransaction({ from: 1, nonce: 0, fee: 1n });
    announce(bench, silent, [transaction.id]);
    announce(bench, honest, [transaction.id]);
    bench.advance(9999);
    expect(asked(bench, honest)).toEqual([]);
    bench.advance(1);
    expect(asked(bench, honest)).toEqual([transaction.id]);
    bench.say(honest, { kind: 'transactions', items: [transaction.bytes] });
    expect(bench.outcomes).toMatchObject([
      { peer: honest, transactions: [{ id: transaction.id }] },
    ]);
    expect(peers.map((peer) => bench.closeCode(peer))).toEqual([undefined, undefined]);
  });

  test('the next announcer is drawn at random', () => {
    const chosen = new Set<number>();
    for (let seed = 1; seed <= 20; seed++) {
      const bench = new NetBench({ seed });
      const peers = Array.from({ length: 5 }, () => bench.ready());
      for (const peer of peers) announce(bench, peer, range(1));
      bench.say(peers[0]!, { kind: 'transactions-missing', ids: range(1) });
      chosen.add(peers.findIndex((peer, i) => i > 0 && asked(bench, peer).length > 0));
    }
    expect([...chosen].sort()).toEqual([1, 2, 3, 4]);
  });

  test('what a leaving peer was asked for is asked of another', () => {
    const bench = new NetBench();
    const [first, second] = [bench.ready(), bench.ready()];
    announce(bench, first, range(3));
    announce(bench, second, range(3));
    bench.input({ kind: 'peer-closed', peer: first });
    expect(asked(bench, second)).toEqual(range(3));
  });

  test('refused ones are not asked for before the next tip', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    bench.step(() => {
      const refusal = { id: txId(1), peer, code: 'tx-insufficient-funds' } as const;
      bench.conversation.transactionRefused(refusal, bench.now);
    });
    announce(bench, peer, range(1));
    expect(asked(bench, peer)).toEqual([]);
    bench.step(() => bench.conversation.onTipChanged());
    announce(bench, peer, range(1));
    expect(asked(bench, peer)).toEqual(range(1));
    expect(bench.closeCode(peer)).toBeUndefined();
  });

  test('endless announcements hold bounded memory and requests (row 46)', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    let requested = 0;
    for (let from = 1; from < 200_000; from += 20_000) {
      announce(bench, peer, range(20_000, from));
      requested += asked(bench, peer).length;
    }
    expect(requested).toBe(TRANSACTIONS_IN_FLIGHT_PER_PEER_MAX);
    const rest: TxId[] = [];
    for (let i = 0; i < 10; i++) {
      keepAlive(bench, [peer]);
      bench.advance(10_000);
      rest.push(...asked(bench, peer));
    }
    expect(rest).toHaveLength(CANDIDATES_PER_PEER_MAX);
    expect(rest.at(-1)).toBe(txId(200_000));
  });

  test('pauses while too much awaits verification', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    bench.chain.backlog = BACKLOG_BYTES_MAX;
    announce(bench, peer, range(1));
    expect(asked(bench, peer)).toEqual([]);
    bench.chain.backlog = 0;
    bench.step(() => undefined);
    expect(asked(bench, peer)).toEqual(range(1));
  });
});

describe('receiving', () => {
  const transactions = Array.from({ length: 5 }, (_, i) =>
    fakeTransaction({ from: i, nonce: 0, fee: 1n }),
  );

  test('unasked ones are taken too, in order', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    bench.say(peer, { kind: 'transactions', items: transactions.map(({ bytes }) => bytes) });
    const [outcome] = bench.outcomes;
    expect(outcome?.kind === 'transactions' && outcome.transactions.map(({ id }) => id)).toEqual(
      transactions.map(({ id }) => id),
    );
  });

  test('unasked ones beyond the budget are a flood', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    const items = Array.from({ length: 1000 }, () => transactions[0]!.bytes);
    const perMessage = items.length * transactions[0]!.bytes.length;
    for (let i = 0; i < Math.floor(UNREQUESTED_BYTES_BURST / perMessage); i++) {
      bench.say(peer, { kind: 'transactions', items });
    }
    expect(bench.closeCode(peer)).toBeUndefined();
    bench.say(peer, { kind: 'transactions', items });
    expect(bench.closeCode(peer)).toBe('message-flood');
  });

  test('malformed ones cost the sender its connection', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    bench.say(peer, { kind: 'transactions', items: [new Uint8Array(0)] });
    expect(bench.closeCode(peer)).toBe('tx-malformed');
  });

  test('a wrong signature does so too, a full pool does not', () => {
    const bench = new NetBench();
    const [forger, friend] = [bench.ready(), bench.ready()];
    bench.step(() => {
      const { now, conversation } = bench;
      conversation.transactionRefused(
        { id: txId(1), peer: forger, code: 'tx-signature-invalid' },
        now,
      );
      conversation.transactionRefused({ id: txId(2), peer: friend, code: 'tx-pool-full' }, now);
    });
    expect(bench.closeCode(forger)).toBe('tx-signature-invalid');
    expect(bench.closeCode(friend)).toBeUndefined();
  });
});

describe('the pool of a peer', () => {
  test('is learnt page by page after the handshake', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    expect(bench.sentOf(peer, 'get-pool')).toEqual([{ kind: 'get-pool', after: POOL_START }]);
    bench.say(peer, { kind: 'pool', ids: range(1000) });
    const sent = bench.sentTo(peer);
    expect(sent).toContainEqual({ kind: 'get-pool', after: txId(1000) });
    expect(sent).toContainEqual({ kind: 'get-transactions', ids: range(1000) });
    bench.say(peer, { kind: 'pool', ids: range(10, 1001) });
    expect(bench.sentOf(peer, 'get-pool')).toEqual([]);
  });

  test('unasked pages are unexpected, repeated ids malformed', () => {
    const bench = new NetBench();
    const first = bench.ready();
    bench.say(first, { kind: 'pool', ids: [] });
    bench.say(first, { kind: 'pool', ids: [] });
    expect(bench.closeCode(first)).toBe('message-unexpected');
    const second = bench.ready();
    bench.say(second, { kind: 'pool', ids: range(1000) });
    bench.say(second, { kind: 'pool', ids: range(1000) });
    expect(bench.closeCode(second)).toBe('message-malformed');
  });

  test('without end is left after a hundred pages', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    let pages = 0;
    for (; pages < POOL_PAGES_MAX + 10; pages++) {
      const [question] = bench.sentOf(peer, 'get-pool');
      if (!question) break;
      const ids = range(1000, 1 + 1000 * pages);
      for (const id of ids) bench.pool.items.set(id, new Uint8Array(1));
      bench.say(peer, { kind: 'pool', ids });
    }
    expect(pages).toBe(POOL_PAGES_MAX);
  });
});

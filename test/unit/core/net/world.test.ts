/** Conversations speaking with each other: they connect, sync, relay, fork and heal. */
import { expect, test } from 'vitest';
import type { TxId } from '../../../../src/core/base/types.ts';
import { FAKE_GENESIS } from '../../../kit/fake-chain.ts';
import { NetWorld } from '../../../kit/net-world.ts';
import { fakeTransaction } from '../../../kit/transactions.ts';

function heights(world: NetWorld): readonly number[] {
  return world.nodes.map(({ chain }) => chain.tip().height);
}

function peerCounts(world: NetWorld): readonly number[] {
  return world.nodes.map(({ conversation }) => conversation.peers().length);
}

test('two nodes that dial each other end with one connection', () => {
  for (let delayMs = 1; delayMs < 40; delayMs += 3) {
    const world = new NetWorld(2, { delayMs });
    world.connect(0, 1);
    world.run(400);
    expect(peerCounts(world)).toEqual([1, 1]);
  }
});

test('a node that dials itself does not talk to itself', () => {
  const world = new NetWorld(1);
  const endpoint = world.endpoint(0);
  world.act(0, (bench) => bench.input({ kind: 'add-peer', endpoint }));
  world.run(5000);
  expect(peerCounts(world)).toEqual([0]);
  expect(world.nodes[0]!.dials().length).toBeLessThan(30);
});

test('a newcomer syncs from several peers, each giving a part', () => {
  const world = new NetWorld(4, { delayMs: 5 });
  const headers = world.mine(0, 2500, FAKE_GENESIS);
  for (const node of [1, 2]) {
    world.act(node, (bench) => bench.step(() => bench.chain.extend(headers)));
  }
  for (const node of [0, 1, 2]) world.connect(3, node);
  world.run(10_000);
  expect(heights(world)).toEqual([2500, 2500, 2500, 2500]);
  const shares = new Map<number, number>();
  for (const outcome of world.nodes[3]!.outcomes) {
    shares.set(outcome.peer, (shares.get(outcome.peer) ?? 0) + 1);
  }
  expect([...shares.values()].every((share) => share > 400)).toBe(true);
  expect(world.nodes[3]!.outcomes).toHaveLength(2500);
});

test('blocks cross a line of nodes, and each tip is announced once per link and way', () => {
  const world = new NetWorld(5);
  for (let i = 0; i < 4; i++) world.connect(i, i + 1);
  world.run(500);
  let tip = FAKE_GENESIS;
  for (let i = 0; i < 10; i++) {
    tip = world.mine(i % 5, 1, tip)[0]!;
    world.run(200);
    expect(new Set(world.nodes.map(({ chain }) => chain.tip().id))).toEqual(new Set([tip.id]));
  }
});

test('a network cut in two forks, and heals on the heavier side', () => {
  const world = new NetWorld(4);
  for (let i = 0; i < 3; i++) world.connect(i, i + 1);
  world.run(500);
  const trunk = world.mine(0, 5, FAKE_GENESIS);
  world.run(500);
  const cut = (node: number, other: number | undefined): void => {
    const endpoints = other === undefined ? [] : [world.endpoint(other)];
    world.act(node, (bench) => bench.input({ kind: 'set-cut', endpoints }));
  };
  cut(1, 2);
  cut(2, 1);
  world.run(500);
  expect(peerCounts(world)).toEqual([1, 1, 1, 1]);
  world.mine(0, 3, trunk[4]!);
  const heavier = world.mine(3, 4, trunk[4]!);
  world.run(1000);
  expect(heights(world)).toEqual([8, 8, 9, 9]);
  cut(1, undefined);
  cut(2, undefined);
  world.run(1000);
  expect(world.nodes.map(({ chain }) => chain.tip().id)).toEqual(
    world.nodes.map(() => heavier[3]!.id),
  );
});

test('a long fork is healed by the two-pass walk', () => {
  const world = new NetWorld(2);
  world.mine(0, 4100, FAKE_GENESIS);
  const heavier = world.mine(1, 4300, FAKE_GENESIS);
  world.connect(0, 1);
  world.run(20_000);
  expect(heights(world)).toEqual([4300, 4300]);
  expect(world.nodes[0]!.chain.tip().id).toBe(heavier.at(-1)!.id);
});

test('a transaction reaches everybody, by relay or by the pool of a peer', () => {
  const world = new NetWorld(4);
  for (let i = 0; i < 2; i++) world.connect(i, i + 1);
  world.run(500);
  const transaction = fakeTransaction({ from: 1, nonce: 0, fee: 1n });
  const put = (node: number, id: TxId, bytes: Uint8Array): void =>
    world.act(node, (bench) =>
      bench.step(() => {
        bench.pool.items.set(id, bytes);
        bench.conversation.announceTransactions([id], bench.now);
      }),
    );
  put(0, transaction.id, transaction.bytes);
  const passOn = (): void => {
    for (const [node, bench] of world.nodes.entries()) {
      const outcome = bench.outcomes.find(({ kind }) => kind === 'transactions');
      if (outcome && !bench.pool.has(transaction.id)) put(node, transaction.id, transaction.bytes);
    }
  };
  for (let i = 0; i < 10; i++) {
    world.run(20);
    passOn();
  }
  expect(world.nodes.map(({ pool }) => pool.has(transaction.id))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  world.connect(2, 3);
  world.run(500);
  passOn();
  expect(world.nodes[3]!.pool.has(transaction.id)).toBe(true);
});

/** What a diagnosis says of facts that one computer cannot show by itself. */
import { expect, test } from 'vitest';
import type { StatusJson } from '../../../src/api/schemas/results.ts';
import type { ExaminedNode, Examination } from '../../../src/lab/diagnosis.ts';
import { diagnose } from '../../../src/lab/diagnosis.ts';

function node(id: number, facts: Partial<ExaminedNode> = {}, status: Partial<StatusJson> = {}) {
  const p2p = `ws://127.0.0.1:${7500 + id}`;
  const own = { networkId: 'aa', version: '1.0.0', p2p, syncing: null, ...status } as StatusJson;
  return {
    ...{ name: id, rpc: `http://127.0.0.1:${7400 + id}`, state: 'running' as const },
    ...{ status: own, peers: ['127.0.0.1:7501'], clockAheadMs: 0, parting: undefined },
    ...facts,
  };
}

const codes = (nodes: readonly ExaminedNode[], facts: Partial<Examination> = {}): string[] =>
  diagnose({
    ...{ network: 'default', networkId: 'aa', genesisFile: '/genesis.json', split: undefined },
    ...{ hasLab: true, version: '1.0.0', nodes },
    ...facts,
  }).map(({ code, nodes: who, fix }) => `${code} ${who.join()}: ${fix}`);

test('healthy nodes give no finding', () => {
  expect(codes([node(1), node(2), node(3)])).toEqual([]);
});

test('clocks that differ, either way, and old versions', () => {
  const nodes = [
    node(1, { clockAheadMs: 4999 }),
    node(2, { clockAheadMs: 60_000 }),
    node(3, { clockAheadMs: -60_000 }, { version: '0.9.0' }),
  ];
  expect(codes(nodes)).toEqual([
    'clock-skewed 2: timedatectl set-ntp true',
    'version-differs 3: cairn restart 3',
    'clock-skewed 3: timedatectl set-ntp true',
  ]);
});

test('a frozen node is to be restarted, in its own network', () => {
  const silent = node(2, { state: 'silent' });
  const nodes = [node(1), { ...silent, status: undefined }];
  expect(codes(nodes, { network: 'other' })).toEqual([
    'node-unreachable 2: cairn restart 2 -p other',
  ]);
});

test('a node of another genesis is judged for that alone', () => {
  const parting = { kind: 'fork', of: 1, height: 1 } as const;
  const nodes = [node(1), node(2, { peers: [], parting }, { networkId: 'bb' })];
  expect(codes(nodes)).toEqual([
    'genesis-differs 2: cairn node start --datadir NEW --genesis /genesis.json',
  ]);
});

test('who is behind waits while it syncs, else it is restarted', () => {
  const parting = { kind: 'behind', of: 1, blocks: 7 } as const;
  const syncing = { height: 1, target: 8 };
  const nodes = [node(1), node(2, { parting }, { syncing }), node(3, { parting })];
  expect(codes(nodes)).toEqual([
    'chain-behind 2: cairn watch tip --node 2',
    'chain-behind 3: cairn restart 3',
  ]);
});

test('without its lab process a network does not mine; parted groups are joined by chains', () => {
  const peersOf2 = ['127.0.0.1:7502'];
  const nodes = [node(1, { peers: [] }), node(2, { peers: [] }), node(3, { peers: peersOf2 })];
  expect(codes(nodes, { hasLab: false })).toEqual([
    'lab-stopped : cairn up -d',
    'graph-disconnected 2,3: cairn heal',
  ]);
});

/**
 * Owns: a node behind the API that keeps its few blocks and transactions in memory: a port, filled
 * in
 * by hand. Does not own: any rule; it accepts what decodes.
 */
import { readFileSync } from 'node:fs';
import type { Result } from '../../../src/core/base/rejects.ts';
import { ok, reject } from '../../../src/core/base/rejects.ts';
import type { Address } from '../../../src/core/base/types.ts';
import { toAmount, toHeight, toNonce, toUnixSeconds } from '../../../src/core/base/types.ts';
import { toHash, toWork } from '../../../src/core/base/types.ts';
import type { Block } from '../../../src/core/codec/block.ts';
import { decodeBlock } from '../../../src/core/codec/block.ts';
import type { Transaction } from '../../../src/core/codec/transaction.ts';
import { decodeTransaction } from '../../../src/core/codec/transaction.ts';
import type { PeerUrl } from '../../../src/api/peer-url.ts';
import type { BlockView, NodeView, PeerView } from '../../../src/core/node/view.ts';
import { parseGenesisFile } from '../../../src/core/rules/genesis-file.ts';
import type { Network } from '../../../src/core/rules/network.ts';
import { createNetwork } from '../../../src/core/rules/network.ts';
import { EventStream } from '../../../src/api/event-stream.ts';
import type { NodeAccess } from '../../../src/api/node-access.ts';
import type { MiningPlan } from '../../../src/io/mining-controller.ts';

interface ChainVector {
  readonly network: string;
  readonly blocks: readonly { readonly bytes: string; readonly cumulativeWork: string }[];
}

export interface MemoryNode extends NodeAccess {
  readonly view: NodeView;
  readonly blocks: readonly Block[];
  /** What the API asked of it, in order. */
  readonly asked: string[];
  peers: readonly PeerView[];
  memo: Transaction | undefined;
  confirmations: number;
}

function readVector(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8'));
}

function readNetwork(name: string): Network {
  const { networks } = readVector('genesis.json') as {
    networks: readonly { name: string; parameters: object }[];
  };
  const found = networks.find((network) => network.name === name);
  const params = parseGenesisFile(JSON.stringify(found?.parameters));
  if (!params.ok) throw new Error(`the vectors have a network ${name}`);
  return createNetwork(params.value);
}

/** Makes a node on the first chain of the vectors, with all its blocks connected. */
export function createMemoryNode(options: { readonly lab?: boolean } = {}): MemoryNode {
  const [chain] = (readVector('blocks.json') as { chains: readonly ChainVector[] }).chains;
  const network = readNetwork(chain!.network);
  const blocks = chain!.blocks.map(({ bytes }) => {
    const decoded = decodeBlock(Uint8Array.from(Buffer.from(bytes, 'hex')));
    if (!decoded.ok) throw new Error('the vectors decode');
    return decoded.value;
  });
  const works = chain!.blocks.map(({ cumulativeWork }) => toWork(BigInt(cumulativeWork)));
  const asked: string[] = [];
  let plan: MiningPlan = { mode: 'off' };

  const blockView = (height: number): BlockView | undefined => {
    const confirmations = blocks.length - height + 1;
    const body = blocks[height - 1];
    if (height === 0) {
      const { header, work } = network.genesis;
      return { id: header.id, height: toHeight(0), work, confirmations, body: undefined };
    }
    if (body === undefined) return undefined;
    const work = works[height - 1]!;
    return { id: body.header.id, height: toHeight(height), work, confirmations, body };
  };
  const tip = blockView(blocks.length)!;

  const view: NodeView = {
    network,
    status: () => ({
      tip: { height: tip.height, id: tip.id, work: tip.work },
      accountsRoot: tip.body?.accountsRoot ?? toHash(new Uint8Array(32)),
      bits: tip.body?.header.bits ?? 0,
      poolCount: 0,
      poolSizeBytes: 0,
      peerCount: node.peers.length,
      syncing: undefined,
      reorganising: false,
    }),
    tips: () => [{ ...tip, status: 'active', branchLength: 0 }],
    tree: (heightCount) =>
      blocks.slice(-heightCount).map(({ header, height, count }) => ({
        id: header.id,
        parent: header.parent,
        height,
        work: works[height - 1]!,
        time: toUnixSeconds(header.time),
        status: 'active',
        transactionCount: count - 1,
      })),
    blockAt: blockView,
    block: (id) => {
      const height = blocks.findIndex(({ header }) => header.id === id) + 1;
      return id === network.id ? blockView(0) : height > 0 ? blockView(height) : undefined;
    },
    transaction: (id) => {
      if (node.memo?.id === id) {
        return {
          status: node.confirmations > 0 ? 'confirmed' : 'pending',
          reason: undefined,
          transaction: node.memo,
          block: node.confirmations > 0 ? { height: tip.height, id: tip.id } : undefined,
          confirmations: node.confirmations,
        };
      }
      return undefined;
    },
    account: () => ({
      confirmed: { balance: toAmount(150_000_000n), nonce: toNonce(3) },
      pending: { balance: toAmount(50_000_000n), nonce: toNonce(4) },
    }),
    movement: (_, place) => ({
      kind: 'mined',
      place,
      block: { height: place.height, id: tip.id },
      time: toUnixSeconds(1_700_000_000),
      change: place.index === 0 ? 150_000_000n : -50_000_000n,
      id: blocks[0]!.coinbase.id,
      transaction: undefined,
      confirmations: 1,
    }),
    pool: (limit) =>
      node.memo === undefined
        ? []
        : [{ transaction: node.memo, state: 'pending' as const, reason: undefined }].slice(
            0,
            limit,
          ),
    minimumFee: ({ sizeBytes, outputCount }) =>
      toAmount((BigInt(sizeBytes + 100 * outputCount) * 83_333n + 999n) / 1000n),
    missingPeers: () => [{ endpoint: { ip: '127.0.0.1', port: 7509 }, reason: 'unreachable' }],
    peers: () => node.peers,
    prove: () => ({ kind: 'reorganising' }),
  };

  const node: MemoryNode = {
    network,
    view,
    blocks,
    asked,
    peers: [],
    memo: undefined,
    confirmations: 0,
    about: {
      version: '0.1.0',
      agent: 'cairn/0.1.0',
      pid: 1,
      datadir: 'memory',
      startedAtMs: 1_700_000_000_500,
      p2pUrl: undefined,
      lab: options.lab ?? false,
    },
    miner: {
      plan: () => plan,
      hashRate: () => 0,
      setPlan: (next) => {
        plan = next;
      },
      mine: ({ count, signal }) =>
        new Promise((resolve) => {
          asked.push(`mine ${count}`);
          const done = (): void => resolve({ blocks: [], hashes: 0, seconds: 0 });
          if (count < 1000) done();
          signal.addEventListener('abort', () => {
            asked.push('mine aborted');
            done();
          });
        }),
    },
    read: async (read) => read(view),
    placesOf: async (_, { before, limit }) =>
      [4, 3, 2, 1]
        .filter((height) => before === undefined || height < before.height)
        .map((height) => ({ height: toHeight(height), index: height % 2 }))
        .slice(0, limit),
    traffic: () => ({ bytesIn: 10, bytesOut: 20 }),
    trafficTotals: () => ({ bytesIn: 10, bytesOut: 20 }),
    verificationBacklog: () => 0,
    events: new EventStream({ epoch: 'first', nowMs: () => 1_700_000_100_000 }),
    nowMs: () => 1_700_000_100_000,
    submitTransaction: async (bytes) => {
      const decoded = decodeTransaction(bytes);
      if (!decoded.ok) return decoded;
      node.memo = decoded.value;
      const { id } = decoded.value;
      return ok({
        kind: 'transaction-accepted',
        id,
        state: 'pending',
        reason: undefined,
        announcedTo: 2,
      } as const);
    },
    submitBlock: async () =>
      reject('block-accounts-root-wrong', { stated: 'aa', computed: 'bb' }) satisfies Result<never>,
    requestTemplate: async (_payTo: Address) =>
      ok({ kind: 'no-template', reason: 'syncing', untilMs: 0 } as const),
    addPeer: ({ endpoint: { ip, port } }: PeerUrl) => void asked.push(`add ${ip} ${port}`),
    dropPeer: (peer) => void asked.push(`drop ${peer}`),
    setDelays: (delays) => void asked.push(`delay ${delays.map((it) => it.delayMs).join()}`),
    setCut: (endpoints) => void asked.push(`cut ${endpoints.map(({ port }) => port).join()}`),
    stop: () => void asked.push('stop'),
  };
  return node;
}

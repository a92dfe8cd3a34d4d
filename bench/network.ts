/**
 * Owns: an easy network with funded senders, a full block on it, and a chain in memory to connect
 * it to.
 * Does not own: the code under measurement (core).
 */
import { required } from '../src/core/base/assert.ts';
import type { Now } from '../src/core/base/now.ts';
import { createRandom } from '../src/core/base/random.ts';
import { toAmount, toUnixSeconds } from '../src/core/base/types.ts';
import type { Chain } from '../src/core/chain/chain.ts';
import type { StoreChange, StoreKey } from '../src/core/chain/store.ts';
import { HEADER_SIZE, NONCE_OFFSET, hashHeader } from '../src/core/codec/header.ts';
import type { Transaction } from '../src/core/codec/transaction.ts';
import { Boot } from '../src/core/node/boot.ts';
import { Node } from '../src/core/node/node.ts';
import type { Effect, Input, Reply } from '../src/core/node/ports.ts';
import type { Network } from '../src/core/rules/network.ts';
import { createNetwork } from '../src/core/rules/network.ts';
import { bitsToTarget, idMeetsTarget } from '../src/core/rules/work.ts';
import { senderAddresses } from './signatures.ts';

const EASY_BITS = 0x207f_ffff;
const GENESIS_TIME = 1_790_000_000;
export const NOW: Now = { monotonicMs: 0, wallMs: 1000 * (GENESIS_TIME + 60) };

export function createBenchNetwork(): Network {
  return createNetwork({
    name: 'bench',
    salt: new Uint8Array(8),
    prefix: 'bench',
    time: toUnixSeconds(GENESIS_TIME),
    bits: EASY_BITS,
    powLimit: EASY_BITS,
    spacingSeconds: 5,
    halfLifeSeconds: 600,
    retarget: false,
    reward: toAmount(5_000_000_000n),
    halvingBlocks: 210_000,
    blockSizeMax: 2_000_000,
    minimumOutput: toAmount(10_000n),
    maxFutureSeconds: 7_200,
    allocations: senderAddresses().map((address) => ({
      address,
      amount: toAmount(100_000_000_000n),
    })),
  });
}

/** A store that is a Map: what is measured is the computing, not the disk. */
export class MapStore {
  readonly #records: Map<StoreKey, Uint8Array> = new Map<StoreKey, Uint8Array>();

  get(key: StoreKey): Uint8Array | undefined {
    return this.#records.get(key);
  }

  write(changes: readonly StoreChange[]): void {
    for (const { key, value } of changes) {
      if (value === undefined) this.#records.delete(key);
      else this.#records.set(key, value);
    }
  }
}

export interface OpenChain {
  readonly store: MapStore;
  readonly chain: Chain;
}

export function openChain(network: Network): OpenChain {
  const store = new MapStore();
  const boot = new Boot(network);
  store.write(boot.changes(store));
  return { store, chain: boot.open(store).chain };
}

/** Lets the chain work until it rests, writing what it asks for. */
export function settleChain({ chain, store }: OpenChain): void {
  while (chain.hasWork) {
    chain.work(NOW);
    for (const outcome of chain.takeOutcomes()) {
      if (outcome.kind === 'write') store.write(outcome.changes);
    }
  }
}

/** Mines a block with all these transfers, the way a node does. */
export function mineBlock(network: Network, transfers: readonly Transaction[]): Uint8Array {
  const { store, chain } = openChain(network);
  const random = createRandom(new Uint8Array(16).fill(1));
  const options = { chain, poolRecords: [], random, agent: 'bench', listenPort: 0, now: NOW };
  const node = new Node(options);
  const replies = new Map<number, Reply>();
  const perform = (effect: Effect): void => {
    if (effect.kind === 'write') store.write(effect.changes);
    else if (effect.kind === 'reply' && effect.result.ok) {
      replies.set(effect.request, effect.result.value);
    } else if (effect.kind === 'verify') {
      const verdicts = effect.transactions.map(() => true);
      step({ kind: 'verified', job: effect.job, verdicts });
    }
  };
  const step = (input: Input): void => {
    for (const effect of node.step(input, NOW)) perform(effect);
    while (node.wantsMore()) for (const effect of node.step({ kind: 'tick' }, NOW)) perform(effect);
  };
  for (const [request, { bytes }] of transfers.entries()) {
    step({ kind: 'submit-transaction', request, bytes });
  }
  const payTo = required(senderAddresses()[0], 'there are senders');
  step({ kind: 'request-template', request: -1, payTo, extra: new Uint8Array(8) });
  const reply = replies.get(-1);
  if (reply?.kind !== 'template') throw new Error('the node gave no template');
  if (reply.template.transactionCount !== transfers.length) {
    throw new Error(`the block holds ${reply.template.transactionCount} transfers only`);
  }
  return solve(reply.template.block);
}

function solve(block: Uint8Array): Uint8Array {
  const target = bitsToTarget(EASY_BITS);
  const view = new DataView(block.buffer, block.byteOffset);
  for (let nonce = 0; !idMeetsTarget(hashHeader(block.subarray(0, HEADER_SIZE)), target); nonce++) {
    view.setUint32(NONCE_OFFSET, nonce, true);
  }
  return block;
}

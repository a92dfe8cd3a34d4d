/**
 * Owns: a network of its own with a chain of signed transfers, and a branch beside it, for nodes in
 * processes of their own.
 * Does not own: the nodes (attacks/kit/node-process).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toUnixSeconds } from '../../src/core/base/types.ts';
import { formatGenesisFile } from '../../src/core/rules/genesis-file.ts';
import type { World } from '../attacks/kit/world.ts';
import { createWorld } from '../attacks/kit/world.ts';
import type { NodeProcess } from '../attacks/kit/node-process.ts';
import { ChainScript, addressOf, scriptNetwork } from './chain-script.ts';

const DAY_SECONDS = 86_400;
const SUBMITTED_AT_ONCE = 16;

export interface LongBlock {
  readonly height: number;
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly transactions: readonly string[];
}

export interface LongChain {
  readonly world: World;
  readonly prefix: string;
  /** The heavier branch, from height 1. */
  readonly main: readonly LongBlock[];
  /** A branch from genesis. */
  readonly side: readonly LongBlock[];
}

/** Builds both branches, with as many transfers in each block; alice pays one unit per transfer. */
export function buildLongChain(size: {
  readonly blocks: number;
  readonly transfers: number;
  readonly side?: number;
}): LongChain {
  const time = toUnixSeconds(Math.floor(Date.now() / 1000) - DAY_SECONDS);
  const alice = scriptNetwork().params.allocations[0]!;
  const rich = { ...alice, amount: (2n ** 50n) as typeof alice.amount };
  const fixed = { time, retarget: false, blockSizeMax: 400_000, allocations: [rich] };
  const script = new ChainScript(scriptNetwork(fixed));
  const world = createWorld();
  const genesisPath = join(world.folder, 'long-genesis.json');
  writeFileSync(genesisPath, formatGenesisFile(script.network.params));
  return {
    world: { ...world, genesisPath },
    prefix: script.network.params.prefix,
    main: buildBranch(script, { ...size, name: 'main', to: 'bob' }),
    side: buildBranch(script, {
      ...{ blocks: size.side ?? 0, transfers: size.transfers, name: 'side', to: 'carol' },
    }),
  };
}

function buildBranch(
  script: ChainScript,
  plan: {
    readonly name: string;
    readonly blocks: number;
    readonly transfers: number;
    readonly to: 'bob' | 'carol';
  },
): readonly LongBlock[] {
  const blocks: LongBlock[] = [];
  let on = 'genesis';
  for (let height = 1; height <= plan.blocks; height++) {
    const transactions = Array.from({ length: plan.transfers }, (_, i) =>
      script.pay('alice', { nonce: plan.transfers * (height - 1) + i, to: [[plan.to, 1n]] }),
    );
    const name = `${plan.name} ${height}`;
    const { bytes, header } = script.build({ name, on, transactions, miner: addressOf('faucet') });
    blocks.push({ height, id: header.id, bytes, transactions: transactions.map(({ id }) => id) });
    on = name;
  }
  return blocks;
}

/** Hands blocks to a node, several at once. */
export async function submitAll(node: NodeProcess, blocks: readonly LongBlock[]): Promise<void> {
  for (let at = 0; at < blocks.length; at += SUBMITTED_AT_ONCE) {
    // In order: a block whose parent is not known is refused.
    await Promise.all(blocks.slice(at, at + SUBMITTED_AT_ONCE).map((b) => node.submitBlock(b)));
  }
}

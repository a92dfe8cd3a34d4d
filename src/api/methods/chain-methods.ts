/**
 * Owns: the methods that read blocks and accounts. Does not own: their schemas (schemas/methods).
 */
import { required } from '../../core/base/assert.ts';
import { U32_MAX, parseBlockId, toHeight } from '../../core/base/types.ts';
import type { Place } from '../../core/chain/records.ts';
import { encodeAddress } from '../../core/codec/address.ts';
import type { BlockView, NodeView } from '../../core/node/view.ts';
import { RPC_NUMBERS, createRpcError } from '../rpc-error.ts';
import type { AccountMovementJson, BlockSummaryJson } from '../schemas/results.ts';
import {
  accountToJson,
  blockToJson,
  blockToSummary,
  movementToJson,
  tipToJson,
  treeBlockToJson,
} from '../to-json.ts';
import type { Handlers } from './handler.ts';
import { readAddress } from './handler.ts';

const TREE_HEIGHTS_DEFAULT = 20;
const BLOCKS_PER_PAGE_DEFAULT = 20;
const MOVEMENTS_DEFAULT = 20;

export const chainMethods: Handlers<'chain' | 'block' | 'account'> = {
  'chain.tips': (_, { node }) => node.read((view) => ({ tips: view.tips().map(tipToJson) })),
  'chain.tree': ({ count = TREE_HEIGHTS_DEFAULT }, { node }) =>
    node.read((view) => ({ blocks: view.tree(count).map(treeBlockToJson) })),
  'block.get': async ({ block: wanted, raw = false }, { node }) => {
    const found = await node.read((view) => {
      const block = findBlock(view, wanted);
      if (block !== undefined) return blockToJson(block, node.network, raw);
      return view.status().tip;
    });
    if ('confirmations' in found) return found;
    throw createRpcError(RPC_NUMBERS.rejected, {
      code: 'block-unknown',
      message: `no block ${wanted} is known here`,
      hint: `the chain ends at height ${found.height}`,
      facts: { block: wanted },
    });
  },
  'block.list': ({ before, limit = BLOCKS_PER_PAGE_DEFAULT }, { node }) =>
    node.read((view) => {
      const end = Math.min(before ?? Infinity, view.status().tip.height + 1);
      const first = Math.max(0, end - limit);
      const blocks: BlockSummaryJson[] = [];
      for (let height = end - 1; height >= first; height--) {
        const block = view.blockAt(toHeight(height));
        if (block !== undefined) blocks.push(blockToSummary(block, node.network));
      }
      return { blocks, next: first === 0 ? null : first };
    }),
  'account.get': ({ address: text }, call) => {
    const address = readAddress(text, call);
    const { prefix } = call.node.network.params;
    return call.node.read((view) => accountToJson(address, view.account(address), prefix));
  },
  'account.history': async ({ address: text, before, limit = MOVEMENTS_DEFAULT }, call) => {
    const { node } = call;
    const address = readAddress(text, call);
    const start = before === undefined ? undefined : readPlace(before);
    // One more than asked for tells whether there is a next page.
    const places = await node.placesOf(address, { before: start, limit: limit + 1 });
    const shown = places.slice(0, limit);
    const last = shown.at(-1);
    const entries: AccountMovementJson[] = [];
    for (const place of shown) {
      // Each may take reading a block: the node goes on in between.
      const movement = await node.read((view) => view.movement(address, place));
      if (movement !== undefined) entries.push(movementToJson(movement, node.network));
    }
    return {
      address: encodeAddress(address, node.network.params.prefix),
      entries,
      next: last === undefined || places.length <= limit ? null : `${last.height}:${last.index}`,
    };
  },
};

/** The inverse of how `next` is written. */
function readPlace(text: string): Place {
  const [height = 0, index = 0] = text.split(':').map(Number);
  return { height: toHeight(Math.min(height, U32_MAX)), index: Math.min(index, U32_MAX) };
}

function findBlock(view: NodeView, wanted: number | string): BlockView | undefined {
  if (typeof wanted === 'number') return view.blockAt(toHeight(wanted));
  return view.block(required(parseBlockId(wanted), 'the schema admits ids only'));
}

/**
 * Owns: the methods that read blocks and accounts. Does not own: their schemas (schemas/methods).
 */
import { required } from '../../core/base/assert.ts';
import { parseBlockId, toHeight } from '../../core/base/types.ts';
import type { BlockView, NodeView } from '../../core/node/view.ts';
import { RPC_NUMBERS, createRpcError } from '../rpc-error.ts';
import { accountToJson, blockToJson } from '../to-json.ts';
import type { Handlers } from './handler.ts';
import { readAddress } from './handler.ts';

const TREE_HEIGHTS_DEFAULT = 20;

export const chainMethods: Handlers<'chain' | 'block' | 'account'> = {
  'chain.tips': (_, { node }) => ({
    tips: node
      .view()
      .tips()
      .map(({ height, id, status, branchLength, work }) => {
        return { height, id, status, branchLength, work: work.toString() };
      }),
  }),
  'chain.tree': ({ count = TREE_HEIGHTS_DEFAULT }, { node }) => ({
    blocks: node
      .view()
      .tree(count)
      .map(({ transactionCount = null, work, ...block }) => {
        return { ...block, work: work.toString(), transactions: transactionCount };
      }),
  }),
  'block.get': ({ block: wanted, raw = false }, { node }) => {
    const view = node.view();
    const block = findBlock(view, wanted);
    if (block !== undefined) return blockToJson(block, view.network, raw);
    throw createRpcError(RPC_NUMBERS.rejected, {
      code: 'block-unknown',
      message: `no block ${wanted} is known here`,
      hint: `the chain ends at height ${view.status().tip.height}`,
      facts: { block: wanted },
    });
  },
  'account.get': ({ address: text }, call) => {
    const address = readAddress(text, call);
    const view = call.node.view();
    return accountToJson(address, view.account(address), view.network.params.prefix);
  },
};

function findBlock(view: NodeView, wanted: number | string): BlockView | undefined {
  if (typeof wanted === 'number') return view.blockAt(toHeight(wanted));
  return view.block(required(parseBlockId(wanted), 'the schema admits ids only'));
}

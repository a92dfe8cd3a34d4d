/**
 * Owns: the methods about transactions and the pool. Does not own: their schemas (schemas/methods).
 */
import { required } from '../../core/base/assert.ts';
import { hexToBytes } from '../../core/base/bytes.ts';
import { parseTxId } from '../../core/base/types.ts';
import { formatCoins } from '../../core/codec/coins.ts';
import { transactionSize } from '../../core/codec/transaction.ts';
import { poolToJson, transactionToJson } from '../to-json.ts';
import type { Handlers } from './handler.ts';
import { valueOrThrow } from './handler.ts';

const POOL_LIMIT_DEFAULT = 100;

export const transactionMethods: Handlers<'tx' | 'mempool'> = {
  'tx.get': ({ id: text }, { node }) => {
    const id = required(parseTxId(text), 'the schema admits ids only');
    const { prefix } = node.network.params;
    return node.read((view) => transactionToJson(id, view.transaction(id), prefix));
  },
  'tx.submit': async ({ raw }, { node }) => {
    const accepted = valueOrThrow(await node.submitTransaction(hexToBytes(raw)));
    const { id, state, reason = null, announcedTo } = accepted;
    return { id, status: state, reason, announcedTo };
  },
  'tx.minimumFee': ({ outputs = 1, memoBytes = 0 }, { node }) => {
    const sizeBytes = transactionSize({ outputCount: outputs, memoSizeBytes: memoBytes });
    return node.read((view) => {
      return { fee: formatCoins(view.minimumFee({ sizeBytes, outputCount: outputs })) };
    });
  },
  'mempool.get': ({ limit = POOL_LIMIT_DEFAULT }, { node }) =>
    node.read((view) => poolToJson(view, limit)),
};

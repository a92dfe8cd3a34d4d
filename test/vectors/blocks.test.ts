/**
 * Blocks of the vectors decode, encode and hash as they say, and pass every rule one after the
 * other.
 */
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/core/base/bytes.ts';
import type { Result } from '../../src/core/base/rejects.ts';
import { toHeight } from '../../src/core/base/types.ts';
import {
  createCoinbase,
  decodeBlock,
  encodeBlock,
  hashCommitment,
} from '../../src/core/codec/block.ts';
import {
  checkBlockSize,
  checkBodyBinding,
  checkBoundBlock,
  transactionsRoot,
} from '../../src/core/rules/block.ts';
import { checkHeaderAlone, checkHeaderInContext, medianTime } from '../../src/core/rules/header.ts';
import { bitsToWork } from '../../src/core/rules/work.ts';
import {
  accountRecords,
  accountsRoot,
  connectToModel,
  genesisModel,
  historyRootOf,
} from '../kit/ledger-model.ts';
import type { BlockVector, ChainVector } from '../kit/vectors.ts';
import { bitsToText, readVectors, toOutput, vectorNetwork } from '../kit/vectors.ts';

const { chains } = readVectors('blocks.json') as { chains: readonly ChainVector[] };

function expectValue<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.code);
  return result.value;
}

function describeDecoded(vector: BlockVector): unknown {
  const block = expectValue(decodeBlock(hexToBytes(vector.bytes)));
  const { header, coinbase } = block;
  const leaves = [coinbase.id, ...block.transactions.map(({ id }) => id)];
  expect(bytesToHex(encodeBlock(block, header.bytes))).toBe(vector.bytes);
  expect(transactionsRoot(leaves)).toEqual(block.transactionsRoot);
  expect(hashCommitment(block)).toEqual(header.commitment);
  return {
    height: block.height,
    id: header.id,
    parent: header.parent,
    header: bytesToHex(header.bytes),
    size: block.bytes.length,
    time: header.time,
    bits: bitsToText(header.bits),
    nonce: header.nonce,
    commitment: bytesToHex(header.commitment),
    count: block.count,
    transactionsRoot: bytesToHex(block.transactionsRoot),
    accountsRoot: bytesToHex(block.accountsRoot),
    historyRoot: bytesToHex(block.historyRoot),
    coinbase: {
      outputs: coinbase.outputs.map(({ address, amount }) => ({ address, amount: `${amount}` })),
      extra: bytesToHex(coinbase.extra),
      id: coinbase.id,
    },
    transactions: block.transactions.map(({ id }) => id),
    work: `0x${bitsToWork(header.bits).toString(16)}`,
  };
}

describe.each(chains)('the chain of $network', ({ network: name, blocks }) => {
  const network = vectorNetwork(name);
  const { params } = network;

  test.each(blocks)('block $height has the fields of the vector', (vector) => {
    const {
      bytes: _bytes,
      cumulativeWork: _work,
      medianTime: _time,
      accounts: _,
      ...fields
    } = vector;
    expect(describeDecoded(vector)).toEqual(fields);
    const { outputs, extra, id } = vector.coinbase;
    const height = toHeight(vector.height);
    const made = createCoinbase({
      height,
      outputs: outputs.map(toOutput),
      extra: hexToBytes(extra),
    });
    expect(made.id).toBe(id);
  });

  test('its blocks pass every check in turn and leave the accounts of the vector', () => {
    let model = genesisModel(network);
    for (const vector of blocks) {
      const bytes = hexToBytes(vector.bytes);
      const block = expectValue(decodeBlock(bytes));
      const parent = model.context;
      expectValue(checkHeaderAlone(block.header, params));
      const nowSeconds = vector.time - params.maxFutureSeconds;
      expectValue(checkHeaderInContext(block.header, { parent, params, nowSeconds }));
      expectValue(checkBlockSize(bytes.length, params));
      const bound = expectValue(checkBodyBinding(block));
      expectValue(checkBoundBlock(bound, { params, parentHeight: parent.height }));
      expect(bytesToHex(historyRootOf(model))).toBe(vector.historyRoot);
      model = expectValue(connectToModel(model, block));
      expect(model.work).toBe(BigInt(vector.cumulativeWork));
      expect(medianTime(model.context)).toBe(vector.medianTime);
      expect(bytesToHex(accountsRoot(model.accounts))).toBe(vector.accountsRoot);
      expect(
        accountRecords(model.accounts).map((record) => ({
          ...record,
          balance: `${record.balance}`,
        })),
      ).toEqual(vector.accounts);
    }
  });
});

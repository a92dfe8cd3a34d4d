/** Roots and proofs of the trees are those of the vectors. */
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/core/base/bytes.ts';
import { parseBlockId } from '../../src/core/base/types.ts';
import { Writer } from '../../src/core/codec/writer.ts';
import { transactionsRoot } from '../../src/core/rules/block.ts';
import {
  consistencyProof,
  hashLeaf,
  inclusionProof,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../src/core/rules/merkle.ts';
import { hexToHash, readVectors, toTxId } from '../kit/vectors.ts';

interface TreeVectors {
  readonly rfc6962: {
    readonly data: readonly string[];
    readonly roots: readonly string[];
    readonly inclusion: readonly { index: number; size: number; proof: readonly string[] }[];
    readonly consistency: readonly { from: number; to: number; proof: readonly string[] }[];
  };
  readonly transactions: readonly { ids: readonly string[]; root: string }[];
  readonly history: {
    readonly blocks: readonly { id: string; cumulativeWork: string }[];
    readonly roots: readonly string[];
  };
}

const { rfc6962, transactions, history } = readVectors('trees.json') as TreeVectors;
const data = rfc6962.data.map(hexToBytes);
const rootOf = (size: number): string => bytesToHex(merkleRoot(data.slice(0, size)));

describe('RFC 6962 trees (docs/protocol.md sections 7 and 16)', () => {
  test('roots by size', () => {
    expect(rfc6962.roots).toHaveLength(data.length + 1);
    expect(rfc6962.roots.map((_, size) => rootOf(size))).toEqual(rfc6962.roots);
  });

  test.each(rfc6962.inclusion)('inclusion of leaf $index in $size', ({ index, size, proof }) => {
    expect(inclusionProof(data.slice(0, size), index).map(bytesToHex)).toEqual(proof);
    const claim = {
      leaf: hashLeaf(data[index]!),
      index: BigInt(index),
      size: BigInt(size),
      proof: proof.map(hexToHash),
      root: hexToHash(rfc6962.roots[size]!),
    };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, size: BigInt(index) })).toBe(false);
  });

  test.each(rfc6962.consistency)('consistency of $from with $to', ({ from, to, proof }) => {
    expect(consistencyProof(data.slice(0, to), from).map(bytesToHex)).toEqual(proof);
    const claim = {
      fromSize: BigInt(from),
      toSize: BigInt(to),
      fromRoot: hexToHash(rfc6962.roots[from]!),
      toRoot: hexToHash(rfc6962.roots[to]!),
      proof: proof.map(hexToHash),
    };
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, fromRoot: hexToHash(rfc6962.roots[0]!) })).toBe(false);
  });
});

test.each(transactions)('transactions root $root', ({ ids, root }) => {
  expect(bytesToHex(transactionsRoot(ids.map(toTxId)))).toBe(root);
});

test('history roots by height', () => {
  const leaves = history.blocks.map(({ id, cumulativeWork }) =>
    new Writer(64).blockId(parseBlockId(id)!).u256(BigInt(cumulativeWork)).finish(),
  );
  expect(history.roots).toHaveLength(leaves.length + 1);
  expect(history.roots.map((_, height) => bytesToHex(merkleRoot(leaves.slice(0, height))))).toEqual(
    history.roots,
  );
});

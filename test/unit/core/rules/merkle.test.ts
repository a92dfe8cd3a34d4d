/**
 * Roots, proofs and refusals of RFC 6962 trees: public vectors, and the RFC's recursion as a second
 * opinion.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hexToBytes } from '../../../../src/core/base/bytes.ts';
import { toHash } from '../../../../src/core/base/types.ts';
import type { Hash } from '../../../../src/core/base/types.ts';
import {
  consistencyProof,
  hashLeaf,
  hashNode,
  inclusionProof,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../../../src/core/rules/merkle.ts';

const vectors = new URL('../../../vectors/public/', import.meta.url);
const readVector = (name: string): string => readFileSync(new URL(name, vectors), 'utf8');

/** Sizes reach 2^64 - 1, which JSON.parse would round: they are quoted first. */
function readRows<T>(name: string): T[] {
  return readVector(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line.replace(/: (\d+)/g, ': "$1"')) as T);
}

const fromBase64 = (text: string | null): Hash => Buffer.from(text ?? '', 'base64') as never;

interface Row {
  readonly name: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}
type InclusionRow = Row & Record<'leafIdx' | 'treeSize' | 'root' | 'leafHash', string>;
type ConsistencyRow = Row & Record<'size1' | 'size2' | 'root1' | 'root2', string>;

describe('public vectors', () => {
  test('roots by size', () => {
    const { leaves_hex, root_by_size } = JSON.parse(readVector('rfc6962_roots.json')) as {
      leaves_hex: string[];
      root_by_size: string[];
    };
    const leaves = leaves_hex.map(hexToBytes);
    root_by_size.forEach((root, size) => {
      expect(merkleRoot(leaves.slice(0, size))).toEqual(hexToBytes(root));
    });
    expect(root_by_size).toHaveLength(9);
  });

  test.each(readRows<InclusionRow>('rfc6962_inclusion.jsonl'))('inclusion $name', (row) => {
    const verdict = verifyInclusion({
      leaf: fromBase64(row.leafHash),
      index: BigInt(row.leafIdx),
      size: BigInt(row.treeSize),
      proof: (row.proof ?? []).map(fromBase64),
      root: fromBase64(row.root),
    });
    expect(verdict).toBe(!row.wantErr);
  });

  test.each(readRows<ConsistencyRow>('rfc6962_consistency.jsonl'))('consistency $name', (row) => {
    const verdict = verifyConsistency({
      fromSize: BigInt(row.size1),
      toSize: BigInt(row.size2),
      fromRoot: fromBase64(row.root1),
      toRoot: fromBase64(row.root2),
      proof: (row.proof ?? []).map(fromBase64),
    });
    expect(verdict).toBe(!row.wantErr);
  });
});

/** The definition of docs/protocol.md section 7, word for word. */
function definedRoot(data: readonly Uint8Array[]): Hash {
  if (data.length < 2) return data[0] === undefined ? merkleRoot([]) : hashLeaf(data[0]);
  let split = 1;
  while (split * 2 < data.length) split *= 2;
  return hashNode(definedRoot(data.slice(0, split)), definedRoot(data.slice(split)));
}

const leaves = Array.from({ length: 130 }, (_, i) => Uint8Array.of(i, 7));

/** The claim with one bit of one of its hashes turned. */
function damage(proof: readonly Hash[], seed: number): Hash[] {
  const copy = proof.map((hash) => toHash(Uint8Array.from(hash)));
  copy[seed % copy.length]![seed % 32]! ^= 1 << (seed % 8);
  return copy;
}

describe('every small tree', () => {
  test('roots follow the definition and depend on the number of leaves', () => {
    for (let size = 0; size <= leaves.length; size++) {
      const data = leaves.slice(0, size);
      expect(merkleRoot(data)).toEqual(definedRoot(data));
    }
    const [a, b, c] = leaves as [Uint8Array, Uint8Array, Uint8Array];
    expect(merkleRoot([a, b, c])).not.toEqual(merkleRoot([a, b, c, c]));
  });

  test('inclusion proofs verify, at their own index and size only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 130 }), fc.nat(), (size, pick) => {
        const data = leaves.slice(0, size);
        const index = pick % size;
        const claim = {
          leaf: hashLeaf(data[index]!),
          index: BigInt(index),
          size: BigInt(size),
          proof: inclusionProof(data, index),
          root: merkleRoot(data),
        };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, index: BigInt((index + 1) % (size + 1)) })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...claim.proof, claim.root] })).toBe(false);
        if (claim.proof.length === 0) return;
        expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: damage(claim.proof, pick) })).toBe(false);
      }),
    );
  });

  test('consistency proofs verify, and nothing near them', () => {
    for (let to = 1; to <= 40; to++) {
      for (let from = 1; from <= to; from++) {
        const claim = {
          fromSize: BigInt(from),
          toSize: BigInt(to),
          fromRoot: merkleRoot(leaves.slice(0, from)),
          toRoot: merkleRoot(leaves.slice(0, to)),
          proof: consistencyProof(leaves.slice(0, to), from),
        };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, proof: [...claim.proof, claim.toRoot] })).toBe(false);
        expect(verifyConsistency({ ...claim, fromSize: 0n })).toBe(false);
        if (claim.proof.length === 0) continue;
        expect(verifyConsistency({ ...claim, proof: claim.proof.slice(0, -1) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: damage(claim.proof, from * to) })).toBe(false);
        expect(verifyConsistency({ ...claim, fromRoot: claim.toRoot })).toBe(false);
      }
    }
  });

  test('hashes of a wrong length are refused', () => {
    const odd = new Uint8Array(31) as Hash;
    const root = merkleRoot(leaves.slice(0, 2));
    const leaf = hashLeaf(leaves[0]!);
    expect(verifyInclusion({ leaf, index: 0n, size: 2n, proof: [odd], root })).toBe(false);
    expect(verifyInclusion({ leaf: odd, index: 0n, size: 1n, proof: [], root: odd })).toBe(false);
    expect(
      verifyConsistency({ fromSize: 1n, toSize: 1n, fromRoot: odd, toRoot: odd, proof: [] }),
    ).toBe(false);
  });
});

/** The stored history against RFC 6962 over the same leaves: roots, proofs, reorgs and damage. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockIdFromBytes, toHeight, toWork } from '../../../../src/core/base/types.ts';
import { HistoryTree } from '../../../../src/core/chain/history-tree.ts';
import { historyKey } from '../../../../src/core/chain/layout.ts';
import { Overlay } from '../../../../src/core/chain/overlay.ts';
import { StoreDamage } from '../../../../src/core/chain/store.ts';
import type { HistoryEntry } from '../../../../src/core/rules/history-entry.ts';
import { encodeHistoryEntry } from '../../../../src/core/rules/history-entry.ts';
import {
  consistencyProof,
  hashLeaf,
  inclusionProof,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../../../src/core/rules/merkle.ts';

const entry = (height: number, branch: number): HistoryEntry => ({
  id: blockIdFromBytes(new Uint8Array(32).fill(height % 256).fill(branch, 30)),
  work: toWork(2n ** 130n + BigInt(height * 3 + branch)),
});

const emptyStore = new Map<string, Uint8Array>();

function grow(size: number): { overlay: Overlay; history: HistoryTree; data: Uint8Array[] } {
  const overlay = new Overlay(emptyStore);
  const history = new HistoryTree(overlay);
  const data: Uint8Array[] = [];
  for (let height = 0; height < size; height++) {
    history.append(height, entry(height, 0));
    data.push(encodeHistoryEntry(entry(height, 0)));
  }
  return { overlay, history, data };
}

describe('HistoryTree', () => {
  test('every root up to 300 is that of the leaves, at one record per block', () => {
    const { overlay, history, data } = grow(300);
    for (let size = 0; size <= 300; size++) {
      expect(history.rootAt(size)).toEqual(merkleRoot(data.slice(0, size)));
    }
    expect(overlay.changes()).toHaveLength(300);
  });

  test('proofs for any size are those over the leaves, and verify', () => {
    const { history, data } = grow(130);
    fc.assert(
      fc.property(fc.nat(129), fc.nat(129), (a, b) => {
        const [from, to] = [Math.min(a, b) + 1, Math.max(a, b) + 1];
        const proof = history.inclusionProof(from - 1, to);
        expect(proof).toEqual(inclusionProof(data.slice(0, to), from - 1));
        const claim = { leaf: hashLeaf(data[from - 1]!), index: BigInt(from - 1) };
        const root = history.rootAt(to);
        expect(verifyInclusion({ ...claim, size: BigInt(to), proof, root })).toBe(true);
        const growth = history.consistencyProof(from, to);
        expect(growth).toEqual(consistencyProof(data.slice(0, to), from));
        const sizes = { fromSize: BigInt(from), toSize: BigInt(to) };
        const roots = { fromRoot: history.rootAt(from), toRoot: root };
        expect(verifyConsistency({ ...sizes, ...roots, proof: growth })).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('a reorg overwrites: roots and proofs are those of the new chain', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.integer({ min: 1, max: 50 }), (fork, length) => {
        const { history, data } = grow(100);
        data.length = fork;
        for (let height = fork; height < fork + length; height++) {
          history.append(height, entry(height, 1));
          data.push(encodeHistoryEntry(entry(height, 1)));
          expect(history.rootAt(height + 1)).toEqual(merkleRoot(data));
        }
        expect(history.inclusionProof(0, data.length)).toEqual(inclusionProof(data, 0));
      }),
      { numRuns: 50 },
    );
  });

  test('a leaf is bound to its work', () => {
    const { id, work } = entry(5, 0);
    const [one, other] = [grow(0).history, grow(0).history];
    one.append(0, { id, work });
    other.append(0, { id, work: toWork(work + 1n) });
    expect(one.rootAt(1)).not.toEqual(other.rootAt(1));
  });

  test('a record that is missing or short is damage', () => {
    const { overlay, history } = grow(8);
    const key = historyKey(toHeight(7));
    overlay.put(key, overlay.get(key)!.slice(0, 64));
    expect(() => history.rootAt(8)).toThrow(StoreDamage);
    overlay.delete(key);
    expect(() => history.append(8, entry(8, 0))).not.toThrow();
    expect(() => history.rootAt(9)).toThrow(StoreDamage);
  });
});

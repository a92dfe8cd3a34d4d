/**
 * Owns: RFC 6962 trees over data at hand: hashes, roots, proofs and their verification.
 * Does not own: what the leaves are (codec, chain/history-tree) or stored nodes. Layer 2.
 * docs/protocol.md sections 7 and 16.
 */
import { assert, required } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { sha256 } from '../base/crypto.ts';
import type { Hash } from '../base/types.ts';

const HASH_SIZE = 32;
const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;
const TREE_SIZE_MAX = 0xffff_ffff_ffff_ffffn;

/** The root over no data: `sha256("")`. */
export const EMPTY_MERKLE_ROOT: Hash = sha256(new Uint8Array(0));

/** Leaves `start` to `end` - 1; every range named here is a subtree of the RFC's split. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** The hash of one leaf's datum. */
export function hashLeaf(datum: Uint8Array): Hash {
  const input = new Uint8Array(1 + datum.length);
  input[0] = LEAF_PREFIX;
  input.set(datum, 1);
  return sha256(input);
}

const nodeInput = new Uint8Array(1 + 2 * HASH_SIZE);
nodeInput[0] = NODE_PREFIX;

/** The hash of an inner node. */
export function hashNode(left: Hash, right: Hash): Hash {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_SIZE);
  return sha256(nodeInput);
}

/**
 * The root over the data in order. Works level by level; a node without a sibling rises as it is.
 */
export function merkleRoot(data: readonly Uint8Array[]): Hash {
  let level = data.map(hashLeaf);
  while (level.length > 1) {
    const above: Hash[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) above.push(hashNode(level[i]!, level[i + 1]!));
    if (level.length % 2 === 1) above.push(level.at(-1)!);
    level = above;
  }
  return level[0] ?? EMPTY_MERKLE_ROOT;
}

/** The largest power of two below `size`, which is at least 2. */
function splitSize(size: number): number {
  let split = 1;
  while (2 * split < size) split *= 2;
  return split;
}

/**
 * The subtrees whose roots prove leaf `index` in a tree of `size`, nearest first. RFC 9162 section
 * 2.1.3.1.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  assert(index >= 0 && index < size, 'the leaf to prove is in the tree');
  const ranges: LeafRange[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitSize(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/**
 * The subtrees whose roots prove that `to` leaves begin with `from`, nearest first. RFC 9162
 * section 2.1.4.1.
 */
export function consistencyRanges(from: number, to: number): LeafRange[] {
  assert(from > 0 && from <= to, 'a ledger that has begun is proved to have grown');
  const ranges: LeafRange[] = [];
  let [start, end] = [0, to];
  while (from < end) {
    const middle = start + splitSize(end - start);
    if (from <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The root over [0, from) starts the path, but the verifier has it already.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

function rangeRoots(data: readonly Uint8Array[], ranges: readonly LeafRange[]): Hash[] {
  return ranges.map(({ start, end }) => merkleRoot(data.slice(start, end)));
}

/** The audit path of leaf `index`, nearest sibling first. */
export function inclusionProof(data: readonly Uint8Array[], index: number): Hash[] {
  return rangeRoots(data, inclusionRanges(index, data.length));
}

/** Proves that the data begin with their own first `from` items. */
export function consistencyProof(data: readonly Uint8Array[], from: number): Hash[] {
  return rangeRoots(data, consistencyRanges(from, data.length));
}

function isProof(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === HASH_SIZE);
}

/**
 * RFC 9162 section 2.1.3.2: whether `leaf` (a leaf's hash) stands at `index` of the tree of `size`
 * with this root.
 */
export function verifyInclusion(claim: {
  readonly leaf: Hash;
  readonly index: bigint;
  readonly size: bigint;
  readonly proof: readonly Hash[];
  readonly root: Hash;
}): boolean {
  const { leaf, index, size, proof, root } = claim;
  if (index < 0n || index >= size || size > TREE_SIZE_MAX) return false;
  if (!isProof([leaf, root, ...proof])) return false;
  let at = index;
  let last = size - 1n;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0n) return false;
    if (at % 2n === 1n || at === last) {
      hash = hashNode(sibling, hash);
      // The last node of a level without a sibling has risen: skip those levels.
      while (at % 2n === 0n && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = hashNode(hash, sibling);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equalBytes(hash, root);
}

/**
 * RFC 9162 section 2.1.4.2: whether the tree of `toSize` begins with the tree of `fromSize`.
 * An empty beginning proves nothing and is refused.
 */
export function verifyConsistency(claim: {
  readonly fromSize: bigint;
  readonly toSize: bigint;
  readonly fromRoot: Hash;
  readonly toRoot: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  const { fromSize, toSize, fromRoot, toRoot, proof } = claim;
  if (fromSize <= 0n || fromSize > toSize || toSize > TREE_SIZE_MAX) return false;
  if (!isProof([fromRoot, toRoot, ...proof])) return false;
  if (fromSize === toSize) return proof.length === 0 && equalBytes(fromRoot, toRoot);
  const isPerfect = (fromSize & (fromSize - 1n)) === 0n;
  const path = isPerfect ? [fromRoot, ...proof] : proof;
  if (proof.length === 0) return false;
  let at = fromSize - 1n;
  let last = toSize - 1n;
  while (at % 2n === 1n) {
    at >>= 1n;
    last >>= 1n;
  }
  let fromHash = required(path[0], 'the path is not empty');
  let toHash = fromHash;
  for (const sibling of path.slice(1)) {
    if (last === 0n) return false;
    if (at % 2n === 1n || at === last) {
      fromHash = hashNode(sibling, fromHash);
      toHash = hashNode(sibling, toHash);
      while (at % 2n === 0n && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else {
      toHash = hashNode(toHash, sibling);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equalBytes(fromHash, fromRoot) && equalBytes(toHash, toRoot);
}

/** Owns: section 7 and the proofs of section 16. */
import { cat, u256, u32, u64, u8, unhex } from './bytes.mjs';
import { sha256 } from './keys.mjs';

const ZERO = Buffer.alloc(32);
const node = (left, right) => sha256(u8(1), left, right);
/** The largest power of two below n. */
const half = (n) => 2 ** Math.floor(Math.log2(n - 1));

export function merkleRoot(data) {
  if (data.length === 0) return sha256();
  if (data.length === 1) return sha256(u8(0), data[0]);
  const k = half(data.length);
  return node(merkleRoot(data.slice(0, k)), merkleRoot(data.slice(k)));
}

/** RFC 6962 section 2.1.1. */
export function inclusionProof(data, index) {
  if (data.length === 1) return [];
  const k = half(data.length);
  const [left, right] = [data.slice(0, k), data.slice(k)];
  return index < k
    ? [...inclusionProof(left, index), merkleRoot(right)]
    : [...inclusionProof(right, index - k), merkleRoot(left)];
}

/** RFC 6962 section 2.1.2, 0 < from < data.length. */
export function consistencyProof(data, from, whole = true) {
  if (from === data.length) return whole ? [] : [merkleRoot(data)];
  const k = half(data.length);
  const [left, right] = [data.slice(0, k), data.slice(k)];
  return from <= k
    ? [...consistencyProof(left, from, whole), merkleRoot(right)]
    : [...consistencyProof(right, from - k, false), merkleRoot(left)];
}

export const historyDatum = (id, cumulativeWork) => cat(id, u256(cumulativeWork));

export const bitOf = (address, bit) => (address[bit >> 3] >> (7 - (bit & 7))) & 1;

/** The first bit (0..159) at which members of a list of at least two distinct addresses differ. */
const firstDifference = (list) => {
  for (let bit = 0; ; bit++) {
    if (list.some(({ address }) => bitOf(address, bit) !== bitOf(list[0].address, bit))) return bit;
  }
};
const members = (list, bit, side) => list.filter(({ address }) => bitOf(address, bit) === side);
const leafHash = ({ address, balance, nonce }) => sha256(u8(0), address, u64(balance), u32(nonce));

/** `list` of `{address bytes, balance, nonce}`, in any order. */
export function accountsRoot(list) {
  if (list.length === 0) return ZERO;
  if (list.length === 1) return leafHash(list[0]);
  const bit = firstDifference(list);
  const [left, right] = [0, 1].map((side) => accountsRoot(members(list, bit, side)));
  return sha256(u8(1), u8(bit), left, right);
}

/** Steps from the root and the leaf that the search for `address` reaches. */
export function accountProof(list, address) {
  if (list.length <= 1) return { steps: [], leaf: list[0] ?? null };
  const bit = firstDifference(list);
  const side = bitOf(address, bit);
  const below = accountProof(members(list, bit, side), address);
  const sibling = accountsRoot(members(list, bit, 1 - side));
  return { steps: [{ bit, sibling }, ...below.steps], leaf: below.leaf };
}

/** 'present', 'absent' or 'refused'. */
export function readAccountProof(root, address, { steps, leaf }) {
  if (!leaf) return steps.length === 0 && root.equals(ZERO) ? 'absent' : 'refused';
  let hash = leafHash(leaf);
  let above = 160;
  for (const { bit, sibling } of steps.toReversed()) {
    if (bit >= above) return 'refused';
    above = bit;
    const pair = bitOf(address, bit) === 0 ? [hash, sibling] : [sibling, hash];
    hash = sha256(u8(1), u8(bit), ...pair);
  }
  if (!hash.equals(root)) return 'refused';
  return leaf.address.equals(address) ? 'present' : 'absent';
}

/** Map of hex address -> {balance, nonce} as a list of existing accounts. */
export const accountList = (accounts) =>
  [...accounts]
    .filter(([, { balance, nonce }]) => balance > 0n || nonce > 0)
    .map(([address, account]) => ({ address: unhex(address), ...account }))
    .sort((a, b) => Buffer.compare(a.address, b.address));

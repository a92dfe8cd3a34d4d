/** Owns: what stands in trees.json. */
import { cat, hex, number, shown, u32 } from '../reference/bytes.mjs';
import { sha256 } from '../reference/keys.mjs';
import * as tree from '../reference/trees.mjs';
import { coinbaseId, leafIds } from '../reference/block.mjs';
import { networks } from './networks.mjs';

const SIZE_MAX = 21;
const upTo = (n) => Array.from({ length: n }, (_, i) => i);

function rfc6962() {
  const data = upTo(SIZE_MAX).map((i) => Buffer.alloc(i < 4 ? i : 32, i));
  const pairs = upTo(SIZE_MAX + 1).flatMap((size) => upTo(size).map((index) => [index, size]));
  const chosen = pairs.filter(
    ([a, b]) => b <= 8 || (b > 15 && [0, 1, 8, 15, 16, b - 1].includes(a)),
  );
  return {
    data: data.map(hex),
    roots: upTo(SIZE_MAX + 1).map((size) => hex(tree.merkleRoot(data.slice(0, size)))),
    inclusion: chosen.map(([index, size]) => ({
      index,
      size,
      proof: tree.inclusionProof(data.slice(0, size), index).map(hex),
    })),
    consistency: chosen
      .filter(([from]) => from > 0)
      .map(([from, to]) => ({
        from,
        to,
        proof: tree.consistencyProof(data.slice(0, to), from).map(hex),
      })),
  };
}

function history() {
  const { chain } = networks.asert;
  const data = chain.map(({ id, cumulativeWork }) => tree.historyDatum(id, cumulativeWork));
  return {
    blocks: chain.map(({ id, cumulativeWork }) => ({
      id: shown(id),
      cumulativeWork: number(cumulativeWork),
    })),
    roots: upTo(chain.length + 1).map((size) => hex(tree.merkleRoot(data.slice(0, size)))),
  };
}

function transactions() {
  const sets = [networks.easy.chain[1], networks.easy.chain[3]].map(leafIds);
  sets.push([...sets[1], coinbaseId({ height: 9, outputs: [], extra: Buffer.alloc(0) })]);
  return sets.map((ids) => ({ ids: ids.map(hex), root: hex(tree.merkleRoot(ids)) }));
}

const account = (address, balance, nonce = 0) => ({ address, balance: BigInt(balance), nonce });
/** An address that is zero but for the given bits. */
const withBits = (...bits) => {
  const address = Buffer.alloc(20);
  for (const bit of bits) address[bit >> 3] |= 0x80 >> (bit & 7);
  return address;
};
const random = (i) => sha256(cat(Buffer.from('account'), u32(i))).subarray(0, 20);
const some = (n) => upTo(n).map((i) => account(random(i), 10n ** BigInt(i % 19), i * i));

const SETS = {
  empty: [],
  one: [account(random(1), 5_000, 3)],
  'one, balance 0': [account(random(1), 0, 1)],
  'one, highest values': [account(Buffer.alloc(20, 255), 2n ** 64n - 1n, 0xffffffff)],
  'two, differing at bit 0': [account(withBits(), 1), account(withBits(0), 2)],
  'two, differing at bit 159': [account(withBits(), 1), account(withBits(159), 2)],
  'two, differing at bit 8': [account(withBits(3), 1), account(withBits(3, 8), 2)],
  three: some(3),
  seven: some(7),
  forty: some(40),
  'a path of 160 steps': [
    account(withBits(), 9),
    ...upTo(160).map((bit) => account(withBits(bit), bit + 1)),
  ],
};

const hexAccount = ({ address, balance, nonce }) => ({
  address: hex(address),
  balance: `${balance}`,
  nonce,
});
const hexProof = ({ steps, leaf }) => ({
  steps: steps.map(({ bit, sibling }) => ({ bit, sibling: hex(sibling) })),
  leaf: leaf && hexAccount(leaf),
});

function describeSet([name, list]) {
  const root = tree.accountsRoot(list);
  const present = list.length > 40 ? [list[0], list[160]] : list.slice(0, 5);
  const absent = [random(1_000), random(1_001), withBits(159, 3), Buffer.alloc(20, 0xfe)];
  const queried = [...present.map(({ address }) => address), ...absent];
  const proofs = queried.map((address) => {
    const proof = tree.accountProof(list, address);
    const verdict = tree.readAccountProof(root, address, proof);
    const present = list.some((one) => one.address.equals(address));
    if (verdict !== (present ? 'present' : 'absent')) throw new Error(`${name}: ${verdict}`);
    return { address: hex(address), present, ...hexProof(proof) };
  });
  return { name, accounts: list.map(hexAccount), root: hex(root), proofs };
}

function refused() {
  const list = SETS.seven;
  const root = tree.accountsRoot(list);
  const { address } = list[0];
  const proof = tree.accountProof(list, address);
  const [first, ...rest] = proof.steps;
  const zero = Buffer.alloc(32);
  const change = (hash) => cat(hash.subarray(0, 31), Buffer.from([hash[31] ^ 1]));
  const other = list[1];
  const cases = [
    [
      'no proof of absence against a root that is not zero',
      root,
      address,
      { steps: [], leaf: null },
    ],
    ['steps without a leaf', zero, address, { steps: [first], leaf: null }],
    ['steps without a leaf, another root', root, address, { ...proof, leaf: null }],
    [
      'a balance changed',
      root,
      address,
      {
        steps: proof.steps,
        leaf: { ...proof.leaf, balance: proof.leaf.balance + 1n },
      },
    ],
    [
      'a nonce changed',
      root,
      address,
      {
        steps: proof.steps,
        leaf: { ...proof.leaf, nonce: proof.leaf.nonce + 1 },
      },
    ],
    [
      'a sibling changed',
      root,
      address,
      {
        steps: [{ ...first, sibling: change(first.sibling) }, ...rest],
        leaf: proof.leaf,
      },
    ],
    [
      'a bit changed',
      root,
      address,
      {
        steps: [...proof.steps.slice(0, -1), { ...proof.steps.at(-1), bit: 159 }],
        leaf: proof.leaf,
      },
    ],
    ['a step missing', root, address, { steps: rest, leaf: proof.leaf }],
    [
      "another one's proof, queried on the other side",
      root,
      address,
      tree.accountProof(list, other.address),
    ],
    ...orderFaults(),
  ];
  return cases.map(([why, against, queried, given]) => {
    if (tree.readAccountProof(against, queried, given) !== 'refused') throw new Error(why);
    return { why, root: hex(against), address: hex(queried), ...hexProof(given) };
  });
}

/** Proofs whose hashes fold to the root, refused for their bits alone. */
function orderFaults() {
  const leaf = account(withBits(), 7);
  const sibling = Buffer.alloc(32, 5);
  const fold = (bits) =>
    bits.reduceRight(
      (hash, bit) => sha256(Buffer.from([1, bit]), hash, sibling),
      tree.accountsRoot([leaf]),
    );
  const fault = (why, bits) => {
    const steps = bits.map((bit) => ({ bit, sibling }));
    return [why, fold(bits), leaf.address, { steps, leaf }];
  };
  return [
    fault('bits repeat', [4, 4]),
    fault('bits fall', [9, 4]),
    fault('bit 160', [3, 160]),
    fault('bit 255', [255]),
  ];
}

export const trees = () => ({
  rfc6962: rfc6962(),
  transactions: transactions(),
  history: history(),
  accounts: Object.entries(SETS).map(describeSet),
  accountsRefused: refused(),
});

/**
 * The accounts tree against the definition of its root: random histories, hostile addresses, small
 * caches, trees side by side, and a store that has lost or swapped a node.
 */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { bytesToHex } from '../../../../src/core/base/bytes.ts';
import { createRandom } from '../../../../src/core/base/random.ts';
import type { Random } from '../../../../src/core/base/random.ts';
import type { Address, Hash } from '../../../../src/core/base/types.ts';
import { addressFromBytes, toAmount, toNonce } from '../../../../src/core/base/types.ts';
import { AccountsBase } from '../../../../src/core/chain/accounts-base.ts';
import { AccountsTree } from '../../../../src/core/chain/accounts-tree.ts';
import { Overlay } from '../../../../src/core/chain/overlay.ts';
import { StoreDamage } from '../../../../src/core/chain/store.ts';
import type { Account } from '../../../../src/core/rules/account.ts';
import { verifyAccountProof } from '../../../../src/core/rules/account-proof.ts';
import {
  EMPTY_ACCOUNTS_ROOT,
  hashAccount,
  hashAccountsNode,
} from '../../../../src/core/rules/accounts-root.ts';

type Model = Map<Address, Account>;

const toBits = (address: Address): string =>
  Array.from(address, (digit) => parseInt(digit, 16).toString(2).padStart(4, '0')).join('');

/** Section 7 of the protocol, word for word. */
function definedRoot(members: readonly (readonly [string, Address, Account])[]): Hash {
  const [first] = members;
  if (first === undefined) return EMPTY_ACCOUNTS_ROOT;
  if (members.length === 1) return hashAccount({ address: first[1], ...first[2] });
  let bit = 0;
  while (members.every(([bits]) => bits[bit] === first[0][bit])) bit += 1;
  return hashAccountsNode(
    bit,
    definedRoot(members.filter(([bits]) => bits[bit] === '0')),
    definedRoot(members.filter(([bits]) => bits[bit] === '1')),
  );
}

const rootOf = (model: Model): Hash =>
  definedRoot(Array.from(model, ([address, account]) => [toBits(address), address, account]));

/** A store with a base and the tree being worked on, and how each is written and dropped. */
class Fixture {
  readonly store = new Map<string, Uint8Array>();
  readonly overlay = new Overlay(this.store);
  readonly base: AccountsBase;
  tree: AccountsTree;

  constructor(options: { readonly pageSizeMax?: number; readonly cacheBytesMax?: number } = {}) {
    this.base = new AccountsBase({
      store: this.store,
      root: EMPTY_ACCOUNTS_ROOT,
      cacheBytesMax: 1e9,
      ...options,
    });
    this.tree = new AccountsTree(this.base);
  }

  hash(tree = this.tree): Hash {
    while (!tree.isHashed) expect(tree.hashSome(7)).toBeGreaterThan(0);
    return tree.root();
  }

  commit(): void {
    this.hash();
    while (!this.tree.isWritten) this.tree.writeSome(this.overlay, 3);
    this.tree.promote();
    for (const { key, value } of this.overlay.changes()) {
      if (value === undefined) this.store.delete(key);
      else this.store.set(key, value);
    }
    this.overlay.clear();
  }

  drop(): void {
    this.overlay.clear();
    this.tree = new AccountsTree(this.base);
  }

  /** The same store opened anew, with nothing in memory. */
  reopened(root: Hash, pageSizeMax = 32): AccountsTree {
    const options = { store: this.store, root, cacheBytesMax: 1e9, pageSizeMax };
    return new AccountsTree(new AccountsBase(options));
  }
}

/** Addresses that share 0, 16, 40, 120 or 157 bits with each other. */
function drawAddress(random: Random): Address {
  const shared = [0, 2, 5, 15, 19][random.below(5)]!;
  const bytes = random.bytes(20);
  bytes.fill(0x5a, 0, shared);
  if (shared === 19) bytes[19]! &= 0x07;
  return addressFromBytes(bytes);
}

const drawAccount = (random: Random): Account => ({
  balance: toAmount(BigInt(random.below(1_000)) * 2n ** 40n + 1n),
  nonce: toNonce(random.below(5)),
});

function change(tree: AccountsTree, model: Model, random: Random): void {
  const known = [...model.keys()];
  const address =
    known.length > 0 && random.below(2) === 0
      ? known[random.below(known.length)]!
      : drawAddress(random);
  if (model.has(address) && random.below(2) === 0) {
    tree.remove(address);
    model.delete(address);
  } else {
    const account = drawAccount(random);
    tree.set(address, account);
    model.set(address, account);
  }
}

describe.each([4, 32])('with pages of %i', (pageSizeMax) => {
  test('400 random rounds, stored, kept open or dropped, give the defined root', () => {
    const random = createRandom(Uint8Array.from({ length: 16 }, (_, i) => i + pageSizeMax));
    // The cache holds less than the tree, so that nodes are loaded again all the time.
    const fixture = new Fixture({ pageSizeMax, cacheBytesMax: 20_000 });
    let stored: Model = new Map();
    let model: Model = new Map();
    for (let round = 0; round < 400; round++) {
      const count = 1 + random.below(round % 10 === 0 ? 80 : 8);
      for (let i = 0; i < count; i++) change(fixture.tree, model, random);
      const fate = random.below(8);
      if (fate === 0) {
        fixture.drop();
        model = new Map(stored);
        continue;
      }
      expect(fixture.hash()).toEqual(rootOf(model));
      if (fate < 4) {
        fixture.commit();
        stored = new Map(model);
      } else if (fate === 4) {
        // Written in part, and then changed further.
        fixture.tree.writeSome(fixture.overlay, 1 + random.below(9));
      }
      const someone = drawAddress(random);
      expect(fixture.tree.get(someone)).toEqual(model.get(someone));
    }
    fixture.commit();
    for (const [address, account] of model) expect(fixture.tree.get(address)).toEqual(account);
    const reopened = fixture.reopened(rootOf(model), pageSizeMax);
    for (const [address, account] of model) expect(reopened.get(address)).toEqual(account);
  });

  test('taking all accounts away leaves no node behind', () => {
    const random = createRandom(new Uint8Array(16).fill(9));
    const fixture = new Fixture({ pageSizeMax });
    const model: Model = new Map();
    for (let i = 0; i < 300; i++) model.set(drawAddress(random), drawAccount(random));
    for (const [address, account] of model) fixture.tree.set(address, account);
    fixture.commit();
    expect(fixture.store.size).toBeGreaterThan(300 / pageSizeMax);
    for (const address of model.keys()) fixture.tree.remove(address);
    expect(fixture.hash()).toEqual(EMPTY_ACCOUNTS_ROOT);
    fixture.commit();
    expect(fixture.store.size).toBe(0);
  });

  test('proofs verify, present and absent, and mutated ones do not', () => {
    const random = createRandom(new Uint8Array(16).fill(3));
    const fixture = new Fixture({ pageSizeMax });
    const model: Model = new Map();
    for (let i = 0; i < 200; i++) model.set(drawAddress(random), drawAccount(random));
    for (const [address, account] of model) fixture.tree.set(address, account);
    const root = fixture.hash();
    const known = [...model.keys()];
    const asked = fc.oneof(
      fc.constantFrom(...known),
      fc.nat().map(() => drawAddress(random)),
    );
    fc.assert(
      fc.property(asked, fc.nat(), fc.nat(255), (address, place, flip) => {
        const proof = fixture.tree.proof(address);
        expect(verifyAccountProof({ root, address, proof })).toEqual(
          model.get(address) ?? 'absent',
        );
        const step = place % proof.steps.length;
        const steps = proof.steps.map(({ bit, sibling }) => ({ bit, sibling: sibling.slice() }));
        steps[step]!.sibling[flip % 32]! ^= 1 << (flip >> 5);
        const refused = (mutated: object): void => {
          const claim = { root, address, proof: { ...proof, ...mutated } };
          expect(verifyAccountProof(claim as never)).toBeUndefined();
        };
        refused({ steps });
        refused({ steps: proof.steps.toSpliced(step, 1) });
        refused({ steps: proof.steps.toReversed().concat(proof.steps) });
        refused({ leaf: { ...proof.leaf, balance: proof.leaf!.balance + 1n } });
        refused({ leaf: undefined });
      }),
      { numRuns: 300 },
    );
  });
});

const at = (text: string): Address => addressFromBytes(Buffer.from(text.padEnd(40, '0'), 'hex'));
const worth = (units: bigint): Account => ({ balance: toAmount(units), nonce: toNonce(0) });

describe('trees side by side', () => {
  let fixture: Fixture;
  beforeEach(() => {
    fixture = new Fixture({ pageSizeMax: 4 });
    const random = createRandom(new Uint8Array(16).fill(1));
    for (let i = 0; i < 100; i++) {
      fixture.tree.set(addressFromBytes(random.bytes(20)), drawAccount(random));
    }
    fixture.commit();
  });

  test('do not see each other', () => {
    const before = fixture.tree.root();
    const other = new AccountsTree(fixture.base);
    other.set(at('aa'), worth(1n));
    fixture.tree.set(at('aa'), worth(2n));
    fixture.tree.set(at('ab'), worth(3n));
    expect(other.get(at('aa'))).toEqual(worth(1n));
    expect(other.get(at('ab'))).toBeUndefined();
    expect(fixture.hash(other)).not.toEqual(fixture.hash());
    fixture.drop();
    expect(fixture.tree.root()).toEqual(before);
    expect(fixture.tree.get(at('aa'))).toBeUndefined();
  });

  test('are not current any more when one becomes the base, and say so', () => {
    const other = new AccountsTree(fixture.base);
    fixture.tree.set(at('aa'), worth(2n));
    expect(other.isCurrent).toBe(true);
    fixture.commit();
    expect(other.isCurrent).toBe(false);
    expect(() => other.get(at('aa'))).toThrow('dropped');
    expect(new AccountsTree(fixture.base).get(at('aa'))).toEqual(worth(2n));
  });

  test('a change is counted until it is promoted', () => {
    expect(fixture.tree.changedBytes).toBe(0);
    fixture.tree.set(at('aa'), worth(2n));
    const once = fixture.tree.changedBytes;
    expect(once).toBeGreaterThan(0);
    fixture.tree.set(at('aa'), worth(3n));
    expect(fixture.tree.changedBytes).toBe(once);
    fixture.commit();
    expect(fixture.tree.changedBytes).toBe(0);
  });
});

describe('memory', () => {
  test('a small cache reads nodes again, a large one does not', () => {
    const random = createRandom(new Uint8Array(16).fill(8));
    const addresses = Array.from({ length: 3_000 }, () => addressFromBytes(random.bytes(20)));
    const countReads = (cacheBytesMax: number): number => {
      const fixture = new Fixture();
      for (const address of addresses) fixture.tree.set(address, worth(5n));
      fixture.commit();
      let reads = 0;
      const store = {
        get: (key: string): Uint8Array | undefined => {
          reads += 1;
          return fixture.store.get(key);
        },
      };
      const root = fixture.tree.root();
      const tree = new AccountsTree(new AccountsBase({ store, root, cacheBytesMax }));
      for (let pass = 0; pass < 3; pass++) for (const address of addresses) tree.get(address);
      expect(reads).toBeGreaterThanOrEqual(fixture.store.size);
      return reads - fixture.store.size;
    };
    expect(countReads(10_000_000)).toBe(0);
    expect(countReads(50_000)).toBeGreaterThan(1_000);
  });
});

describe('a damaged store', () => {
  const damages: readonly [string, (bytes: Uint8Array) => Uint8Array | undefined][] = [
    ['missing', (): undefined => undefined],
    ['empty', (): Uint8Array => new Uint8Array(0)],
    ['of another kind', (bytes): Uint8Array => Uint8Array.of(7, ...bytes.subarray(1))],
    ['cut short', (bytes): Uint8Array => bytes.subarray(0, bytes.length - 1)],
    ['changed', (bytes): Uint8Array => bytes.map((b, i) => (i === bytes.length - 1 ? b ^ 1 : b))],
  ];

  test.each(damages)('a node that is %s is noticed, whichever it is', (_, damage) => {
    const fixture = new Fixture({ pageSizeMax: 4 });
    for (let i = 0; i < 16; i++) fixture.tree.set(at(bytesToHex(Uint8Array.of(i * 16))), worth(9n));
    fixture.commit();
    const root = fixture.tree.root();
    expect(fixture.store.size).toBeGreaterThan(4);
    for (const [key, bytes] of [...fixture.store]) {
      const damaged = damage(bytes);
      if (damaged === undefined) fixture.store.delete(key);
      else fixture.store.set(key, damaged);
      expect(() => {
        const tree = fixture.reopened(root, 4);
        for (let i = 0; i < 16; i++) tree.get(at(bytesToHex(Uint8Array.of(i * 16))));
      }).toThrow(StoreDamage);
      fixture.store.set(key, bytes);
    }
  });
});

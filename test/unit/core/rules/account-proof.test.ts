/**
 * Account proofs made by the second implementation verify; what a reader must refuse is refused.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hexToBytes } from '../../../../src/core/base/bytes.ts';
import type { Address } from '../../../../src/core/base/types.ts';
import { toAmount, toHash, toNonce } from '../../../../src/core/base/types.ts';
import type { AccountProof } from '../../../../src/core/rules/account-proof.ts';
import { verifyAccountProof } from '../../../../src/core/rules/account-proof.ts';
import type { AccountRecord } from '../../../../src/core/rules/accounts-root.ts';

interface VectorAccount {
  readonly address: string;
  readonly balance: string;
  readonly nonce: number;
}
interface VectorProof {
  readonly address: string;
  readonly steps: readonly { readonly bit: number; readonly sibling: string }[];
  readonly leaf: VectorAccount | null;
}
interface Vectors {
  readonly accounts: readonly {
    readonly name: string;
    readonly root: string;
    readonly accounts: readonly VectorAccount[];
    readonly proofs: readonly (VectorProof & { readonly present: boolean })[];
  }[];
  readonly accountsRefused: readonly (VectorProof & {
    readonly why: string;
    readonly root: string;
  })[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../vectors/trees.json', import.meta.url), 'utf8'),
) as Vectors;

const toRecord = ({ address, balance, nonce }: VectorAccount): AccountRecord => ({
  address: address as Address,
  balance: toAmount(BigInt(balance)),
  nonce: toNonce(nonce),
});

const toProof = ({ steps, leaf }: VectorProof): AccountProof => ({
  steps: steps.map(({ bit, sibling }) => ({ bit, sibling: toHash(hexToBytes(sibling)) })),
  leaf: leaf === null ? undefined : toRecord(leaf),
});

const verify = (root: string, row: VectorProof): ReturnType<typeof verifyAccountProof> =>
  verifyAccountProof({
    root: toHash(hexToBytes(root)),
    address: row.address as Address,
    proof: toProof(row),
  });

describe('verifyAccountProof', () => {
  test.each(vectors.accounts)('$name', ({ root, accounts, proofs }) => {
    for (const proof of proofs) {
      const account = accounts.find(({ address }) => address === proof.address);
      expect(account !== undefined).toBe(proof.present);
      if (account === undefined) {
        expect(verify(root, proof)).toBe('absent');
        continue;
      }
      const { balance, nonce } = toRecord(account);
      expect(verify(root, proof)).toEqual({ balance, nonce });
    }
    expect(proofs.length).toBeGreaterThan(0);
  });

  test.each(vectors.accountsRefused)('refuses: $why', (row) => {
    expect(verify(row.root, row)).toBeUndefined();
  });

  test('refuses what no account or hash can be, without an error', () => {
    const { root, proofs } = vectors.accounts.find(({ accounts }) => accounts.length > 1)!;
    const proof = toProof(proofs[0]!);
    const leaf = proof.leaf!;
    const [step] = proof.steps;
    const odd: object[] = [
      { leaf: { ...leaf, balance: -1n } },
      { leaf: { ...leaf, balance: 2n ** 64n } },
      { leaf: { ...leaf, nonce: 0.5 } },
      { leaf: { ...leaf, nonce: 2 ** 32 } },
      { leaf: { ...leaf, address: 'no address' } },
      { steps: [{ ...step, sibling: new Uint8Array(31) }] },
      { steps: [{ ...step, bit: 160 }] },
      { steps: [{ ...step, bit: -1 }] },
      { steps: [{ ...step, bit: 1.5 }] },
    ];
    for (const change of odd) {
      const claim = {
        root: toHash(hexToBytes(root)),
        address: leaf.address,
        proof: { ...proof, ...change },
      };
      expect(verifyAccountProof(claim)).toBeUndefined();
    }
  });
});

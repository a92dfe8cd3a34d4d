/** Proof files of the vectors are read as what they prove, and are written again as they stand. */
import { describe, expect, test } from 'vitest';
import { parseBlockId } from '../../src/core/base/types.ts';
import type { Proven } from '../../src/core/rules/proof.ts';
import { checkProof } from '../../src/core/rules/proof.ts';
import { encodeProof } from '../../src/core/rules/proof-file.ts';
import { parseProof } from '../../src/core/rules/proof-reading.ts';
import { readVectors, vectorNetwork } from '../kit/vectors.ts';

interface ProofVector {
  readonly name: string;
  readonly network: string;
  readonly kind: Proven['kind'];
  readonly trusted: string;
  readonly text: string;
  readonly proven: Readonly<Record<string, unknown>>;
}

const vectors = readVectors('proofs.json') as readonly ProofVector[];
const hexNumber = (value: bigint): string => `0x${value.toString(16)}`;

/** In the form of the vectors. */
function plain(proven: Proven): Record<string, unknown> {
  const { block, tip } = proven;
  const common = { block, tip, work: hexNumber(proven.work) };
  switch (proven.kind) {
    case 'transaction':
      return { ...common, transaction: proven.transaction.id, index: proven.index };
    case 'account': {
      const { address, account } = proven;
      const held = account && { balance: `${account.balance}`, nonce: account.nonce };
      return { ...common, address, account: held ?? null };
    }
    case 'history':
      return { ...common, from: proven.from, fromWork: hexNumber(proven.fromWork) };
  }
}

describe('proof files (docs/protocol.md section 16)', () => {
  test('show every kind', () => {
    expect(new Set(vectors.map(({ kind }) => kind)).size).toBe(3);
  });

  test.each(vectors)('$kind: $name', ({ network: name, kind, trusted, text, proven }) => {
    const proof = parseProof(text);
    if (!proof.ok) throw new Error(proof.code);
    expect(encodeProof(proof.value)).toBe(text);
    const { id, params } = vectorNetwork(name);
    const network = { id, prefix: params.prefix };
    const verdict = checkProof(proof.value, { network, trusted: parseBlockId(trusted) });
    if (!verdict.ok) throw new Error(verdict.code);
    expect(verdict.value).toMatchObject({ kind, network: id, isTrusted: true });
    expect(plain(verdict.value)).toEqual(proven);
  });
});

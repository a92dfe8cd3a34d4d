/**
 * Proofs that a node makes are read as what they prove; every change of one is refused, and so are
 * forgeries whose file is all right.
 */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../src/core/base/random.ts';
import type { RejectCode, Result } from '../../../../src/core/base/rejects.ts';
import { toHeight } from '../../../../src/core/base/types.ts';
import type { ProofRequest } from '../../../../src/core/node/prover.ts';
import type { Proof } from '../../../../src/core/rules/proof-file.ts';
import { encodeProof } from '../../../../src/core/rules/proof-file.ts';
import { parseProof } from '../../../../src/core/rules/proof-reading.ts';
import type { ProofReader, Proven } from '../../../../src/core/rules/proof.ts';
import { checkProof } from '../../../../src/core/rules/proof.ts';
import { bitsToWork } from '../../../../src/core/rules/work.ts';
import { changeValue, mutate, proofOf, vectorChain } from '../../../kit/proofs.ts';
import { addressOf } from '../../../kit/chain-script.ts';
import { toAddress } from '../../../kit/vectors.ts';

const core = vectorChain('easy');
const { network, headers, blocks } = core.chain;
const blockAt = (height: number): ReturnType<typeof blocks.block> =>
  blocks.block(headers.mainAt(toHeight(height))!);
const [first, second] = blockAt(3).transactions.map(({ id }) => id);
const nobody = toAddress('fe'.repeat(20));

const REQUESTS: Readonly<Record<string, ProofRequest>> = {
  'a transaction': { kind: 'transaction', id: second!, headers: 4 },
  'an account': { kind: 'account', address: addressOf('carol') },
  'an absent account': { kind: 'account', address: nobody },
  'a history': { kind: 'history', from: toHeight(5), to: toHeight(11), headers: 2 },
};
const proofs = Object.entries(REQUESTS).map(([name, request]) => {
  const proof = proofOf(core, request);
  return { name, proof, text: encodeProof(proof) };
});
const proofNamed = <K extends Proof['kind']>(name: string, kind: K): Proof & { kind: K } => {
  const proof = proofs.find((each) => each.name === name)?.proof;
  if (proof?.kind !== kind) throw new Error(`${name} is no ${kind}`);
  return proof as Proof & { kind: K };
};

function verify(text: string, reader?: ProofReader): Result<Proven> {
  const read = parseProof(text);
  return read.ok ? checkProof(read.value, reader) : read;
}

function codeOf(proof: Proof, reader?: ProofReader): RejectCode | undefined {
  const verdict = verify(encodeProof(proof), reader);
  return verdict.ok ? undefined : verdict.code;
}

function proven<K extends Proven['kind']>(request: ProofRequest, kind: K): Proven & { kind: K } {
  const verdict = verify(encodeProof(proofOf(core, request)));
  if (!verdict.ok || verdict.value.kind !== kind) throw new Error(JSON.stringify(verdict));
  return verdict.value as Proven & { kind: K };
}

describe('what is proven', () => {
  test('a transaction, with the work of its block and those above', () => {
    for (const height of [2, 3, 5, 7]) {
      for (const [index, { id }] of blockAt(height).transactions.entries()) {
        const shown = proven({ kind: 'transaction', id, headers: 2_000 }, 'transaction');
        expect(shown.transaction.id).toBe(id);
        expect(shown).toMatchObject({ index, network: network.id, isTrusted: false });
        expect(shown.block).toEqual({ id: blockAt(height).header.id, height });
        expect(shown.tip).toEqual({ id: core.chain.tip.id, height: 13 });
        expect(shown.work).toBe(BigInt(14 - height) * bitsToWork(network.params.bits));
      }
    }
  });

  test('every account at the tip, and that others are absent', () => {
    const { tip } = core.chain;
    for (const person of ['alice', 'bob', 'carol', 'dave', 'erin', 'faucet'] as const) {
      const address = addressOf(person);
      const shown = proven({ kind: 'account', address }, 'account');
      expect(shown.account).toEqual(core.chain.account(address));
      expect(shown.block).toEqual({ id: tip.id, height: tip.height });
    }
    expect(proven({ kind: 'account', address: nobody }, 'account').account).toBeUndefined();
  });

  test('accounts of genesis and of a network without any', () => {
    const fresh = vectorChain('easy', 0);
    const verdict = verify(
      encodeProof(proofOf(fresh, { kind: 'account', address: addressOf('bob') })),
    );
    expect(verdict).toMatchObject({
      ok: true,
      value: { block: { id: network.id, height: 0 }, work: 0n },
    });
  });

  test('the growth from any block to any later one', () => {
    for (let from = 0; from < 13; from++) {
      for (let to = from + 1; to <= 13; to++) {
        const shown = proven(
          { kind: 'history', from: toHeight(from), to: toHeight(to), headers: 0 },
          'history',
        );
        expect([shown.from.height, shown.block.height]).toEqual([from, to]);
        expect(shown.fromWork).toBe(headers.work(headers.mainAt(toHeight(from))!));
      }
    }
  });

  test.each(proofs)('$name, under a header that is named', ({ proof, text }) => {
    const reader = { network: { id: network.id, prefix: 'easy' } };
    const known = [proof.stated.id, ...proof.above.map(({ id }) => id)];
    for (const trusted of known) {
      expect(verify(text, { ...reader, trusted })).toMatchObject({
        ok: true,
        value: { isTrusted: true },
      });
    }
  });
});

describe('1,000 random changes are refused', () => {
  test.each(proofs)('to the text of $name', ({ text }) => {
    const random = createRandom(new Uint8Array(16).fill(1));
    for (let i = 0; i < 1_000; i++) {
      const mutated = mutate(text, random);
      expect(verify(mutated).ok, mutated).toBe(false);
    }
  });

  test.each(proofs)('to values of $name, in all of its checks', ({ text }) => {
    const random = createRandom(new Uint8Array(16).fill(2));
    const codes = new Set<string>();
    for (let i = 0; i < 1_000; i++) {
      const verdict = verify(changeValue(text, random));
      if (verdict.ok) throw new Error(`change ${i} passes`);
      codes.add(verdict.code);
    }
    expect(codes.size).toBeGreaterThan(7);
  });
});

describe('forged transactions', () => {
  const proof = proofNamed('a transaction', 'transaction');
  const sibling = { ...proofOf(core, { kind: 'transaction', id: first!, headers: 4 }) };

  test('another place, size, sibling or path', () => {
    const { path, index, block } = proof;
    for (const other of [0, 1, 3, 4, 2 ** 32 - 1]) {
      expect(codeOf({ ...proof, index: other })).toBe('proof-inclusion-invalid');
    }
    expect(codeOf({ ...proof, path: path.toReversed() })).toBe('proof-inclusion-invalid');
    expect(codeOf({ ...proof, path: path.slice(1) })).toBe('proof-inclusion-invalid');
    expect(codeOf({ ...proof, path: [...path, path[0]!] })).toBe('proof-inclusion-invalid');
    expect(index).toBe(2);
    const committed = { ...block.committed, count: 5 };
    expect(codeOf({ ...proof, block: { ...block, committed } })).toBe('proof-commitment-mismatch');
  });

  test('another transaction of the block at this place, or this one under its id', () => {
    if (sibling.kind !== 'transaction') throw new Error('it is one');
    const { bytes, id, from } = sibling;
    expect(codeOf({ ...proof, bytes, id, from })).toBe('proof-inclusion-invalid');
    expect(codeOf({ ...proof, bytes })).toBe('proof-transaction-differs');
    expect(codeOf({ ...proof, from: addressOf('bob') })).toBe('proof-transaction-differs');
  });

  test('bytes that are no transaction, an inner node among them', () => {
    const inner = new Uint8Array(64).fill(7);
    expect(codeOf({ ...proof, bytes: inner })).toBe('proof-transaction-invalid');
    expect(codeOf({ ...proof, bytes: new Uint8Array(0) })).toBe('proof-transaction-invalid');
    const unsigned = Uint8Array.from(proof.bytes);
    unsigned[unsigned.length - 1]! ^= 1;
    expect(codeOf({ ...proof, bytes: unsigned })).toBe('proof-transaction-invalid');
  });
});

describe('forged accounts', () => {
  const carol = proofNamed('an account', 'account');
  const absent = proofNamed('an absent account', 'account');

  test('another balance, stated or in the leaf', () => {
    const account = { ...carol.account, nonce: carol.account.nonce };
    const richer = { ...account, balance: (account.balance + 1n) as typeof account.balance };
    expect(codeOf({ ...carol, account: richer })).toBe('proof-account-differs');
    const leaf = { ...carol.leaf!, ...richer };
    expect(codeOf({ ...carol, account: richer, leaf })).toBe('proof-account-invalid');
  });

  test('absence of an account that the leaf shows', () => {
    expect(codeOf({ ...carol, account: absent.account })).toBe('proof-account-differs');
    expect(codeOf({ ...carol, account: absent.account, leaf: undefined })).toBe(
      'proof-account-invalid',
    );
    expect(codeOf({ ...carol, account: absent.account, leaf: undefined, steps: [] })).toBe(
      'proof-account-invalid',
    );
  });

  test("absence by another account's path", () => {
    const others = (['alice', 'bob', 'dave', 'erin', 'faucet'] as const).map((person) =>
      proofOf(core, { kind: 'account', address: addressOf(person) }),
    );
    for (const other of others) {
      if (other.kind !== 'account') throw new Error('it is one');
      const { steps, leaf } = other;
      expect(codeOf({ ...carol, account: absent.account, steps, leaf })).toBe(
        'proof-account-invalid',
      );
    }
  });

  test('a sibling or a bit changed, swapped, left out or repeated', () => {
    const [one, two, ...rest] = carol.steps;
    const forged = [
      [two!, one!, ...rest],
      [{ ...one!, sibling: two!.sibling }, two!, ...rest],
      [{ ...one!, bit: two!.bit }, two!, ...rest],
      [{ ...one!, bit: one!.bit + 1 }, two!, ...rest],
      [one!, one!, two!, ...rest],
      [two!, ...rest],
    ];
    for (const steps of forged) {
      expect(codeOf({ ...carol, steps })).toBe('proof-account-invalid');
    }
  });
});

describe('forged histories', () => {
  const history = proofNamed('a history', 'history');

  test('other work, another place, another order', () => {
    const work = (history.work + 1n) as typeof history.work;
    expect(codeOf({ ...history, work })).toBe('proof-inclusion-invalid');
    const { stated, block, statedFrom, from } = history;
    const swapped = { stated: statedFrom, block: from, statedFrom: stated, from: block };
    const above: typeof history.above = [];
    const turned = { ...history, ...swapped, above, tip: statedFrom.id };
    const early = proofOf(core, {
      kind: 'history',
      from: toHeight(1),
      to: toHeight(5),
      headers: 0,
    });
    expect(codeOf({ ...turned, genesis: early.genesis })).toBe('proof-order-wrong');
    const same = { statedFrom: stated, from: block };
    expect(codeOf({ ...history, ...same })).toBe('proof-order-wrong');
  });

  test('no consistency, or more than there is', () => {
    const { consistency } = history;
    expect(codeOf({ ...history, consistency: [] })).toBe('proof-consistency-invalid');
    const code = codeOf({ ...history, consistency: [...consistency, consistency[0]!] });
    expect(code).toBe('proof-consistency-invalid');
    const fromGenesis = proofOf(core, {
      ...{ kind: 'history', from: toHeight(0), to: toHeight(11), headers: 0 },
    });
    expect(codeOf({ ...fromGenesis, consistency } as Proof)).toBe('proof-consistency-invalid');
  });
});

describe('the header', () => {
  const proof = proofNamed('a transaction', 'transaction');
  const { network: id, stated, block, above } = proof;

  test('of another block, with or without its id', () => {
    const { header } = blockAt(4);
    expect(codeOf({ ...proof, block: { ...block, header } })).toBe('proof-block-differs');
    const restated = { ...proof, stated: { ...stated, id: header.id } };
    const other = { ...restated, block: { ...block, header } };
    expect(codeOf(other)).toBe('proof-commitment-mismatch');
    const whole = { ...restated, block: { header, committed: blockAt(4) }, above: above.slice(1) };
    expect(codeOf(whole)).toBe('proof-height-differs');
  });

  test('those above: left out, cut off, out of order', () => {
    expect(codeOf({ ...proof, above: above.slice(1) })).toBe('proof-headers-not-linked');
    expect(codeOf({ ...proof, above: above.slice(0, -1) })).toBe('proof-tip-differs');
    expect(codeOf({ ...proof, above: above.toReversed() })).toBe('proof-headers-not-linked');
    expect(codeOf({ ...proof, tip: stated.id })).toBe('proof-tip-differs');
  });

  test('that the reader trusts, and his network', () => {
    expect(codeOf(proof, { trusted: blockAt(2).header.id })).toBe('proof-header-untrusted');
    expect(codeOf(proof, { network: { id: stated.id, prefix: 'easy' } })).toBe(
      'proof-network-differs',
    );
    expect(codeOf(proof, { network: { id, prefix: 'crn' } })).toBe('proof-network-differs');
  });

  test('of another genesis', () => {
    const other = vectorChain('asert', 0).chain.network;
    const genesis = { ...proof.genesis, header: other.genesis.header };
    expect(codeOf({ ...proof, genesis })).toBe('proof-genesis-mismatch');
    expect(codeOf({ ...proof, genesis: { ...genesis, header: block.header } })).toBe(
      'proof-genesis-mismatch',
    );
  });
});

describe('the text', () => {
  const { text } = proofs[0]!;
  const codeOfText = (changed: string): string | undefined => {
    const verdict = parseProof(changed);
    return verdict.ok ? undefined : verdict.code;
  };

  test('has one form, and one line feed at most', () => {
    expect(codeOfText(`${text}\n`)).toBeUndefined();
    const others = [
      ...[`${text}\n\n`, ` ${text}`, `${text}\r\n`, text.replace(':', ': '), `[${text}]`],
      text.replace('"kind"', '"\\u006bind"'),
      text.replace('{', '{"more":1,'),
      text.replace('{', '{"kind":"account",'),
      JSON.stringify(JSON.parse(text), null, 2),
      ...['', '\n', 'null', '[]', '{}', '{"format":1}', '['.repeat(10_000)],
    ];
    for (const other of others) expect(codeOfText(other), other).toBe('proof-malformed');
  });

  test('has at most 2,000 headers above', () => {
    const { proof } = proofs[0]!;
    const [above] = proof.above;
    const many = (count: number): string =>
      encodeProof({ ...proof, above: Array.from({ length: count }, () => above!) });
    expect(codeOfText(many(2_000))).toBeUndefined();
    expect(codeOfText(many(2_001))).toBe('proof-malformed');
  });

  test('of another version or too long is refused before it is looked at', () => {
    expect(codeOfText(text.replace('cairn-proof/1', 'cairn-proof/2'))).toBe(
      'proof-version-unknown',
    );
    expect(codeOfText('{"format":"cairn-proof/12"}')).toBe('proof-version-unknown');
    expect(codeOfText(' '.repeat(400_001))).toBe('proof-too-large');
  });
});

/** The SDK checks proof files with no node: vectors of the second implementation, in sentences. */
import { expect, test } from 'vitest';
import { REJECT_KINDS } from '../../../src/core/base/rejects.ts';
import { verifyProof } from '../../../src/client/proofs.ts';
import type { InvalidCase } from '../../kit/stages.ts';
import { readVectors } from '../../kit/vectors.ts';

interface ProofVector {
  readonly name: string;
  readonly network: string;
  readonly trusted: string;
  readonly text: string;
}

const vectors = readVectors('proofs.json') as readonly ProofVector[];
const { networks } = readVectors('genesis.json') as {
  networks: readonly { readonly name: string; readonly parameters: object }[];
};
const genesisOf = (name: string): string =>
  JSON.stringify(networks.find((network) => network.name === name)?.parameters);
const vector = (name: string): ProofVector => vectors.find((each) => each.name === name)!;

test.each(vectors)('$name is proved', ({ network, trusted, text }) => {
  const verdict = verifyProof(text, { genesis: genesisOf(network), header: trusted });
  expect(verdict).toMatchObject({ valid: true, proven: { trusted: true } });
});

test('a payment, with who is paid and the work behind it', () => {
  const { text } = vector('the second of three');
  const verdict = verifyProof(text);
  if (!verdict.valid || verdict.proven.kind !== 'transaction') throw new Error('it is one');
  const { transaction, block, network } = verdict.proven;
  expect(verdict.proven).toMatchObject({ headers: 1, work: '2', index: 1, trusted: false });
  expect(transaction.outputs.map(({ amount }) => amount)).toEqual(['2', '1']);
  expect(verdict.proves).toEqual([
    `transaction ${transaction.id}, signed by ${transaction.from}, is in block 3 (${block.id})`,
    `the ledger begins with genesis ${network}`,
    'its header took 2 expected hashes',
  ]);
  expect(verdict.doesNotProve).toEqual([
    `that block ${block.id} is in the chain that others go by`,
    `that ${network} is the network you mean`,
    'that the blocks are valid: only a node with all of them can tell',
    'that there is no other chain with more work',
  ]);
});

test('a balance and an absence, of which later blocks may say otherwise', () => {
  const { text } = vector('no account');
  const known = { genesis: genesisOf('easy'), header: vector('no account').trusted };
  const verdict = verifyProof(text, known);
  if (!verdict.valid) throw new Error(verdict.message);
  expect(verdict.proven).toMatchObject({ exists: false, balance: '0', nonce: 0 });
  expect(verdict.proves[0]).toMatch(/^easy1\w+ has nothing and has sent nothing as of block 13 /);
  expect(verdict.doesNotProve).toEqual([
    'that the blocks are valid: only a node with all of them can tell',
    'that there is no other chain with more work',
    'what the account holds after later blocks',
  ]);
  const sender = verifyProof(vector('a sender').text);
  if (!sender.valid) throw new Error(sender.message);
  expect(sender.proves[0]).toMatch(/ coins and nonce 4 after block 7 /);
  expect(sender.proves[2]).toBe('its header and 2 above took 6 expected hashes');
});

test('an account of genesis, behind which there is no work', () => {
  const verdict = verifyProof(vector('an account of genesis').text);
  if (!verdict.valid) throw new Error(verdict.message);
  expect(verdict.proven).toMatchObject({ headers: 0, work: '0', block: { height: 0 } });
  expect(verdict.proves).toHaveLength(2);
});

test('growth, between two named blocks', () => {
  const verdict = verifyProof(vector('growth from an odd size').text);
  if (!verdict.valid) throw new Error(verdict.message);
  expect(verdict.proven).toMatchObject({ kind: 'history', from: { height: 7 }, fromWork: '16' });
  expect(verdict.proves[0]).toMatch(
    /^the ledger of block 13 .* from that of block 7 .* unchanged$/,
  );
});

test('what is refused says why, in a sentence of its own for each code', () => {
  const refused = (readVectors('invalid.json') as readonly InvalidCase[]).flatMap((row) =>
    row.stage === 'proof' ? [row] : [],
  );
  const sentences = new Map<string, string>();
  for (const { code, input } of refused) {
    const { text, size = 0, network, trusted: header } = input;
    const genesis = network === undefined ? undefined : genesisOf(network);
    const verdict = verifyProof(text.padEnd(size), { genesis, header });
    if (verdict.valid) throw new Error('it passes');
    expect(verdict.code).toBe(code);
    expect(verdict.message).not.toMatch(/[{}?]/);
    sentences.set(code, verdict.message);
  }
  const codes = Object.keys(REJECT_KINDS).filter((code) => code.startsWith('proof-'));
  expect([...sentences.keys()].sort()).toEqual(codes.sort());
  expect(new Set(sentences.values()).size).toBe(codes.length);
});

test('knowledge that cannot be read is an error, no verdict', () => {
  const [{ text }] = vectors as [ProofVector];
  expect(() => verifyProof(text, { genesis: '{}' })).toThrow(/genesis-key-missing/);
  expect(() => verifyProof(text, { header: 'tip' })).toThrow(/no id of a header/);
});

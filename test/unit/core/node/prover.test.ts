/**
 * The prover speaks for the told tip alone: after a reorg for the new chain, inside one for nobody,
 * and for no block or transaction beside it.
 */
import { expect, test } from 'vitest';
import { CHAIN_LIMITS } from '../../../../src/core/chain/chain-limits.ts';
import { toHeight } from '../../../../src/core/base/types.ts';
import type { ProofRequest } from '../../../../src/core/node/prover.ts';
import { prove } from '../../../../src/core/node/prover.ts';
import { encodeProof } from '../../../../src/core/rules/proof-file.ts';
import { parseProof } from '../../../../src/core/rules/proof-reading.ts';
import type { Proven } from '../../../../src/core/rules/proof.ts';
import { checkProof } from '../../../../src/core/rules/proof.ts';
import { ChainScript, addressOf, scriptNetwork, signPayment } from '../../../kit/chain-script.ts';

const network = scriptNetwork();
const toBob = signPayment(network, 'alice', { nonce: 0, to: [['bob', 7n]] });
const toCarol = signPayment(network, 'alice', { nonce: 0, to: [['carol', 9n]] });
const headers = 10;

/** Branch a of two blocks is the tip; branch b of three comes with its last block. */
function twoBranches(): ChainScript {
  const script = new ChainScript(network, { ...CHAIN_LIMITS, reorgBatchBytesMax: 1 });
  script.block({ name: 'a1', on: 'genesis', transactions: [toBob], expect: 'tip' });
  script.block({ name: 'a2', on: 'a1', expect: 'tip' });
  script.block({ name: 'b1', on: 'genesis', transactions: [toCarol], expect: 'side' });
  script.block({ name: 'b2', on: 'b1', expect: 'side' });
  script.build({ name: 'b3', on: 'b2' });
  return script;
}

function proven(script: ChainScript, request: ProofRequest): Proven {
  const made = prove(script.core.chain, request);
  if (!('network' in made)) throw new Error(made.kind);
  const read = parseProof(encodeProof(made));
  if (!read.ok) throw new Error(read.code);
  const verdict = checkProof(read.value, { trusted: script.core.chain.tip.id });
  if (!verdict.ok) throw new Error(verdict.code);
  return verdict.value;
}

const answer = (script: ChainScript, request: ProofRequest): string =>
  prove(script.core.chain, request).kind;

test('a reorg changes what is proved', () => {
  const script = twoBranches();
  const carol: ProofRequest = { kind: 'account', address: addressOf('carol') };
  const bobs: ProofRequest = { kind: 'transaction', id: toBob.id, headers };
  const carols: ProofRequest = { kind: 'transaction', id: toCarol.id, headers };
  expect(proven(script, bobs)).toMatchObject({ block: { id: script.idOf('a1'), height: 1 } });
  expect(proven(script, carol)).toMatchObject({ account: undefined });
  expect(answer(script, carols)).toBe('transaction-unconfirmed');
  script.send('b3', 'tip');
  expect(proven(script, carols)).toMatchObject({ block: { id: script.idOf('b1') } });
  expect(proven(script, carol)).toMatchObject({ account: { balance: 9n, nonce: 0 } });
  expect(answer(script, bobs)).toBe('transaction-unconfirmed');
  expect(
    proven(script, { kind: 'history', from: script.idOf('b1'), to: undefined, headers }),
  ).toMatchObject({ from: { height: 1 }, block: { id: script.idOf('b3'), height: 3 } });
});

test('blocks beside the chain, above it or in another order are not proved', () => {
  const script = twoBranches();
  const history = (from: ProofRequest & { kind: 'history' }): string => answer(script, from);
  const kind = 'history';
  const [zero, one, nine] = [0, 1, 9].map(toHeight) as [never, never, never];
  const beside = script.idOf('b1');
  expect(history({ kind, from: beside, to: undefined, headers })).toBe('block-unconnected');
  expect(history({ kind, from: zero, to: beside, headers })).toBe('block-unconnected');
  expect(history({ kind, from: zero, to: nine, headers })).toBe('block-unconnected');
  expect(history({ kind, from: one, to: one, headers })).toBe('order-wrong');
  expect(history({ kind, from: one, to: zero, headers })).toBe('order-wrong');
});

test('nothing is proved while the accounts are between two tips', () => {
  const script = twoBranches();
  expect(script.core.accept(script.bytesOf('b3'))).toBeUndefined();
  const seen = new Set<string>();
  while (script.core.work(1)) {
    if (!script.core.chain.reorganising) continue;
    seen.add(answer(script, { kind: 'account', address: addressOf('bob') }));
  }
  expect([...seen]).toEqual(['reorganising']);
  expect(script.core.chain.tip.id).toBe(script.idOf('b3'));
});

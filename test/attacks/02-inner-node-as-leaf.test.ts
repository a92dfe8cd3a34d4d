/**
 * Row 2, CVE-2017-12842. Bound: no inner node passes for a transaction, in a block or in a proof
 * over a root that the node states, and roots made without tags are refused.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { cat, unhex } from '../vectors/reference/bytes.mjs';
import { leafIds } from '../vectors/reference/block.mjs';
import { inclusionProof, merkleRoot } from '../vectors/reference/trees.mjs';
import { Arena } from './kit/arena.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha256')
    .update(cat(...parts))
    .digest();
const leaf = (datum: Uint8Array): Buffer => sha256(Buffer.of(0), datum);
const node = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right);

/** Folds a proof in a tree of four upwards, as a reader does. */
function foldOfFour(hash: Buffer, index: number, proof: readonly Buffer[]): Buffer {
  return proof.reduce((below, sibling, level) => {
    return (index >> level) & 1 ? node(sibling, below) : node(below, sibling);
  }, hash);
}

test('an inner node is no leaf', async () => {
  const arena = await Arena.open();
  const transactions = [0, 1, 2].map((nonce) =>
    pay(arena.network, alice, { nonce, to: [[bob, COIN]] }),
  );
  const block = await arena.mine(transactions);
  await arena.settle();
  const { roots } = await arena.victim.call<{ roots: { transactions: string } }>('block.get', {
    block: block.height,
  });
  const ids = leafIds(block);
  const stated = unhex(roots.transactions);
  expect(foldOfFour(leaf(ids[1]!), 1, inclusionProof(ids, 1))).toEqual(stated);
  const inner = cat(leaf(ids[0]!), leaf(ids[1]!));
  expect(inner.length).toBe(64);
  const right = node(leaf(ids[2]!), leaf(ids[3]!));
  expect(node(leaf(inner), right)).not.toEqual(stated);
  expect(await arena.victim.submitRefusal(inner)).toMatch(/^tx-(malformed|version-unknown)$/);

  const untagged = sha256(sha256(ids[0]!, ids[1]!), sha256(ids[2]!, ids[3]!));
  const forged = arena.chain.build({ transactions: [], wrong: { transactionsRoot: untagged } });
  const refused = await arena.victim.submitBlockRefusal(forged.bytes);
  expect(refused?.code).toBe('block-transactions-root-mismatch');
  expect(merkleRoot(ids)).toEqual(stated);
  await arena.expectUnharmed();
});

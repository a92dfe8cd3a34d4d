/**
 * The attackers' own tools are right: what they call valid is valid by the second implementation.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkBody, checkConnect, checkHeader } from '../vectors/reference/check.mjs';
import { checkTransaction } from '../vectors/reference/transaction.mjs';
import type { Content } from './kit/chain-builder.ts';
import { ChainBuilder } from './kit/chain-builder.ts';
import { breakEnd, repeatTail } from './kit/forgery.ts';
import { pay } from './kit/wallet.ts';
import { COIN } from './kit/wallet.ts';
import { alice, bob, coins, createWorld, nowSeconds } from './kit/world.ts';

const { network } = createWorld();

/** The first code by which the second implementation refuses a child of the chain's tip. */
function verdictOn(chain: ChainBuilder, bytes: Buffer): string | undefined {
  const { blocks } = chain;
  const known = { blocks, marked: [], now: nowSeconds() };
  const refused =
    checkHeader(network, known, bytes.subarray(0, 80)) ??
    checkBody(network, blocks, bytes) ??
    checkConnect(blocks, bytes);
  return refused?.code;
}

test('blocks that the builder calls valid are valid, on forks too', () => {
  const chain = new ChainBuilder(network);
  for (let nonce = 0; nonce < 5; nonce++) {
    const transactions = [pay(network, alice, { nonce, to: [[bob, COIN]] })];
    const outputs = [{ address: bob.address, amount: chain.reward() }];
    const block = chain.build({ transactions, outputs });
    expect(verdictOn(chain, block.bytes)).toBeUndefined();
    chain.extend({ transactions, outputs });
  }
  const fork = chain.fork(2);
  expect(verdictOn(fork, fork.build().bytes)).toBeUndefined();
  expect(chain.nonceOf(alice)).toBe(5);
  expect(fork.nonceOf(alice)).toBe(2);
});

test('blocks that are meant to be broken are refused for their fault', () => {
  const chain = new ChainBuilder(network).extendBy(2);
  const payment = pay(network, alice, { nonce: 0, to: [[bob, COIN]] });
  const codeOf = (content: Content): string | undefined =>
    verdictOn(chain, chain.buildBroken(content).bytes);
  expect(codeOf({})).toBe('block-accounts-root-wrong');
  expect(codeOf({ transactions: [breakEnd(payment)] })).toBe('block-transaction-invalid');
  expect(codeOf({ wrong: { historyRoot: Buffer.alloc(32) } })).toBe('block-history-root-wrong');
  expect(codeOf({ wrongHeader: { time: network.parameters.time } })).toBe('header-time-too-old');
  const block = chain.build({ transactions: [payment] });
  expect(verdictOn(chain, repeatTail(block))).toBe('block-commitment-mismatch');
});

test('payments are valid, and amounts read as nodes write them', () => {
  const payment = pay(network, alice, { nonce: 0, to: [[bob, COIN]] });
  expect(checkTransaction(network, payment)).toBeUndefined();
  expect([5n * COIN, 3n * (COIN / 2n), 1n, 0n].map(coins)).toEqual(['5', '1.5', '0.00000001', '0']);
});

test('attackers import nothing of the program that they attack', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((name) => name.endsWith('.ts'));
  const imports = sources.flatMap((name) => {
    const text = readFileSync(new URL(name, import.meta.url), 'utf8');
    return [...text.matchAll(/(?:from|import|import\()\s*'([^']+)'/g)].map(([, path]) => path!);
  });
  const allowed =
    /^(\.\/|\.\.\/(kit|\.\.\/vectors|vectors)\/|node:|ws$|vitest$|@noble\/secp256k1$)/;
  expect(imports.length).toBeGreaterThan(20);
  expect(imports.filter((path) => !allowed.test(path))).toEqual([]);
});

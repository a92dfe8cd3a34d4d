/**
 * Row 2 for proof files. Bound: what a node proves is checked by another process with no node,
 * files of the second implementation too; no inner node, forged root, other chain or changed file
 * passes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cat, hex, u32 } from '../vectors/reference/bytes.mjs';
import { leafIds } from '../vectors/reference/block.mjs';
import * as reference from '../vectors/reference/proof-file.mjs';
import { transactionId } from '../vectors/reference/transaction.mjs';
import { Arena } from './kit/arena.ts';
import { idOfBlock } from './kit/chain-builder.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob, carol, createWorld } from './kit/world.ts';

const MUTATIONS = 1_000;
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const library = new URL('../../dist/src/index.js', import.meta.url).href;
const stranger = Buffer.alloc(20, 0xfe);

/** Another machine: an empty home, nothing running. */
const home = mkdtempSync(join(tmpdir(), 'cairn-verifier-'));
afterAll(() => rmSync(home, { recursive: true }));

interface Verified {
  readonly exit: number | null;
  readonly code: string | undefined;
  readonly answer: Readonly<Record<string, unknown>> | undefined;
}

/** `cairn verify -` there. */
function verify(file: unknown, ...options: readonly string[]): Verified {
  const input = typeof file === 'string' ? file : JSON.stringify(file);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, 'verify', '-', '--json', ...options],
    { input, encoding: 'utf8', env: { ...process.env, CAIRN_HOME: home } },
  );
  if (status === 0) {
    return { exit: 0, code: undefined, answer: JSON.parse(stdout) as Record<string, unknown> };
  }
  const { error } = JSON.parse(stderr) as { readonly error: { readonly code: string } };
  return { exit: status, code: error.code, answer: undefined };
}

let arena: Arena;
/** The block with four leaves, whose payments are proved. */
let block: Reference.Block;
/** Files that the node makes, by kind. */
let files: readonly object[];
beforeAll(async () => {
  arena = await Arena.open({ height: 2 });
  const payments = [0, 1, 2].map((nonce) =>
    pay(arena.network, alice, { nonce, to: [[bob, COIN]] }),
  );
  block = await arena.mine(payments);
  await arena.mine();
  await arena.mine();
  await arena.settle();
  const id = hex(transactionId(payments[1]!));
  files = await Promise.all([
    arena.victim.call<object>('proof.transaction', { id }),
    arena.victim.call<object>('proof.account', { address: bob.text }),
    arena.victim.call<object>('proof.account', { address: createWorldAddress() }),
    arena.victim.call<object>('proof.history', { from: 2, to: 4 }),
  ]);
});

/** An address of the network that nobody has paid. */
function createWorldAddress(): string {
  const file = reference.proveAccount(arena.network, arena.chain.blocks, {
    height: 0,
    address: stranger,
  });
  return (file.statement as { readonly address: string }).address;
}

test('what a node proves is what the second implementation proves, and verifies elsewhere', () => {
  const { network, chain } = arena;
  const { blocks } = chain;
  const { height } = block;
  expect(files).toEqual([
    reference.proveTransaction(network, blocks, { height, index: 2, headers: 100 }),
    reference.proveAccount(network, blocks, { height: chain.height, address: bob.address }),
    reference.proveAccount(network, blocks, { height: chain.height, address: stranger }),
    reference.proveHistory(network, blocks, { from: 2, height: 4, headers: 100 }),
  ]);
  const genesis = ['--genesis', arena.world.genesisPath];
  const known = ['--header', idOfBlock(chain.tip), ...genesis];
  const [payment, balance, absence, growth] = files.map((file) => verify(file, ...known));
  expect(payment).toMatchObject({ exit: 0, answer: { kind: 'transaction', trusted: true } });
  expect(balance).toMatchObject({ exit: 0, answer: { exists: true, balance: '1003' } });
  expect(absence).toMatchObject({ exit: 0, answer: { exists: false, balance: '0' } });
  expect(growth).toMatchObject({ exit: 0, answer: { from: { height: 2 }, block: { height: 4 } } });
  const span = chain.height - height + 1;
  expect(payment!.answer).toMatchObject({ headers: span, work: `${2 * span}` });
});

test('without any knowledge the file says what it leaves open', () => {
  const { answer } = verify(files[0]);
  expect(answer).toMatchObject({ valid: true, trusted: false });
  expect((answer!['doesNotProve'] as readonly string[]).join()).toMatch(/valid.*more work/);
});

test('another header or network than the reader knows is refused', () => {
  const other = idOfBlock(arena.chain.blocks[1]!);
  expect(verify(files[0], '--header', other)).toMatchObject({
    exit: 5,
    code: 'proof-header-untrusted',
  });
  const elsewhere = createWorld().genesisPath;
  expect(verify(files[0], '--genesis', elsewhere)).toMatchObject({
    exit: 7,
    code: 'proof-network-differs',
  });
});

test('an inner node passes for no transaction, whatever block the forger mines', () => {
  const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
    createHash('sha256')
      .update(cat(...parts))
      .digest();
  const leaf = (datum: Uint8Array): Buffer => sha256(Buffer.of(0), datum);
  const ids = leafIds(block);
  const inner = cat(leaf(ids[0]!), leaf(ids[1]!));
  const [file] = files as [
    { readonly statement: object; readonly evidence: { readonly path: readonly string[] } },
  ];
  const { statement, evidence } = file;
  const asLeaf = { transaction: hex(inner), index: 1, path: [evidence.path.at(-1)] };
  const forged = { ...file, evidence: { ...evidence, ...asLeaf } };
  expect(verify(forged)).toMatchObject({ exit: 5, code: 'proof-transaction-invalid' });

  // A mined block whose tree has no tags: its root is that of payments and of nodes alike.
  const { network, chain } = arena;
  const payment = pay(network, carol, { nonce: 0, to: [[bob, COIN]] });
  const id = transactionId(payment);
  const root = sha256(ids[0]!, id);
  const untagged = chain
    .fork(1)
    .build({ transactions: [payment], wrong: { transactionsRoot: root } });
  const blocks = [...chain.blocks.slice(0, 2), untagged];
  const made = reference.proveTransaction(network, blocks, { height: 2, index: 1 });
  const claim = { ...made, evidence: { ...made.evidence, path: [hex(ids[0]!)] } };
  expect(verify(claim)).toMatchObject({ exit: 5, code: 'proof-inclusion-invalid' });
  expect(statement).not.toEqual(claim.statement);
});

test("a forger's own chain is shown by the header that the reader knows", () => {
  const { network, chain } = arena;
  const forged = chain.fork(2).extendBy(1, {
    transactions: [pay(network, carol, { nonce: 0, to: [[bob, 500n * COIN]] })],
  });
  const height = forged.height;
  const file = reference.proveTransaction(network, forged.blocks, { height, index: 1 });
  expect(verify(file)).toMatchObject({ exit: 0, answer: { trusted: false } });
  expect(verify(file, '--header', idOfBlock(chain.tip))).toMatchObject({
    exit: 5,
    code: 'proof-header-untrusted',
  });
  const growth = reference.proveHistory(network, forged.blocks, { from: 2, height });
  const theirs = { ...growth.evidence, committed: committedOf(chain.blocks[height]!) };
  expect(verify({ ...growth, evidence: theirs })).toMatchObject({
    exit: 5,
    code: 'proof-commitment-mismatch',
  });
});

function committedOf(of: Reference.Block): string {
  const { height, count, transactionsRoot, accountsRoot, historyRoot } = of;
  return hex(cat(u32(height), u32(count), transactionsRoot, accountsRoot, historyRoot));
}

/** Changes one byte of each of many copies, and counts the verdicts: a process with no node. */
const MUTATOR = `
  import { readFileSync } from 'node:fs';
  const { verifyProof } = await import(process.argv[1]);
  const [count, ...texts] = JSON.parse(readFileSync(0, 'utf8'));
  let seed = 1;
  const below = (n) => (seed = (seed * 48271) % 0x7fffffff) % n;
  const digits = '0123456789abcdef';
  const result = texts.map((text) => {
    const accepted = [];
    for (let i = 0; i < count; i++) {
      const at = below(text.length);
      const kind = below(4);
      const by = kind === 0 ? String.fromCharCode(below(256)) : digits[below(16)];
      const tail = text.slice(kind === 1 ? at : at + 1);
      const mutated = kind === 2 ? text.slice(0, at) + tail : text.slice(0, at) + by + tail;
      if (mutated !== text && verifyProof(mutated).valid) accepted.push(mutated);
    }
    return { valid: verifyProof(text).valid, accepted };
  });
  process.stdout.write(JSON.stringify(result));
`;

test(`${MUTATIONS} random mutations of every file are refused`, () => {
  const input = JSON.stringify([MUTATIONS, ...files.map((file) => JSON.stringify(file))]);
  const output = execFileSync(
    process.execPath,
    ['--input-type=module', '--eval', MUTATOR, library],
    { input, encoding: 'utf8', env: { PATH: process.env['PATH'], CAIRN_HOME: home } },
  );
  expect(JSON.parse(output)).toEqual(files.map(() => ({ valid: true, accepted: [] })));
});

test('the honest go on', () => arena.expectUnharmed());

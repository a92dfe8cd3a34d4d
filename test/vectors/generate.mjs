/**
 * Writes the project's genesis.json and the vectors beside this file; with `--check` writes none
 * and exits 1 when a committed file differs. Imports nothing from src: reference/ is a second
 * implementation of docs/protocol.md, and every case is run through it before it is written.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unhex } from './reference/bytes.mjs';
import { addressFromText } from './reference/keys.mjs';
import { checkGenesis } from './reference/genesis.mjs';
import { checkBody, checkConnect, checkHeader } from './reference/check.mjs';
import { checkInContext, checkTransaction, decodeTransaction } from './reference/transaction.mjs';
import { checkMessage } from './reference/messages.mjs';
import * as plain from './cases/plain.mjs';
import { bodyEdges, bodyFaults } from './cases/body-faults.mjs';
import { connectEdges, connectFaults } from './cases/connect-faults.mjs';
import { difficulty } from './cases/difficulty.mjs';
import { headerEdges, headerFaults } from './cases/header-faults.mjs';
import { messages } from './cases/messages.mjs';
import * as otherFaults from './cases/other-faults.mjs';
import { transactionEdges, transactionFaults } from './cases/transaction-faults.mjs';
import { claimFaults } from './cases/proof-claims.mjs';
import * as proofFaults from './cases/proof-faults.mjs';
import { proofFiles } from './cases/proofs.mjs';
import { trees } from './cases/trees.mjs';
import { networks } from './cases/networks.mjs';
import { assertAgreesWithPublic } from './reference/public.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const top = dirname(dirname(here));

const readAccounts = (list) =>
  new Map(
    list.map(({ address, balance, nonce }) => [address, { balance: BigInt(balance), nonce }]),
  );

/** What the second implementation says to a case: `{code, facts}` or undefined. */
function verdict({ stage, name, input }) {
  const network = networks[input.network];
  const bytes = unhex(input.bytes ?? '');
  const blocks = network?.chain.slice(0, input.known + 1);
  switch (stage) {
    case 'transaction':
      return checkTransaction(network, bytes);
    case 'transaction-context':
      assertPassed(name, checkTransaction(network, bytes));
      return checkInContext(readAccounts(input.accounts), decodeTransaction(bytes));
    case 'header':
      return checkHeader(network, { blocks, ...input }, bytes);
    case 'body':
      assertPassed(name, checkHeaderOf(network, blocks, bytes));
      return checkBody(network, blocks, bytes);
    case 'connect':
      assertPassed(name, checkHeaderOf(network, blocks, bytes));
      assertPassed(name, checkBody(network, blocks, bytes));
      return checkConnect(blocks, bytes);
    case 'genesis':
      return checkGenesis(input.text);
    case 'address':
      return addressFromText(input.prefix, input.text) ? undefined : { code: 'address-malformed' };
    case 'message':
      return checkMessage(input.bytes === undefined ? padded(input) : bytes);
    case 'proof':
      return proofFaults.checkProofCase(input);
    default:
      throw new Error(`no stage ${stage}`);
  }
}

/** Earlier stages must pass, or a case shows less than it says. */
function assertPassed(name, found) {
  if (found) throw new Error(`${name}: ${JSON.stringify(found)}`);
}

const checkHeaderOf = (network, blocks, bytes) =>
  checkHeader(network, { blocks, marked: [], now: 0xffffffff }, bytes.subarray(0, 80));

function padded({ prefix, size }) {
  const bytes = Buffer.alloc(size);
  unhex(prefix).copy(bytes);
  return bytes;
}

/** Codes that each stage must show at least once, so that no check is left without a case. */
const STAGE_CODES = {
  transaction: /^tx-(malformed|version|no-out|key|output|nonce-ex|signature)/,
  'transaction-context': /^tx-(nonce-used|nonce-gap|insufficient)/,
  header: /^header-/,
  body: /^(block|coinbase)-/,
  connect: /^block-(history|transaction-invalid|accounts)/,
  genesis: /^genesis-/,
  address: /^address-/,
  message: /^message-(malformed|too)/,
  proof: /^proof-/,
};

function refused() {
  const cases = [
    ...transactionFaults(),
    ...headerFaults(),
    ...bodyFaults(),
    ...connectFaults(),
    ...otherFaults.genesisFaults(),
    ...otherFaults.addressFaults(),
    ...otherFaults.messageFaults(),
    ...proofFaults.formFaults(),
    ...proofFaults.headerFaults(),
    ...claimFaults(),
  ];
  return cases.map((one) => {
    const found = verdict(one);
    if (!found) throw new Error(`${one.name} passes`);
    if (!STAGE_CODES[one.stage].test(found.code)) throw new Error(`${one.name}: ${found.code}`);
    return { ...one, ...found };
  });
}

function accepted() {
  const cases = [
    ...transactionEdges(),
    ...headerEdges(),
    ...bodyEdges(),
    ...connectEdges(),
    ...otherFaults.genesisEdges(),
    ...otherFaults.messageEdges(),
    ...proofFaults.proofEdges(),
  ];
  for (const one of cases) assertPassed(one.name, verdict(one));
  return cases;
}

function assertDistinct(cases) {
  const names = cases.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new Error(`two cases are named ${twice}`);
}

/** JSON with every value on one line that fits in 100 columns. */
function layout(value, indent = '') {
  const flat = JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return flat;
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const parts = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => ({ key: isList ? '' : `${JSON.stringify(key)}: `, item }));
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  if (indent && indent.length + flat.length + 2 * parts.length < 100) {
    const items = parts.map(({ key, item }) => key + layout(item, inner)).join(', ');
    if (!items.includes('\n')) return isList ? `[${items}]` : `{ ${items} }`;
  }
  const items = parts.map(({ key, item }) => inner + key + layout(item, inner));
  return `${open}\n${items.join(',\n')}\n${indent}${close}`;
}

function files() {
  const [invalid, valid] = [refused(), accepted()];
  assertDistinct([...invalid, ...valid]);
  const vectors = {
    keys: plain.keys(),
    addresses: plain.addresses(),
    genesis: plain.genesis(),
    transactions: plain.transactions(),
    headers: plain.headers(),
    blocks: plain.blocks(),
    trees: trees(),
    difficulty: difficulty(),
    messages: messages(),
    proofs: proofFiles(),
    invalid,
    valid,
  };
  return [
    [join(top, 'genesis.json'), networks.dev.json],
    ...Object.entries(vectors).map(([name, value]) => [join(here, `${name}.json`), value]),
  ];
}

assertAgreesWithPublic(join(here, 'public'));
const check = process.argv.includes('--check');
for (const [path, value] of files()) {
  const text = `${layout(value)}\n`;
  const same = existsSync(path) && readFileSync(path, 'utf8') === text;
  if (same) continue;
  if (!check) writeFileSync(path, text);
  console.log(`${check ? 'differs' : 'written'}: ${relative(top, path)}`);
  if (check) process.exitCode = 1;
}

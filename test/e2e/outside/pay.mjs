/**
 * A payment by a program that knows Cairn from docs/openrpc.json and docs/protocol.md alone: it reads
 * the node's own description, builds and signs the transaction itself, and follows it by events to
 * two confirmations, through a reorganisation.
 *
 * node pay.mjs URL SECRET-HEX TO AMOUNT: a JSON line for each thing that it learns.
 */
import { createHash, createHmac } from 'node:crypto';
import * as secp from '@noble/secp256k1';
import { bech32m } from '@scure/base';
import WebSocket from 'ws';

const CONFIRMATIONS = 2;
const UNITS_PER_COIN = 100_000_000n;
const [url, secretHex, to, amount] = process.argv.slice(2);

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
secp.hashes.sha256 = (bytes) => new Uint8Array(sha256(bytes));
secp.hashes.hmacSha256 = (key, bytes) =>
  new Uint8Array(createHmac('sha256', key).update(bytes).digest());

/** Section 2 of the protocol: tagged hashes. */
function tagged(tag, ...parts) {
  const prefix = sha256(Buffer.from(tag, 'latin1'));
  return sha256(Buffer.concat([prefix, prefix, ...parts]));
}

/** Section 5: integers are little-endian. */
function integer(value, width) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes.subarray(0, width);
}

function readCoins(text) {
  const [whole, decimals = ''] = text.split('.');
  return BigInt(whole) * UNITS_PER_COIN + BigInt(decimals.padEnd(8, '0'));
}

async function ask(method, params) {
  const response = await fetch(`${url}/rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = await response.json();
  if (error !== undefined) throw new Error(`${error.data.code}: ${error.data.message}`);
  return result;
}

function sign({ networkId, nonce, fee, receiver }) {
  const secret = Buffer.from(secretHex, 'hex');
  const unsigned = Buffer.concat([
    integer(1, 1),
    secp.getPublicKey(secret, true),
    integer(nonce, 4),
    integer(fee, 8),
    integer(1, 1),
    receiver,
    integer(readCoins(amount), 8),
    integer(0, 1),
  ]);
  const network = Buffer.from(networkId, 'hex').reverse();
  const digest = tagged('cairn/transaction', network, unsigned);
  const signature = secp.sign(digest, secret, { prehash: false, lowS: true });
  return Buffer.concat([unsigned, signature]);
}

const { methods } = await ask('rpc.discover', {});
const isDescribed = (name) => methods.some((method) => method.name === name);
const needed = ['tx.submit', 'tx.get', 'tx.minimumFee', 'account.get', 'events.subscribe'];
if (!needed.every(isDescribed)) throw new Error('the node lacks a method');

const { networkId, prefix } = await ask('node.status', {});
const key = secp.getPublicKey(Buffer.from(secretHex, 'hex'), true);
const account = tagged('cairn/address', key).subarray(0, 20);
const address = bech32m.encode(prefix, [0, ...bech32m.toWords(account)]);
const { pending } = await ask('account.get', { address });
const { fee } = await ask('tx.minimumFee', { outputs: 1, memoBytes: 0 });
const [, ...words] = bech32m.decode(to).words;
const receiver = Buffer.from(bech32m.fromWords(words));
const raw = sign({ networkId, nonce: pending.nonce, fee: readCoins(fee), receiver });
const { id, status } = await ask('tx.submit', { raw: raw.toString('hex') });
if (id !== tagged('cairn/txid', raw).toString('hex')) throw new Error('the node names another id');
tell({ told: 'submitted', id, status });

let block = null;
let asking = Promise.resolve();
const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);

/** What became of it, after each change of tip. */
async function look() {
  const found = await ask('tx.get', { id });
  if (block !== null && found.block?.id !== block) tell({ told: 'reorganised out', from: block });
  if (found.block !== null && found.block.id !== block)
    tell({ told: 'confirmed', in: found.block.id });
  block = found.block?.id ?? null;
  if (found.confirmations >= CONFIRMATIONS) {
    tell({ told: 'done', confirmations: found.confirmations });
    socket.close();
  }
}

socket.on('open', () => {
  const params = { topics: ['tip', 'reorg'] };
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'events.subscribe', params }));
});
socket.on('message', (data) => {
  const { id: answerTo, method, params } = JSON.parse(data.toString());
  if (answerTo === 2) tell({ told: 'watching' });
  if (method === 'event' && params.event.topic === 'tip') asking = asking.then(look);
});

/** Owns: what stands in keys, addresses, genesis, transactions, headers and blocks.json. */
import { bech32, bech32m } from '@scure/base';
import { bitsText, cat, hex, number, shown, unhex } from '../reference/bytes.mjs';
import * as work from '../reference/difficulty.mjs';
import * as block from '../reference/block.mjs';
import * as tx from '../reference/transaction.mjs';
import { accountList } from '../reference/trees.mjs';
import {
  MNEMONIC,
  addressOf,
  addressToText,
  byName,
  devKeys,
  publicKeyOf,
} from '../reference/keys.mjs';
import { coin, networks, outputsTo, pay } from './networks.mjs';

const { dev, easy, asert } = networks;
const hexOutputs = (outputs) =>
  outputs.map(({ address, amount }) => ({ address: hex(address), amount: `${amount}` }));

export const hexAccounts = (accounts) =>
  accountList(accounts).map(({ address, balance, nonce }) => ({
    address: hex(address),
    balance: `${balance}`,
    nonce,
  }));

export const keys = () => ({
  mnemonic: MNEMONIC,
  keys: devKeys.map(({ name, path, secret, publicKey, address }) => ({
    name,
    path,
    secret: hex(secret),
    publicKey: hex(publicKey),
    address: hex(address),
    text: addressToText('crn', address),
  })),
});

/** Texts that are no address on `crn`, with the reason. */
export function refusedAddresses() {
  const { address } = byName.alice;
  const text = addressToText('crn', address);
  const words = bech32m.toWords(address);
  const swapped = text.slice(0, -1) + (text.at(-1) === 'q' ? 'p' : 'q');
  const refused = {
    'wrong checksum': swapped,
    'one symbol changed': text.replace(/^crn1q./, (s) => `crn1q${s.at(-1) === 'z' ? 'r' : 'z'}`),
    'bech32 checksum': bech32.encode('crn', [0, ...words]),
    'mixed case': text.slice(0, 10) + text.slice(10).toUpperCase(),
    'upper-case prefix only': `CRN${text.slice(3)}`,
    'another prefix': addressToText('easy', address),
    'a longer prefix': addressToText('crnx', address),
    'version symbol 1': addressToText('crn', address, 1),
    'version symbol 31': addressToText('crn', address, 31),
    'no version symbol': bech32m.encode('crn', words),
    '19 bytes': bech32m.encode('crn', [0, ...bech32m.toWords(address.subarray(1))]),
    '21 bytes': bech32m.encode('crn', [0, ...bech32m.toWords(cat(address, Buffer.alloc(1)))]),
    '32 bytes': bech32m.encode('crn', [0, ...bech32m.toWords(Buffer.alloc(32, 1))]),
    '31 symbols after the version': bech32m.encode('crn', [0, ...words.slice(1)]),
    'nothing after the version': bech32m.encode('crn', [0]),
    'no data': bech32m.encode('crn', []),
    'empty prefix': text.slice(3),
    'no separator': text.replace('1', ''),
    'a symbol outside the set': text.replace(/.{8}$/, (s) => `b${s.slice(1)}`),
    'a letter outside ASCII': text.replace(/.$/, 'é'),
    'space before': ` ${text}`,
    'space after': `${text} `,
    'one symbol short': text.slice(0, -1),
    'hex instead of text': hex(address),
    empty: '',
  };
  return Object.entries(refused).map(([why, bad]) => ({ prefix: 'crn', text: bad, why }));
}

export function addresses() {
  const valid = (prefix, address) => ({
    prefix,
    address: hex(address),
    text: addressToText(prefix, address),
  });
  return {
    valid: [
      ...devKeys.map(({ address }) => valid('crn', address)),
      valid('crn', Buffer.alloc(20)),
      valid('crn', Buffer.alloc(20, 255)),
      valid('x', byName.alice.address),
      valid('abcdefghijklmnop', byName.alice.address),
      {
        ...valid('crn', byName.bob.address),
        text: addressToText('crn', byName.bob.address).toUpperCase(),
      },
    ],
    invalid: refusedAddresses(),
  };
}

export const genesis = () => ({
  networks: Object.values(networks).map((network) => ({
    ...network.describe(),
    name: network.name,
  })),
});

function describeTransaction(name, network, key, bytes) {
  const decoded = tx.decodeTransaction(bytes);
  return {
    name,
    network: network.name,
    secret: hex(key.secret),
    publicKey: hex(decoded.publicKey),
    sender: hex(addressOf(decoded.publicKey)),
    nonce: decoded.nonce,
    fee: `${decoded.fee}`,
    outputs: hexOutputs(decoded.outputs),
    memo: hex(decoded.memo),
    cost: `${tx.costOf(decoded)}`,
    digest: hex(tx.digestOf(network.id, bytes)),
    signature: hex(decoded.signature),
    id: hex(tx.transactionId(bytes)),
    size: bytes.length,
    bytes: hex(bytes),
  };
}

const numberedOutputs = (count) =>
  Array.from({ length: count }, (_, i) => ({
    address: Buffer.alloc(20, i),
    amount: 10_000n + BigInt(i),
  }));

/** The one who signs with the secret 1: its key is the generator of the curve. */
export const one = { secret: cat(Buffer.alloc(31), Buffer.from([1])) };
one.publicKey = publicKeyOf(one.secret);

export function transactions() {
  const to = [['bob', coin(5)]];
  const u64Max = 2n ** 64n - 1n;
  const cases = [
    ['simple transfer', dev, 'alice', { to, fee: 20_000n }],
    ['the same on another network', easy, 'alice', { to, fee: 20_000n }],
    ['zero fee', dev, 'bob', { to: [['carol', 10_000n]], nonce: 7 }],
    ['to oneself', dev, 'carol', { to: [['carol', coin(1)]], fee: 1n }],
    ['one address twice', dev, 'dave', { to: [...to, ...to], fee: 40_000n }],
    ['memo of 5 bytes', dev, 'erin', { to, fee: 25_000n, memo: Buffer.from('hello') }],
    ['memo of 255 bytes', dev, 'erin', { to, fee: 50_000n, memo: Buffer.alloc(255, 0xa5) }],
    [
      'largest size',
      dev,
      'faucet',
      {
        outputs: numberedOutputs(255),
        fee: 3_000_000n,
        memo: Buffer.alloc(255, 1),
      },
    ],
    ['highest nonce', dev, 'alice', { to, nonce: 0xfffffffe }],
    [
      'highest amounts: the cost exceeds u64',
      dev,
      'alice',
      {
        to: [
          ['bob', u64Max],
          ['carol', u64Max],
        ],
        fee: u64Max,
      },
    ],
  ];
  return [
    ...cases.map(([name, network, from, fields]) =>
      describeTransaction(name, network, byName[from], pay(network, from, fields)),
    ),
    describeTransaction(
      'secret 1',
      dev,
      one,
      tx.createTransaction(dev.id, one, { outputs: outputsTo(['alice', coin(1)]), fee: 20_000n }),
    ),
  ];
}

const BITCOIN_GENESIS =
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e' +
  '67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c';

export function headers() {
  const describe = (name, bytes) => {
    const { version, parent, commitment, time, bits, nonce } = block.decodeHeader(bytes);
    return {
      name,
      version,
      parent: shown(parent),
      commitment: hex(commitment),
      time,
      bits: bitsText(bits),
      nonce,
      bytes: hex(bytes),
      id: shown(work.headerId(bytes)),
      meetsTarget: work.meets(work.headerId(bytes), bits),
    };
  };
  const missing = block.mine({ ...easy.chain[1], nonce: 0 }, false);
  const full = {
    version: 0xffffffff,
    parent: Buffer.alloc(32, 255),
    commitment: Buffer.alloc(32, 254),
    time: 0xfffffffd,
    bits: 0x03fffffc,
    nonce: 0xfffffffb,
  };
  return {
    headers: [
      describe('genesis of dev', dev.chain[0].header),
      describe('genesis of easy', easy.chain[0].header),
      describe('block 1 of easy', easy.chain[1].header),
      describe('block 7 of asert', asert.chain[7].header),
      describe('block 1 of easy, a nonce without enough work', missing.header),
      describe('Bitcoin genesis', unhex(BITCOIN_GENESIS)),
      describe('high values in every field', block.encodeHeader(full)),
    ],
  };
}

function describeBlock(chain, height) {
  const it = chain[height];
  return {
    height,
    id: shown(it.id),
    parent: shown(it.parent),
    header: hex(it.header),
    bytes: hex(it.bytes),
    size: it.bytes.length,
    time: it.time,
    bits: bitsText(it.bits),
    nonce: it.nonce,
    commitment: hex(it.commitment),
    count: it.count,
    transactionsRoot: hex(it.transactionsRoot),
    accountsRoot: hex(it.accountsRoot),
    historyRoot: hex(it.historyRoot),
    coinbase: {
      outputs: hexOutputs(it.coinbase.outputs),
      extra: hex(it.coinbase.extra),
      id: hex(block.coinbaseId(it.coinbase)),
    },
    transactions: it.transactions.map(({ bytes }) => hex(tx.transactionId(bytes))),
    work: number(work.workOf(it.bits)),
    cumulativeWork: number(it.cumulativeWork),
    medianTime: block.medianTime(chain.slice(0, height + 1)),
    accounts: hexAccounts(it.accounts),
  };
}

export const blocks = () => ({
  chains: [easy, asert].map(({ name, chain }) => ({
    network: name,
    blocks: chain.slice(1).map(({ height }) => describeBlock(chain, height)),
  })),
});

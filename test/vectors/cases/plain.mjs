/** Owns: what stands in keys, addresses, genesis, transactions, headers, blocks, difficulty, messages. */
import { bech32, bech32m } from '@scure/base';
import { bitsText, cat, hex, number, reversed, shown, unhex } from '../reference/bytes.mjs';
import * as work from '../reference/difficulty.mjs';
import * as block from '../reference/block.mjs';
import * as tx from '../reference/transaction.mjs';
import { accountList } from '../reference/trees.mjs';
import { MESSAGES, decodeMessage, encodeMessage } from '../reference/messages.mjs';
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
    ...{ name, path, secret: hex(secret), publicKey: hex(publicKey), address: hex(address) },
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
    ...{ prefix, address: hex(address) },
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
    ...{ name, network: network.name, secret: hex(key.secret), publicKey: hex(decoded.publicKey) },
    sender: hex(addressOf(decoded.publicKey)),
    ...{ nonce: decoded.nonce, fee: `${decoded.fee}`, outputs: hexOutputs(decoded.outputs) },
    ...{ memo: hex(decoded.memo), cost: `${tx.costOf(decoded)}` },
    ...{ digest: hex(tx.digestOf(network.id, bytes)), signature: hex(decoded.signature) },
    ...{ id: hex(tx.transactionId(bytes)), size: bytes.length, bytes: hex(bytes) },
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
        ...{ outputs: numberedOutputs(255), fee: 3_000_000n, memo: Buffer.alloc(255, 1) },
      },
    ],
    ['highest nonce', dev, 'alice', { to, nonce: 0xfffffffe }],
    [
      'highest amounts: the cost exceeds u64',
      dev,
      'alice',
      {
        ...{
          to: [
            ['bob', u64Max],
            ['carol', u64Max],
          ],
          fee: u64Max,
        },
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
      ...{ name, version, parent: shown(parent), commitment: hex(commitment), time },
      ...{ bits: bitsText(bits), nonce, bytes: hex(bytes), id: shown(work.headerId(bytes)) },
      meetsTarget: work.meets(work.headerId(bytes), bits),
    };
  };
  const missing = block.mine({ ...easy.chain[1], nonce: 0 }, false);
  const full = {
    ...{ version: 0xffffffff, parent: Buffer.alloc(32, 255), commitment: Buffer.alloc(32, 254) },
    ...{ time: 0xfffffffd, bits: 0x03fffffc, nonce: 0xfffffffb },
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
    ...{ height, id: shown(it.id), parent: shown(it.parent), header: hex(it.header) },
    ...{ bytes: hex(it.bytes), size: it.bytes.length, time: it.time, bits: bitsText(it.bits) },
    ...{ nonce: it.nonce, commitment: hex(it.commitment), count: it.count },
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

const COMPACT = [
  ...[
    '1d00ffff',
    '1e7fffff',
    '207fffff',
    '200fffff',
    '2100ffff',
    '03123456',
    '03000001',
    '01010000',
  ],
  ...[
    '02008000',
    '020fff00',
    '04123456',
    '01120000',
    '1b0404cb',
    '2200007f',
    '2200ffff',
    '217fffff',
  ],
  ...[
    '00000000',
    '01003456',
    '02000056',
    '03000000',
    '04000000',
    '00123456',
    '01fedcba',
    '04923456',
  ],
  ...[
    '1d80ffff',
    '0300ff00',
    '20000001',
    '1d0000ff',
    '01123456',
    '02123456',
    'ff123456',
    '207fffff',
  ],
];

function asertCases() {
  const base = {
    ...{ time: 1_700_000_000, bits: 0x1d00ffff, powLimit: 0x1d07fff8, spacingSeconds: 10 },
    ...{ halfLifeSeconds: 600, retarget: true },
  };
  /** Parent at `height`, `late` seconds behind the schedule (negative: ahead). */
  const at = (name, height, late, changes = {}) => {
    const parameters = { ...base, ...changes };
    const time = parameters.time + parameters.spacingSeconds * height + late;
    return { name, parameters, parentHeight: height, parentTime: time };
  };
  return [
    at('child of genesis', 0, 0),
    at('on schedule', 1_000, 0),
    at('one half-life late: twice the target', 10, 600),
    at('one half-life early: half the target', 1_000, -600),
    at('1 s late', 100, 1),
    at('1 s early: the quotient truncates toward zero', 100, -1, { halfLifeSeconds: 172_801 }),
    at('100 s early, odd half-life', 100, -100, { halfLifeSeconds: 172_801 }),
    at('37 s late', 5_000, 37),
    at('299 s early', 5_000, -299),
    at('a week late: powLimit', 5_000, 604_800),
    at('4 times the target but powLimit lower', 5_000, 1_800),
    at('just below powLimit', 5_000, 1_799),
    at('shifts 255', 5_000, 600 * 255),
    at('shifts 256: the clamp before shifting', 5_000, 600 * 256),
    at('shifts -200', 100_000, -600 * 200, { bits: 0x1d00ffff }),
    at('shifts -300: the target becomes 1', 100_000, -600 * 300),
    at('shifts -301: the clamp before shifting', 100_000, -600 * 301),
    at('far beyond the clamps', 400_000_000, -4_000_000_000 + 300_000_000),
    at('shift left: highest target, limit 207fffff', 50, 600, {
      ...{ bits: 0x203fffff, powLimit: 0x207fffff },
    }),
    at('a target over 2^256 before the limit', 50, 6_000, {
      bits: 0x207fffff,
      powLimit: 0x207fffff,
    }),
    at('a small genesis target, shifted left', 50, 600 * 20 + 300, {
      ...{ bits: 0x03123456, powLimit: 0x207fffff },
    }),
    at('retarget false: late', 5_000, 604_800, { retarget: false }),
    at('retarget false: early', 5_000, -9_000, { retarget: false }),
    at('weekly half-life, parent time before genesis', 9, -95, { halfLifeSeconds: 604_800 }),
    ...Array.from({ length: 30 }, (_, i) =>
      at(`sweep ${i}`, 7 * i, ((i * 7919) % 4_001) - 2_000, { halfLifeSeconds: 600 + 97 * i }),
    ),
  ].filter(({ parentTime }) => parentTime >= 0 && parentTime <= 0xffffffff);
}

export function difficulty() {
  const compact = [...new Set(COMPACT)].map((text) => {
    const bits = Number.parseInt(text, 16);
    const target = work.bitsToTarget(bits);
    const none = (bits & 0x00800000) !== 0 || target === 0n || target >> 256n !== 0n;
    const canonical = work.canonicalTarget(bits) !== undefined;
    return { bits: text, canonical, target: none ? null : number(target) };
  });
  const targets = [1n, 127n, 128n, 255n, 256n, 32767n, 32768n, 8388607n, 8388608n, 0x123456789an];
  targets.push(2n ** 255n - 1n, 2n ** 255n, 2n ** 256n - 1n, 0xffffn << 208n, 0x7fffffffn << 200n);
  const easyBits = 0x1d00ffff;
  const limit = work.bitsToTarget(easyBits);
  const ids = [limit - 1n, limit, limit + 1n, 0n, 2n ** 256n - 1n];
  return {
    compact,
    toBits: targets.map((target) => ({
      target: number(target),
      bits: bitsText(work.targetToBits(target)),
    })),
    work: compact
      .filter(({ canonical }) => canonical)
      .map(({ bits }) => ({ bits, work: number(work.workOf(Number.parseInt(bits, 16))) })),
    meets: ids.map((value) => {
      const id = unhex(value.toString(16).padStart(64, '0'));
      const meets = work.meets(reversed(id), easyBits);
      return { id: hex(id), bits: bitsText(easyBits), meets };
    }),
    asert: asertCases().map(({ name, parameters, parentHeight, parentTime }) => ({
      name,
      parameters: {
        ...parameters,
        bits: bitsText(parameters.bits),
        powLimit: bitsText(parameters.powLimit),
      },
      ...{ parentHeight, parentTime },
      bits: bitsText(work.childBits(parameters, parentHeight, parentTime)),
    })),
  };
}

const tipOf = ({ height, id, cumulativeWork }) => ({
  ...{ height, id: shown(id), work: number(cumulativeWork) },
});

/** One value per message; exported for the invalid cases to break. */
export function sampleValues() {
  const { chain } = easy;
  const ids = chain.slice(1, 4).map(({ id }) => shown(id));
  const sent = chain[3].transactions.map(({ bytes }) => bytes);
  const sentIds = sent.map((bytes) => hex(tx.transactionId(bytes)));
  const tip = tipOf(chain.at(-1));
  return {
    hello: {
      ...{ protocolVersion: 1, networkId: shown(easy.id), nodeNonce: '0123456789abcdef' },
      ...{ features: 0, listenPort: 24_100, time: 1_790_000_100, tip, agent: 'cairn/0.1.0' },
    },
    goodbye: { code: 'handshake-network-differs' },
    ping: { value: '0011223344556677' },
    pong: { value: '0011223344556677' },
    'get-headers': { ids: [...ids, shown(easy.id)] },
    headers: { tip, headers: chain.slice(1, 4).map(({ header }) => hex(header)) },
    'get-blocks': { ids },
    block: { block: hex(chain[3].bytes) },
    'blocks-missing': { ids: ids.slice(1) },
    'new-tip': { tip, header: hex(chain.at(-1).header) },
    inventory: { ids: sentIds },
    'get-transactions': { ids: sentIds.slice(0, 2) },
    transactions: { transactions: sent.map(hex) },
    'transactions-missing': { ids: sentIds.slice(2) },
    'get-pool': { after: sentIds[0] },
    pool: { ids: sentIds.toSorted() },
  };
}

export function messages() {
  const values = sampleValues();
  const more = [
    ['headers', { ...values.headers, headers: [] }],
    ['pool', { ids: [] }],
    ['hello', { ...values.hello, features: 0xffffffff, listenPort: 0, agent: '' }],
    ['hello', { ...values.hello, agent: '~'.repeat(64) }],
    ['goodbye', { code: 'a'.repeat(64) }],
  ];
  return [...Object.entries(values), ...more].map(([name, fields]) => {
    const entry = MESSAGES.find((one) => one.name === name);
    const bytes = encodeMessage(name, fields);
    const back = decodeMessage(entry, bytes);
    if (JSON.stringify(back) !== JSON.stringify(fields)) throw new Error(`${name} does not return`);
    return { type: entry.type, name, fields, bytes: hex(bytes) };
  });
}

/** Owns: the cases of the stages `header`, `body` and `connect`, refused and accepted, on `easy` and `asert`. */
import { cat, hex, u32 } from '../reference/bytes.mjs';
import * as block from '../reference/block.mjs';
import { createTransaction } from '../reference/transaction.mjs';
import { byName } from '../reference/keys.mjs';
import { one } from './plain.mjs';
import { networks, outputsTo, pay } from './networks.mjs';

const { easy, asert } = networks;
const { minimumOutput: MINIMUM, maxFutureSeconds, blockSizeMax } = easy.parameters;
const TIP = easy.chain.length - 1;
const NOW = easy.parameters.time + 100;
const known = (network, height = network.chain.length - 1) => network.chain.slice(0, height + 1);

/** A child of the block at `height` of easy (its tip unless told). */
const child = (content = {}, height = TIP) =>
  block.createBlock(easy, known(easy, height), { time: NOW, ...content });
const hash = (n) => Buffer.alloc(32, n);
const medianAt = (network, height) => block.medianTime(known(network, height));

function headerCase(name, bytes, { network = easy, marked = [], now = NOW, height } = {}) {
  const last = height ?? network.chain.length - 1;
  const input = { network: network.name, known: last, marked, now, bytes: hex(bytes) };
  return { stage: 'header', name, input };
}

/** A mined header on the tip of easy with fields replaced; `enough` false leaves the work out. */
function header(fields, { enough = true, network = easy } = {}) {
  const { header: right } = block.createBlock(network, known(network), { time: NOW });
  const replaced = { ...block.decodeHeader(right), ...fields };
  const minable = replaced.bits === 0x207fffff || replaced.bits >>> 16 === 0x200f;
  return minable ? block.mine(replaced, enough).header : block.encodeHeader(replaced);
}

export function headerFaults() {
  const right = header({});
  const old = medianAt(easy, TIP);
  const late = NOW + maxFutureSeconds + 1;
  const unknown = hash(9);
  const asertTip = asert.chain.at(-1);
  const asertTime = { now: asertTip.time + 10, network: asert };
  const onAsert = (fields) =>
    block.createBlock(asert, known(asert), { time: asertTip.time + 10, wrongHeader: fields })
      .header;
  return [
    headerCase('header: empty', Buffer.alloc(0)),
    headerCase('header: one byte short', right.subarray(0, 79)),
    headerCase('header: one byte long', cat(right, Buffer.alloc(1))),
    headerCase(
      'order: header one byte long, version 2',
      cat(header({ version: 2 }), Buffer.alloc(1)),
    ),
    headerCase('header: version 0', header({ version: 0 })),
    headerCase('header: version 2', header({ version: 2 })),
    headerCase('header: version 0x20000001', header({ version: 0x20000001 })),
    headerCase('order: header version 2, bits 0', header({ version: 2, bits: 0 })),
    headerCase('order: header version 2, no work', header({ version: 2 }, { enough: false })),
    headerCase('header: bits 0', header({ bits: 0 })),
    headerCase('header: sign bit', header({ bits: 0x1d80ffff })),
    headerCase('header: target 2^256 or more', header({ bits: 0x2200ffff })),
    headerCase('header: bits not canonical', header({ bits: 0x21007fff })),
    headerCase('header: target above powLimit', header({ bits: 0x2100ffff })),
    headerCase(
      'order: header bits above powLimit, parent unknown',
      header({
        ...{ bits: 0x2100ffff, parent: unknown },
      }),
    ),
    headerCase('header: no work', header({}, { enough: false })),
    headerCase(
      'order: header no work, parent unknown',
      header({ parent: unknown }, { enough: false }),
    ),
    headerCase('order: header no work, bits wrong', header({ bits: 0x1d00ffff })),
    headerCase('header: parent unknown', header({ parent: unknown })),
    headerCase('header: parent not yet known', child().header, { height: TIP - 1 }),
    headerCase(
      'header: parent id in shown order',
      header({
        parent: Buffer.from(easy.chain[TIP].id).reverse(),
      }),
    ),
    headerCase(
      'order: header parent unknown, bits wrong',
      header({ parent: unknown, bits: 0x200fffff }),
    ),
    headerCase('header: parent marked', right, { marked: [TIP] }),
    headerCase('header: ancestor marked', right, { marked: [2] }),
    headerCase('order: header parent marked, bits wrong', header({ bits: 0x200fffff }), {
      marked: [TIP],
    }),
    headerCase('header: bits not those of genesis', header({ bits: 0x200fffff })),
    headerCase('header: bits one unit lower than genesis', header({ bits: 0x207ffffe })),
    headerCase(
      'header: bits of genesis where retargeting asks for others',
      onAsert({
        bits: asert.parameters.bits,
      }),
      asertTime,
    ),
    headerCase(
      'header: bits of the parent where retargeting asks for others',
      onAsert({
        bits: asertTip.bits,
      }),
      asertTime,
    ),
    headerCase('order: header bits wrong, time too old', header({ bits: 0x200fffff, time: old })),
    headerCase('header: time is the median', header({ time: old })),
    headerCase('header: time 0', header({ time: 0 })),
    headerCase(
      'header: time of genesis on genesis',
      child({ time: easy.parameters.time }, 0).header,
      {
        height: 0,
      },
    ),
    headerCase(
      'header: median of two blocks is the later',
      child(
        {
          time: Math.max(easy.chain[0].time, easy.chain[1].time),
        },
        1,
      ).header,
      { height: 1 },
    ),
    headerCase('order: header time too old, above an early clock', header({ time: old }), {
      now: 0,
    }),
    headerCase('header: one second too new', header({ time: late })),
    headerCase('header: highest time', header({ time: 0xffffffff })),
    headerCase(
      'header: one second too new where retargeting',
      block.createBlock(asert, known(asert), { time: asertTip.time + 31 }).header,
      { network: asert, now: asertTip.time },
    ),
  ];
}

export function headerEdges() {
  const old = medianAt(easy, TIP);
  return [
    headerCase('header: one above the median', header({ time: old + 1 })),
    headerCase('header: newest time', header({ time: NOW + maxFutureSeconds })),
    headerCase('header: on a side branch', child({}, 4).header),
    headerCase('header: child of a block before the marked one', child({}, 4).header, {
      marked: [5],
    }),
    headerCase('header: child of genesis', child({}, 0).header, { height: 0 }),
    headerCase(
      'header: first bits of a retargeting network',
      block.createBlock(asert, known(asert, 0), {
        time: asert.parameters.time + 500,
      }).header,
      { network: asert, height: 0, now: asert.parameters.time + 500 },
    ),
  ];
}

const bodyCase = (name, bytes) => ({
  ...{ stage: 'body', name, input: { network: 'easy', known: TIP, bytes: hex(bytes) } },
});
const accounts = easy.chain[TIP].accounts;
const nonceOf = (name) => accounts.get(hex(byName[name].address)).nonce;
const from = (name, fields = {}) =>
  pay(easy, name, { nonce: nonceOf(name), fee: 7n, to: [['erin', 1_000n]], ...fields });
const stateless = { wrong: { accountsRoot: hash(1) } };
/** A block whose contextual statements do not matter here. */
const loose = (content) => child({ ...stateless, ...content });
const breakSignature = (bytes) => cat(bytes.subarray(0, -1), Buffer.from([bytes.at(-1) ^ 1]));
const edit = (bytes, at, change) =>
  cat(bytes.subarray(0, at), change, bytes.subarray(at + change.length));

/** A block of exactly `size` bytes: payments with many outputs, then one whose memo fills the rest. */
function blockOfSize(size, content = {}) {
  const outputs = (n) => Array.from({ length: n }, () => outputsTo(['erin', MINIMUM])[0]);
  const filled = (n, memo) =>
    child({
      transactions: [0, 1].map((i) =>
        createTransaction(easy.id, byName.alice, {
          ...{ nonce: nonceOf('alice') + i, fee: 0n, outputs: outputs(i === 0 ? 150 : n) },
          memo: Buffer.alloc(i === 0 ? 0 : memo, 3),
        }),
      ),
      ...content,
    });
  const rest = size - filled(1, 0).bytes.length;
  const made = filled(1 + Math.floor(rest / 28), rest % 28);
  if (made.bytes.length !== size) throw new Error(`${made.bytes.length} bytes`);
  return made.bytes;
}

/** Offsets in a block: after the header, height, count, three roots, coinbase. */
const AT = { height: 80, count: 84, transactions: 88, accounts: 120, history: 152, coinbase: 184 };

function unparsable() {
  const right = child({ transactions: [from('alice'), from('bob')] }).bytes;
  const extra = AT.coinbase + 5;
  const versionTwo = Buffer.from(from('alice'));
  versionTwo[0] = 2;
  return [
    bodyCase('body: too large by one', blockOfSize(blockSizeMax + 1)),
    bodyCase('order: body too large, does not parse', cat(right, Buffer.alloc(blockSizeMax))),
    bodyCase('body: nothing after the header', right.subarray(0, 80)),
    bodyCase('body: cut in the roots', right.subarray(0, 100)),
    bodyCase('body: cut in the coinbase', right.subarray(0, AT.coinbase + 3)),
    bodyCase('body: one byte short', right.subarray(0, -1)),
    bodyCase('body: one byte long', cat(right, Buffer.alloc(1))),
    bodyCase('body: count 0', edit(child().bytes, AT.count, u32(0))),
    bodyCase('body: count one too low', edit(right, AT.count, u32(2))),
    bodyCase('body: count one too high', edit(right, AT.count, u32(4))),
    bodyCase('body: highest count', edit(right, AT.count, u32(0xffffffff))),
    bodyCase(
      'body: coinbase with more outputs than there are',
      edit(child().bytes, AT.coinbase + 4, Buffer.from([9])),
    ),
    bodyCase('body: coinbase extra of 65 bytes', loose({ extra: Buffer.alloc(65) }).bytes),
    bodyCase(
      'body: coinbase extra longer than the rest',
      edit(child().bytes, extra, Buffer.from([64])),
    ),
    bodyCase('body: cut in the first transaction', right.subarray(0, -200)),
    bodyCase('body: cut between transactions', right.subarray(0, -140)),
    bodyCase('body: a transaction of version 2', edit(right, right.length - 280, versionTwo)),
    bodyCase(
      'order: body one byte long, commitment wrong',
      cat(edit(right, AT.height, u32(3)), Buffer.alloc(1)),
    ),
  ];
}

function unbound() {
  const transactions = [from('alice'), from('bob')];
  const right = child({ transactions });
  const other = child({ transactions: transactions.toReversed() });
  const roots = child({ transactions, wrong: { transactionsRoot: hash(4) } });
  const duplicated = child({ transactions: transactions.slice(0, 1) }).bytes;
  return [
    bodyCase('body: height changed', edit(right.bytes, AT.height, u32(TIP + 2))),
    bodyCase('body: transactions root changed', edit(right.bytes, AT.transactions, hash(1))),
    bodyCase('body: accounts root changed', edit(right.bytes, AT.accounts, hash(1))),
    bodyCase('body: history root changed', edit(right.bytes, AT.history, hash(1))),
    bodyCase(
      'body: count and list without the last',
      edit(right.bytes.subarray(0, -140), AT.count, u32(2)),
    ),
    bodyCase(
      'body: the last transaction twice (CVE-2012-2459)',
      edit(cat(duplicated, duplicated.subarray(-140)), AT.count, u32(3)),
    ),
    bodyCase(
      'order: body commitment and transactions root',
      edit(roots.bytes, AT.history, hash(1)),
    ),
    bodyCase('body: the body of another block', block.withHeader(right.header, other.bytes)),
    bodyCase(
      'body: a transaction changed',
      edit(right.bytes, right.bytes.length - 73, Buffer.alloc(8, 1)),
    ),
    bodyCase('body: a signature changed', breakSignature(right.bytes)),
    bodyCase(
      'body: transactions in another order',
      cat(
        right.bytes.subarray(0, -280),
        right.bytes.subarray(-140),
        right.bytes.subarray(-280, -140),
      ),
    ),
    bodyCase(
      'body: coinbase extra changed',
      edit(right.bytes, AT.coinbase + 6, Buffer.alloc(8, 9)),
    ),
    bodyCase('body: stated transactions root bound but wrong', roots.bytes),
    bodyCase(
      'order: body transactions root and height',
      child({
        wrong: { transactionsRoot: hash(4), height: 99 },
      }).bytes,
    ),
  ];
}

function boundCoinbase() {
  const reward = block.rewardAt(easy.parameters, TIP + 1);
  const claim = (...pairs) => outputsTo(...pairs);
  const low = ['bob', MINIMUM - 1n];
  const u64Max = 2n ** 64n - 1n;
  return [
    bodyCase('body: height 0', child({ wrong: { height: 0 } }).bytes),
    bodyCase('body: height of the parent', child({ wrong: { height: TIP } }).bytes),
    bodyCase('body: height one too high', child({ wrong: { height: TIP + 2 } }).bytes),
    bodyCase(
      'order: body height and coinbase height',
      child({ wrong: { height: 3 }, coinbaseHeight: 4 }).bytes,
    ),
    bodyCase('body: coinbase height of the parent', child({ coinbaseHeight: TIP }).bytes),
    bodyCase('body: coinbase height 0', child({ coinbaseHeight: 0 }).bytes),
    bodyCase(
      'order: body coinbase height and output below minimum',
      child({ coinbaseHeight: 0, outputs: claim(low) }).bytes,
    ),
    bodyCase(
      'body: coinbase output below minimum',
      child({ outputs: claim(['bob', MINIMUM], low) }).bytes,
    ),
    bodyCase('body: coinbase output of 0', child({ outputs: claim(['bob', 0n]) }).bytes),
    bodyCase(
      'order: body coinbase output below minimum and claim',
      loose({ outputs: claim(['bob', 10n * reward], low) }).bytes,
    ),
    bodyCase('body: claims one too much', child({ outputs: claim(['bob', reward + 1n]) }).bytes),
    bodyCase(
      'body: claims one too much with fees',
      child({
        ...{ transactions: [from('alice')], outputs: claim(['bob', reward + 8n]) },
      }).bytes,
    ),
    bodyCase(
      'body: claims the reward before the halving',
      child({ outputs: claim(['bob', 2n * reward]) }).bytes,
    ),
    bodyCase(
      'body: claims sum over u64',
      loose({ outputs: claim(['bob', u64Max], ['bob', u64Max]) }).bytes,
    ),
    bodyCase(
      'order: body claim and transaction without outputs',
      child({
        ...{ transactions: [from('alice', { to: [] })], outputs: claim(['bob', 10n * reward]) },
      }).bytes,
    ),
  ];
}

function boundTransactions() {
  const noOutputs = (name) => from(name, { to: [] });
  const dust = (name) => from(name, { to: [['erin', MINIMUM - 1n]] });
  const badKey = edit(from('alice'), 1, Buffer.from([5]));
  const inBlock = (name, ...transactions) => bodyCase(name, loose({ transactions }).bytes);
  return [
    inBlock('body: a transaction without outputs', from('alice'), noOutputs('bob')),
    inBlock('body: a transaction with key prefix 05', badKey),
    inBlock('body: a transaction below minimum', dust('alice')),
    inBlock('body: a transaction with nonce exhausted', from('alice', { nonce: 0xffffffff })),
    inBlock('order: body lowest index of B9', from('bob'), dust('alice'), noOutputs('alice')),
    inBlock(
      'order: body form of a later one before signature of an earlier',
      breakSignature(from('alice')),
      dust('bob'),
    ),
    inBlock('body: a signature wrong', from('bob'), breakSignature(from('alice'))),
    inBlock(
      'body: signed for another network',
      pay(networks.dev, 'alice', { to: [['bob', 10n ** 6n]] }),
    ),
    inBlock(
      'order: body lowest index of B10',
      from('bob'),
      breakSignature(from('alice')),
      breakSignature(from('bob')),
    ),
    bodyCase(
      'order: body signature and history root',
      child({
        transactions: [breakSignature(from('alice'))],
        wrong: { accountsRoot: hash(1), historyRoot: hash(1) },
      }).bytes,
    ),
  ];
}

export const bodyFaults = () => [
  ...unparsable(),
  ...unbound(),
  ...boundCoinbase(),
  ...boundTransactions(),
];

export const bodyEdges = () => {
  const reward = block.rewardAt(easy.parameters, TIP + 1);
  const transactions = [from('alice'), from('bob')];
  return [
    bodyCase('body: largest size', blockOfSize(blockSizeMax)),
    bodyCase(
      'body: claims reward and fees',
      child({
        ...{ transactions, outputs: outputsTo(['bob', reward + 14n]) },
      }).bytes,
    ),
    bodyCase('body: claims nothing', child({ transactions }).bytes),
    bodyCase(
      'body: context is not looked at',
      loose({
        ...{ transactions: [from('alice', { nonce: 77, fee: 2n ** 64n - 1n })] },
        wrong: { accountsRoot: hash(1), historyRoot: hash(2) },
      }).bytes,
    ),
  ];
};

const connectCase = (name, content, height = TIP) => ({
  ...{ stage: 'connect', name },
  input: { network: 'easy', known: height, bytes: hex(child(content, height).bytes) },
});
const wrongAccounts = { accountsRoot: easy.chain[TIP].accountsRoot };

export function connectFaults() {
  const next = (n) => ({ nonce: nonceOf('alice') + n });
  const reward = block.rewardAt(easy.parameters, TIP + 1);
  const refuse = (name, transactions, more) =>
    connectCase(name, { transactions, wrong: wrongAccounts, ...more });
  const poor = accounts.get(hex(byName.dave.address)).balance;
  return [
    connectCase('connect: history root of the parent', {
      wrong: { historyRoot: easy.chain[TIP].historyRoot },
    }),
    connectCase('connect: history root with the own block too', {
      wrong: { historyRoot: block.historyRootOf([...easy.chain, easy.chain[TIP]]) },
    }),
    connectCase('connect: history root of nothing', {
      wrong: { historyRoot: easy.chain[0].historyRoot },
    }),
    connectCase('order: connect history root and nonce gap', {
      transactions: [from('alice', next(1))],
      wrong: { ...wrongAccounts, historyRoot: hash(1) },
    }),
    refuse('connect: nonce gap', [from('alice', next(1))]),
    refuse('connect: nonce used', [from('alice', next(-1))]),
    refuse('connect: the same transaction twice', [from('alice'), from('alice')]),
    refuse('connect: nonces in the wrong order', [from('alice', next(1)), from('alice')]),
    refuse('connect: overspend', [from('alice', { to: [['bob', 10n ** 18n]] })]),
    refuse('connect: overspend by the second', [
      from('dave', { to: [['bob', poor - 7n]] }),
      from('dave', { to: [['bob', 1_000n]], nonce: nonceOf('dave') + 1 }),
    ]),
    refuse('connect: overspend by one', [from('dave', { to: [['bob', poor - 6n]] })]),
    refuse('connect: spends what a later transaction brings', [
      from('dave', { to: [['alice', poor + 1_000n]] }),
      from('alice', { to: [['dave', 5_000n]] }),
    ]),
    refuse(
      'connect: spends the reward of its own block',
      [from('dave', { to: [['bob', poor + 1_000n]] })],
      {
        outputs: outputsTo(['dave', reward]),
      },
    ),
    refuse('connect: an absent sender', [
      createTransaction(easy.id, one, { outputs: outputsTo(['bob', 1_000n]) }),
    ]),
    refuse('order: connect lowest index', [
      from('bob'),
      from('alice', { to: [['bob', 10n ** 18n]] }),
      from('alice', next(3)),
    ]),
    connectCase('order: connect nonce gap and accounts root', {
      transactions: [from('alice', next(2))],
      wrong: { accountsRoot: hash(3) },
    }),
    connectCase('connect: accounts root of the parent', {
      transactions: [from('alice')],
      wrong: wrongAccounts,
    }),
    connectCase('connect: accounts root of zeros', { wrong: { accountsRoot: hash(0) } }),
    connectCase('connect: accounts root without the coinbase', {
      outputs: outputsTo(['bob', reward]),
      wrong: wrongAccounts,
    }),
    connectCase('connect: accounts root on genesis', { wrong: { accountsRoot: hash(1) } }, 0),
  ];
}

export function connectEdges() {
  const reward = block.rewardAt(easy.parameters, TIP + 1);
  const poor = accounts.get(hex(byName.dave.address)).balance;
  return [
    connectCase('connect: spends what an earlier transaction brings', {
      transactions: [
        from('alice', { to: [['dave', 5_000n]] }),
        from('dave', { to: [['alice', poor + 4_993n]] }),
      ],
    }),
    connectCase('connect: coinbase to an emptied account', {
      transactions: [from('dave', { to: [['alice', poor - 7n]] })],
      outputs: outputsTo(['dave', reward]),
    }),
    connectCase('connect: nothing but a coinbase that claims nothing', { extra: Buffer.alloc(0) }),
    connectCase('connect: a sibling of block 5', { outputs: outputsTo(['erin', MINIMUM]) }, 4),
    connectCase(
      'connect: a sibling of block 1',
      { outputs: outputsTo(['dave', 50n * 10n ** 8n]) },
      0,
    ),
  ];
}

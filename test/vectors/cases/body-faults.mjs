/** Owns: the cases of the stage `body`, refused and accepted, on the tip of `easy`. */
import { cat, hex, u32 } from '../reference/bytes.mjs';
import * as block from '../reference/block.mjs';
import { createTransaction } from '../reference/transaction.mjs';
import { byName } from '../reference/keys.mjs';
import { TIP, breakSignature, child, edit, from, hash, loose, nonceOf } from './block-making.mjs';
import { networks, outputsTo, pay } from './networks.mjs';

const { easy } = networks;
const { minimumOutput: MINIMUM, blockSizeMax } = easy.parameters;

const bodyCase = (name, bytes) => ({
  stage: 'body',
  name,
  input: { network: 'easy', known: TIP, bytes: hex(bytes) },
});
/** A block of exactly `size` bytes: payments with many outputs, the rest filled by a memo. */
function blockOfSize(size, content = {}) {
  const outputs = (n) => Array.from({ length: n }, () => outputsTo(['erin', MINIMUM])[0]);
  const filled = (n, memo) =>
    child({
      transactions: [0, 1].map((i) =>
        createTransaction(easy.id, byName.alice, {
          nonce: nonceOf('alice') + i,
          fee: 0n,
          outputs: outputs(i === 0 ? 150 : n),
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
        transactions: [from('alice')],
        outputs: claim(['bob', reward + 8n]),
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
        transactions: [from('alice', { to: [] })],
        outputs: claim(['bob', 10n * reward]),
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
        transactions,
        outputs: outputsTo(['bob', reward + 14n]),
      }).bytes,
    ),
    bodyCase('body: claims nothing', child({ transactions }).bytes),
    bodyCase(
      'body: context is not looked at',
      loose({
        transactions: [from('alice', { nonce: 77, fee: 2n ** 64n - 1n })],
        wrong: { accountsRoot: hash(1), historyRoot: hash(2) },
      }).bytes,
    ),
  ];
};

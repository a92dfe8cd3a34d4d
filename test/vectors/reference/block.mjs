/** Owns: section 6: headers, bodies, and making blocks, right ones and deliberately wrong ones. */
import { Reader, Unparsable, cat, hex, u32, u8 } from './bytes.mjs';
import { tagged } from './keys.mjs';
import { childBits, headerId, meets, workOf } from './difficulty.mjs';
import { accountList, accountsRoot, historyDatum, merkleRoot } from './trees.mjs';
import * as tx from './transaction.mjs';

const HEADER_SIZE = 80;
const EXTRA_MAX = 64;

export const encodeHeader = ({ version, parent, commitment, time, bits, nonce }) =>
  cat(u32(version), parent, commitment, u32(time), u32(bits), u32(nonce));

export function decodeHeader(bytes) {
  const reader = new Reader(bytes);
  return {
    version: reader.int(4),
    parent: reader.take(32),
    commitment: reader.take(32),
    time: reader.int(4),
    bits: reader.int(4),
    nonce: reader.int(4),
  };
}

const statedFields = ({ height, count, transactionsRoot, accountsRoot, historyRoot }) =>
  cat(u32(height), u32(count), transactionsRoot, accountsRoot, historyRoot);

export const commitmentOf = (body) => tagged('cairn/commitment', statedFields(body));

export const encodeCoinbase = ({ height, outputs, extra }) =>
  cat(u32(height), tx.encodeOutputs(outputs), u8(extra.length), extra);
export const coinbaseId = (coinbase) => tagged('cairn/coinbase', encodeCoinbase(coinbase));

function readCoinbase(reader) {
  const [height, outputs, extraSize] = [reader.int(4), tx.readOutputs(reader), reader.int(1)];
  if (extraSize > EXTRA_MAX) throw new Unparsable('extra too long');
  return { height, outputs, extra: reader.take(extraSize) };
}

/** Throws Unparsable; header and body, ending exactly. */
export function decodeBlock(bytes) {
  const reader = new Reader(bytes.subarray(HEADER_SIZE));
  const stated = {
    height: reader.int(4),
    count: reader.int(4),
    transactionsRoot: reader.take(32),
    accountsRoot: reader.take(32),
    historyRoot: reader.take(32),
  };
  const coinbase = readCoinbase(reader);
  if (stated.count === 0) throw new Unparsable('count 0');
  if (stated.count > bytes.length) throw new Unparsable('more transactions than bytes');
  const transactions = reader.list(stated.count - 1, () => {
    const transaction = tx.readTransaction(reader);
    if (transaction.version !== 1) throw new Unparsable('transaction version');
    return transaction;
  });
  reader.end();
  return { ...decodeHeader(bytes), ...stated, coinbase, transactions, bytes };
}

export const leafIds = ({ coinbase, transactions }) => [
  coinbaseId(coinbase),
  ...transactions.map(({ bytes }) => tx.transactionId(bytes)),
];

export const historyRootOf = (blocks) =>
  merkleRoot(blocks.map(({ id, cumulativeWork }) => historyDatum(id, cumulativeWork)));

export const rewardAt = ({ reward, halvingBlocks }, height) => {
  const shift = Math.floor(height / halvingBlocks);
  return shift >= 64 ? 0n : reward >> BigInt(shift);
};

/** The median time of the last of `blocks`, as its child must exceed it. */
export function medianTime(blocks) {
  const times = blocks.slice(-11).map(({ time }) => time);
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

/** The accounts after a block's transactions and coinbase; nothing is checked. */
export function accountsAfter(accounts, { transactions, coinbase }) {
  const after = new Map(accounts);
  for (const transaction of transactions) tx.applyTransaction(after, transaction);
  for (const output of coinbase.outputs) tx.credit(after, output);
  return after;
}

/** The lowest nonce whose header meets its bits, or misses them on request. */
export function mine(fields, wanted = true) {
  for (let nonce = 0; ; nonce++) {
    const header = encodeHeader({ ...fields, nonce });
    if (meets(headerId(header), fields.bits) === wanted) return { ...fields, nonce, header };
  }
}

/**
 * A mined child of the last of `blocks`. `wrong` replaces any stated field *before* the commitment
 * is made, so that the header binds it; `wrongHeader` any field of the header before mining.
 */
export function createBlock(network, blocks, content) {
  const { time, transactions = [], extra = Buffer.alloc(8), wrong, wrongHeader } = content;
  const parent = blocks.at(-1);
  const height = parent.height + 1;
  const decoded = transactions.map(tx.decodeTransaction);
  const outputs = content.outputs ?? [];
  const coinbase = { height: content.coinbaseHeight ?? height, outputs, extra };
  const valid = !wrong?.accountsRoot;
  const accounts = valid
    ? accountsAfter(parent.accounts, { transactions: decoded, coinbase })
    : undefined;
  const body = {
    height,
    count: transactions.length + 1,
    transactionsRoot: merkleRoot(leafIds({ coinbase, transactions: decoded })),
    accountsRoot: accounts && accountsRoot(accountList(accounts)),
    historyRoot: historyRootOf(blocks),
    ...wrong,
  };
  const fields = {
    version: 1,
    parent: parent.id,
    commitment: commitmentOf(body),
    time,
    bits: childBits(network.parameters, parent.height, parent.time),
    ...wrongHeader,
  };
  const mined = mine(fields);
  const bytes = cat(mined.header, statedFields(body), encodeCoinbase(coinbase), ...transactions);
  return {
    ...body,
    ...mined,
    coinbase,
    transactions: decoded,
    accounts,
    bytes,
    id: headerId(mined.header),
    cumulativeWork: parent.cumulativeWork + workOf(fields.bits),
  };
}

export const withHeader = (header, bytes) => cat(header, bytes.subarray(HEADER_SIZE));
export const hexIds = (ids) => ids.map(hex);

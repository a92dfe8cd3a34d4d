/** Owns: checks H1 to H9, B1 to B10, C1 to C3. `blocks` = the known chain from genesis. */
import { Unparsable, hex, shown } from './bytes.mjs';
import { bitsToTarget, canonicalTarget, childBits, headerId, meets } from './difficulty.mjs';
import { accountList, accountsRoot, merkleRoot } from './trees.mjs';
import * as tx from './transaction.mjs';
import * as block from './block.mjs';

const fail = (code, facts) => ({ code, ...(facts && { facts }) });

/** H1 to H9. `marked` = heights of invalid blocks; their descendants are invalid too. */
export function checkHeader(network, { blocks, marked, now }, bytes) {
  const alone = checkHeaderAlone(network, bytes);
  if (alone) return alone;
  const { parent, bits, time } = block.decodeHeader(bytes);
  const height = blocks.findIndex(({ id }) => id.equals(parent));
  if (height < 0) return fail('header-parent-unknown', { parent: shown(parent) });
  if (marked.some((h) => h <= height))
    return fail('header-parent-invalid', { parent: shown(parent) });
  const expected = childBits(network.parameters, height, blocks[height].time);
  if (bits !== expected) {
    return fail('header-bits-wrong', { bits, expected });
  }
  const median = block.medianTime(blocks.slice(0, height + 1));
  if (time <= median) return fail('header-time-too-old', { time, median });
  const limit = now + network.parameters.maxFutureSeconds;
  return time > limit ? fail('header-time-too-new', { time, limit }) : undefined;
}

/** H1 to H4. */
function checkHeaderAlone({ parameters }, bytes) {
  if (bytes.length !== 80) return fail('header-malformed', { size: bytes.length });
  const { version, bits } = block.decodeHeader(bytes);
  if (version !== 1) return fail('header-version-unknown', { version });
  const target = canonicalTarget(bits);
  if (target === undefined || target > bitsToTarget(parameters.powLimit)) {
    return fail('header-bits-malformed', { bits, limit: parameters.powLimit });
  }
  const id = headerId(bytes);
  return meets(id, bits) ? undefined : fail('header-work-insufficient', { id: shown(id) });
}

/** B1 to B10. */
export function checkBody(network, blocks, bytes) {
  const limit = network.parameters.blockSizeMax;
  if (bytes.length > limit) return fail('block-too-large', { size: bytes.length, limit });
  try {
    return checkParsed(network, blocks, block.decodeBlock(bytes));
  } catch (error) {
    if (error instanceof Unparsable) return fail('block-malformed');
    throw error;
  }
}

/** B3 to B10. */
function checkParsed(network, blocks, body) {
  if (!block.commitmentOf(body).equals(body.commitment)) return fail('block-commitment-mismatch');
  if (!merkleRoot(block.leafIds(body)).equals(body.transactionsRoot)) {
    return fail('block-transactions-root-mismatch');
  }
  const parent = blocks.find(({ id }) => id.equals(body.parent));
  const expected = parent.height + 1;
  if (body.height !== expected)
    return fail('block-height-wrong', { height: body.height, expected });
  return (
    checkCoinbase(network.parameters, body) ??
    firstRefused(body.transactions, (transaction) => tx.checkForm(network, transaction)) ??
    firstRefused(body.transactions, (transaction) => tx.checkSignature(network, transaction))
  );
}

/** B6 to B8. */
function checkCoinbase(parameters, { height, coinbase, transactions }) {
  const { minimumOutput: minimum } = parameters;
  if (coinbase.height !== height) {
    return fail('coinbase-height-wrong', { height: coinbase.height, expected: height });
  }
  const index = coinbase.outputs.findIndex(({ amount }) => amount < minimum);
  if (index >= 0) {
    const amount = `${coinbase.outputs[index].amount}`;
    return fail('coinbase-output-below-minimum', { output: index, amount, minimum: `${minimum}` });
  }
  const claimed = tx.costOf({ outputs: coinbase.outputs, fee: 0n });
  const allowed = transactions.reduce(
    (sum, { fee }) => sum + fee,
    block.rewardAt(parameters, height),
  );
  if (claimed <= allowed) return undefined;
  return fail('coinbase-claims-too-much', { claimed: `${claimed}`, allowed: `${allowed}` });
}

function firstRefused(transactions, check) {
  for (const [index, transaction] of transactions.entries()) {
    const refused = check(transaction);
    if (refused) return fail('block-transaction-invalid', { index, inner: refused.code });
  }
  return undefined;
}

/** C1 to C3 on top of the last of `blocks`. */
export function checkConnect(blocks, bytes) {
  const body = block.decodeBlock(bytes);
  const history = block.historyRootOf(blocks);
  if (!history.equals(body.historyRoot)) {
    const facts = { stated: hex(body.historyRoot), computed: hex(history) };
    return fail('block-history-root-wrong', facts);
  }
  const accounts = new Map(blocks.at(-1).accounts);
  const refused = firstRefused(body.transactions, (transaction) => {
    const verdict = tx.checkInContext(accounts, transaction);
    if (!verdict) tx.applyTransaction(accounts, transaction);
    return verdict;
  });
  if (refused) return refused;
  const after = block.accountsAfter(accounts, { transactions: [], coinbase: body.coinbase });
  const computed = accountsRoot(accountList(after));
  if (computed.equals(body.accountsRoot)) return undefined;
  const facts = { stated: hex(body.accountsRoot), computed: hex(computed) };
  return fail('block-accounts-root-wrong', facts);
}

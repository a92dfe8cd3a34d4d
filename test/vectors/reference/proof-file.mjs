/** Owns: section 16: proof files and checks F1 to F20. */
import { Reader, cat, hex, shown, u32, unhex } from './bytes.mjs';
import { addressFromText, addressOf, addressToText, sha256, tagged } from './keys.mjs';
import { canonicalTarget, headerId, meets, workOf } from './difficulty.mjs';
import { decodeHeader, leafIds } from './block.mjs';
import { coins } from './genesis.mjs';
import * as tree from './trees.mjs';
import * as tx from './transaction.mjs';

const LENGTH_MAX = 400_000;
const U32_MAX = 0xffffffff;

// ---- making ------------------------------------------------------------------------------------

/** An amount in its shortest form. */
export const coinText = (units) => {
  const digits = `${units}`.padStart(9, '0');
  const fraction = digits.slice(-8).replace(/0+$/, '');
  return digits.slice(0, -8) + (fraction && `.${fraction}`);
};

const committedBytes = ({ height, count, transactionsRoot, accountsRoot, historyRoot }) =>
  cat(u32(height), u32(count), transactionsRoot, accountsRoot, historyRoot);
const carried = (block) => ({ header: hex(block.header), committed: hex(committedBytes(block)) });
const history = (blocks) =>
  blocks.map(({ id, cumulativeWork }) => tree.historyDatum(id, cumulativeWork));

function commonParts(network, blocks, height, headers) {
  const block = blocks[height];
  const above = blocks.slice(height + 1, height + 1 + headers);
  const path = height === 0 ? [] : tree.inclusionProof(history(blocks.slice(0, height)), 0);
  return {
    where: { block: shown(block.id), height, tip: shown((above.at(-1) ?? block).id) },
    evidence: {
      genesis: { header: hex(blocks[0].header), path: path.map(hex) },
      ...carried(block),
      above: above.map(({ header }) => hex(header)),
    },
  };
}

const file = (kind, network, statement, evidence) => ({
  ...{ format: 'cairn-proof/1', kind, network: shown(network.id), statement, evidence },
});

/** The object of a proof that the transaction at `index` (the coinbase is 0) is in a block. */
export function proveTransaction(network, blocks, { height, index, headers = 0 }) {
  const { where, evidence } = commonParts(network, blocks, height, headers);
  const { bytes, publicKey } = blocks[height].transactions[index - 1];
  const path = tree.inclusionProof(leafIds(blocks[height]), index).map(hex);
  const from = addressToText(network.parameters.prefix, addressOf(publicKey));
  const statement = { transaction: hex(tx.transactionId(bytes)), from, ...where };
  return file('transaction', network, statement, {
    ...evidence,
    ...{ transaction: hex(bytes), index, path },
  });
}

/** The object of a proof of what `address` has after a block. */
export function proveAccount(network, blocks, { height, address, headers = 0 }) {
  const { where, evidence } = commonParts(network, blocks, height, headers);
  const { prefix } = network.parameters;
  const holding = ({ balance, nonce }) => ({ balance: coinText(balance), nonce });
  const list = tree.accountList(blocks[height].accounts);
  const { steps, leaf } = tree.accountProof(list, address);
  const account = tx.accountOf(blocks[height].accounts, address);
  const statement = { address: addressToText(prefix, address), ...holding(account), ...where };
  return file('account', network, statement, {
    ...evidence,
    steps: steps.map(({ bit, sibling }) => ({ bit, sibling: hex(sibling) })),
    leaf: leaf && { address: addressToText(prefix, leaf.address), ...holding(leaf) },
  });
}

/** The object of a proof that the ledger of the block at `height` goes on from that at `from`. */
export function proveHistory(network, blocks, { from, height, headers = 0 }) {
  const { where, evidence } = commonParts(network, blocks, height, headers);
  const data = history(blocks.slice(0, height));
  const earlier = blocks[from];
  const statement = { from: { block: shown(earlier.id), height: from }, ...where };
  return file('history', network, statement, {
    ...{ ...evidence, from: carried(earlier), work: `${earlier.cumulativeWork}` },
    inclusion: tree.inclusionProof(data, from).map(hex),
    consistency: from === 0 ? [] : tree.consistencyProof(data, from).map(hex),
  });
}

// ---- form (F1 to F4) ---------------------------------------------------------------------------

class Misshapen extends Error {}
const when = (holds, value) => {
  if (!holds) throw new Misshapen();
  return value;
};
const text = (pattern) => (value) => when(typeof value === 'string' && pattern.test(value), value);
const bytes = (size) => text(new RegExp(`^[0-9a-f]{${2 * size}}$`));
const natural = (value) => when(Number.isInteger(value) && value >= 0 && value <= U32_MAX, value);
const list = (max, item) => (value) =>
  when(Array.isArray(value) && value.length <= max, value).map(item);
const object = (keys) => (value) => {
  when(typeof value === 'object' && value !== null && !Array.isArray(value));
  return Object.fromEntries(Object.entries(keys).map(([key, form]) => [key, form(value[key])]));
};
const amount = (value) =>
  when(text(/^(0|[1-9]\d*)(\.\d{0,7}[1-9])?$/)(value) && coins(value) !== undefined, value);
const prefixOf = (address) => address.slice(0, address.lastIndexOf('1'));
const addressForm = (value) =>
  when(addressFromText(prefixOf(text(/^[a-z]{1,16}1[0-9a-z]+$/)(value)), value), value);
const work = (value) => when(BigInt(text(/^(0|[1-9]\d{0,77})$/)(value)) < 2n ** 256n, value);

const [id, hash] = [bytes(32), bytes(32)];
const path = list(64, hash);
const block = { header: bytes(80), committed: bytes(104) };
const holding = { address: addressForm, balance: amount, nonce: natural };
const orNull = (form) => (value) => (value === null ? null : form(value));
const transactionForm = (value) => when(text(/^([0-9a-f]{2})*$/)(value).length <= 2 * 7_507, value);
const KINDS = {
  transaction: [
    { transaction: id, from: addressForm },
    { transaction: transactionForm, index: natural, path },
  ],
  account: [
    holding,
    {
      steps: list(160, object({ bit: natural, sibling: hash })),
      leaf: orNull(object(holding)),
    },
  ],
  history: [
    { from: object({ block: id, height: natural }) },
    { from: object(block), work, inclusion: path, consistency: path },
  ],
};

/** The object again, with known keys in their order only; throws Misshapen. */
function shape(value) {
  const kind = Object.hasOwn(KINDS, value.kind) ? value.kind : undefined;
  const [statement, evidence] = when(kind, KINDS[kind]);
  const genesis = object({ header: bytes(80), path });
  const shaped = object({
    format: text(/^/),
    kind: text(/^/),
    network: id,
    statement: object({ ...statement, block: id, height: natural, tip: id }),
    evidence: object({ genesis, ...block, above: list(2_000, bytes(80)), ...evidence }),
  })(value);
  for (const part of blocksOf(shaped)) when(committedOf(part).count > 0);
  return shaped;
}

const committedOf = ({ committed }) => {
  const reader = new Reader(unhex(committed));
  return {
    height: reader.int(4),
    count: reader.int(4),
    transactionsRoot: reader.take(32),
    accountsRoot: reader.take(32),
    historyRoot: reader.take(32),
  };
};
const blocksOf = ({ kind, evidence }) =>
  kind === 'history' ? [evidence, evidence.from] : [evidence];

const fail = (code, facts) => ({ code, ...(facts && { facts }) });

/** F1 to F4: `{file}` or `{refused}`. */
function read(given) {
  if (given.length > LENGTH_MAX) return { refused: fail('proof-too-large') };
  const line = given.endsWith('\n') ? given.slice(0, -1) : given;
  const refused = fail('proof-malformed', { size: given.length });
  try {
    const value = JSON.parse(line);
    const [, version] = /^cairn-proof\/([1-9]\d{0,8})$/.exec(value.format);
    if (Number(version) !== 1) {
      return { refused: fail('proof-version-unknown', { version: Number(version) }) };
    }
    const shaped = shape(value);
    const addresses = line.match(/"[a-z]{1,16}1q[0-9a-z]+"/g) ?? [];
    when(new Set(addresses.map((address) => prefixOf(address.slice(1, -1)))).size <= 1);
    return JSON.stringify(shaped) === line ? { file: shaped } : { refused };
  } catch (error) {
    if (error instanceof Misshapen || error instanceof SyntaxError) return { refused };
    if (error instanceof TypeError) return { refused };
    throw error;
  }
}

// ---- trees -------------------------------------------------------------------------------------

const leaf = (datum) => sha256(Buffer.from([0]), datum);
const node = (left, right) => sha256(Buffer.from([1]), left, right);
const half = (size) => 2 ** Math.floor(Math.log2(size - 1));

/** The root that a path leads to from a leaf, or undefined; walks down from the root. */
function includedRoot(hashed, index, size, hashes) {
  if (index >= size) return undefined;
  if (size === 1) return hashes.length === 0 ? hashed : undefined;
  if (hashes.length === 0) return undefined;
  const k = half(size);
  const sibling = hashes.at(-1);
  const rest = hashes.slice(0, -1);
  const isLeft = index < k;
  const below = isLeft
    ? includedRoot(hashed, index, k, rest)
    : includedRoot(hashed, index - k, size - k, rest);
  if (!below) return undefined;
  return isLeft ? node(below, sibling) : node(sibling, below);
}

const isIncluded = (datum, index, size, hashes, root) =>
  includedRoot(leaf(datum), index, size, hashes.map(unhex))?.equals(root) ?? false;

/** Both roots that a consistency proof leads to, or undefined. */
function grownRoots(from, to, hashes, known) {
  if (from === to) {
    if (known) return hashes.length === 0 ? [known, known] : undefined;
    return hashes.length === 1 ? [hashes[0], hashes[0]] : undefined;
  }
  if (hashes.length === 0) return undefined;
  const k = half(to);
  const sibling = hashes.at(-1);
  const rest = hashes.slice(0, -1);
  if (from <= k) {
    const below = grownRoots(from, k, rest, known);
    return below && [below[0], node(below[1], sibling)];
  }
  const below = grownRoots(from - k, to - k, rest, undefined);
  return below && [node(sibling, below[0]), node(sibling, below[1])];
}

// ---- verification (F5 to F20) ------------------------------------------------------------------

/** F1 to F20 for a reader who may name a `network` (the object) and a `trusted` header id. */
export function checkProof(given, reader = {}) {
  const { file: proof, refused } = read(given);
  if (refused) return refused;
  return (
    checkNetwork(proof, reader) ??
    checkBlocks(proof) ??
    checkHeaders(proof) ??
    checkTrust(proof, reader) ??
    checkGenesis(proof) ??
    CHECKS[proof.kind](proof)
  );
}

function checkNetwork({ kind, network, statement }, { network: own }) {
  if (!own) return undefined;
  if (network !== shown(own.id)) {
    return fail('proof-network-differs', { ours: shown(own.id), theirs: network });
  }
  if (kind === 'history') return undefined;
  const [ours, theirs] = [own.parameters.prefix, prefixOf(statement.address ?? statement.from)];
  return ours === theirs ? undefined : fail('proof-network-differs', { ours, theirs });
}

const idOf = (header) => shown(headerId(unhex(header)));

/** F6 to F8. */
function checkBlocks(proof) {
  const { statement } = proof;
  const stated = proof.kind === 'history' ? [statement, statement.from] : [statement];
  const parts = blocksOf(proof).map((part, i) => ({
    ...part,
    ...committedOf(part),
    stated: stated[i],
  }));
  for (const { header, stated } of parts) {
    if (idOf(header) !== stated.block) {
      return fail('proof-block-differs', { stated: stated.block, computed: idOf(header) });
    }
  }
  for (const { header, committed, stated } of parts) {
    const { commitment } = decodeHeader(unhex(header));
    if (!tagged('cairn/commitment', unhex(committed)).equals(commitment)) {
      return fail('proof-commitment-mismatch', { block: stated.block });
    }
  }
  for (const { height, stated } of parts) {
    if (height !== stated.height) {
      return fail('proof-height-differs', { stated: stated.height, committed: height });
    }
  }
  return undefined;
}

/** F9 to F11. */
function checkHeaders({ kind, statement, evidence }) {
  let last = statement.block;
  for (const [position, header] of evidence.above.entries()) {
    if (shown(decodeHeader(unhex(header)).parent) !== last) {
      return fail('proof-headers-not-linked', { position });
    }
    last = idOf(header);
  }
  if (last !== statement.tip) {
    return fail('proof-tip-differs', { stated: statement.tip, computed: last });
  }
  const judged = [[evidence.header, statement.height], ...evidence.above.map((one) => [one, 1])];
  if (kind === 'history') judged.push([evidence.from.header, statement.from.height]);
  for (const [header, height] of judged) {
    const inner = headerFault(unhex(header), height);
    if (inner) return fail('proof-header-invalid', { block: idOf(header), inner });
  }
  return undefined;
}

function headerFault(header, height) {
  const { version, bits } = decodeHeader(header);
  if (version !== 1) return 'header-version-unknown';
  if (canonicalTarget(bits) === undefined) return 'header-bits-malformed';
  return height === 0 || meets(headerId(header), bits) ? undefined : 'header-work-insufficient';
}

/** F12. */
function checkTrust({ statement, evidence }, { trusted }) {
  if (!trusted || [statement.block, ...evidence.above.map(idOf)].includes(trusted)) {
    return undefined;
  }
  return fail('proof-header-untrusted', { trusted });
}

/** F13. */
function checkGenesis({ network, statement, evidence }) {
  const header = unhex(evidence.genesis.header);
  const { bits } = decodeHeader(header);
  const { historyRoot, height } = committedOf(evidence);
  const known = idOf(evidence.genesis.header) === network && canonicalTarget(bits) !== undefined;
  const hashes = evidence.genesis.path;
  const holds =
    known &&
    (height === 0
      ? statement.block === network && hashes.length === 0
      : isIncluded(
          tree.historyDatum(headerId(header), workOf(bits)),
          ...[0, height, hashes, historyRoot],
        ));
  return holds ? undefined : fail('proof-genesis-mismatch');
}

const rawId = (text) => unhex(text).reverse();

const CHECKS = {
  transaction({ network, statement, evidence }) {
    const raw = unhex(evidence.transaction);
    const invalid = transactionFault(rawId(network), raw);
    if (invalid) return fail('proof-transaction-invalid', { inner: invalid });
    const { publicKey } = tx.decodeTransaction(raw);
    const txId = tx.transactionId(raw);
    const from = addressToText(prefixOf(statement.from), addressOf(publicKey));
    if (hex(txId) !== statement.transaction || from !== statement.from) {
      return fail('proof-transaction-differs');
    }
    const { count, transactionsRoot } = committedOf(evidence);
    const { index, path: hashes } = evidence;
    const holds = index > 0 && isIncluded(txId, index, count, hashes, transactionsRoot);
    return holds ? undefined : fail('proof-inclusion-invalid');
  },
  account({ statement, evidence }) {
    const address = addressFromText(prefixOf(statement.address), statement.address);
    const { accountsRoot } = committedOf(evidence);
    const steps = evidence.steps.map(({ bit, sibling }) => ({ bit, sibling: unhex(sibling) }));
    const shownLeaf = evidence.leaf && {
      ...evidence.leaf,
      address: addressFromText(prefixOf(evidence.leaf.address), evidence.leaf.address),
      balance: coins(evidence.leaf.balance),
    };
    const isNone = shownLeaf && shownLeaf.balance === 0n && shownLeaf.nonce === 0;
    const found = tree.readAccountProof(accountsRoot, address, { steps, leaf: shownLeaf });
    if (found === 'refused' || isNone) return fail('proof-account-invalid');
    const { balance, nonce } = found === 'present' ? evidence.leaf : { balance: '0', nonce: 0 };
    const holds = statement.balance === balance && statement.nonce === nonce;
    return holds ? undefined : fail('proof-account-differs');
  },
  history({ statement, evidence }) {
    const [from, height] = [statement.from.height, statement.height];
    if (from >= height) return fail('proof-order-wrong', { from, height });
    const { historyRoot } = committedOf(evidence);
    const datum = tree.historyDatum(rawId(statement.from.block), BigInt(evidence.work));
    if (!isIncluded(datum, from, height, evidence.inclusion, historyRoot)) {
      return fail('proof-inclusion-invalid');
    }
    const before = committedOf(evidence.from).historyRoot;
    const hashes = evidence.consistency.map(unhex);
    const roots = from === 0 ? undefined : grownRoots(from, height, hashes, before);
    const holds =
      from === 0
        ? hashes.length === 0
        : roots !== undefined && roots[0].equals(before) && roots[1].equals(historyRoot);
    return holds ? undefined : fail('proof-consistency-invalid');
  },
};

/** T1, T2, T7. */
function transactionFault(networkId, raw) {
  const refused = tx.checkTransaction({ id: networkId, parameters: { minimumOutput: 0n } }, raw);
  const counted = /^tx-(malformed|version-unknown|signature-invalid)$/;
  if (!refused) return undefined;
  if (counted.test(refused.code)) return refused.code;
  // T3 to T6 are no part of this: only the signature is left to judge.
  return tx.checkSignature({ id: networkId }, tx.decodeTransaction(raw))?.code;
}

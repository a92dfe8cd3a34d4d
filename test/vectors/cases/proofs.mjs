/** Owns: what stands in proofs.json, and the cases of the stage `proof`, on `easy` and `asert`. */
import { cat, hex, number, shown, u32, unhex } from '../reference/bytes.mjs';
import { addressFromText, addressToText, byName, sha256 } from '../reference/keys.mjs';
import { headerId, workOf } from '../reference/difficulty.mjs';
import { commitmentOf, createBlock, encodeHeader, mine } from '../reference/block.mjs';
import * as proofs from '../reference/proof-file.mjs';
import { accountOf, transactionId } from '../reference/transaction.mjs';
import { networks, pay } from './networks.mjs';

const { easy, asert, bare } = networks;
const absent = Buffer.alloc(20, 0xfe);
const textOf = (file) => JSON.stringify(file);
const { proveTransaction, proveAccount, proveHistory } = proofs;

const REQUESTS = [
  ['the only transaction', easy, proveTransaction, { height: 2, index: 1, headers: 3 }],
  ['the second of three', easy, proveTransaction, { height: 3, index: 2 }],
  ['the last of two, up to the tip', easy, proveTransaction, { height: 5, index: 2, headers: 99 }],
  ['an account', easy, proveAccount, { height: 13, address: byName.carol.address }],
  ['a sender', easy, proveAccount, { height: 7, address: byName.alice.address, headers: 2 }],
  ['no account', easy, proveAccount, { height: 13, address: absent }],
  ['an account of genesis', easy, proveAccount, { height: 0, address: byName.bob.address }],
  ['no account where there are none', bare, proveAccount, { height: 0, address: absent }],
  ['an account at height 1', asert, proveAccount, { height: 1, address: byName.carol.address }],
  ['growth by one', easy, proveHistory, { from: 4, height: 5 }],
  ['growth from an odd size', easy, proveHistory, { from: 7, height: 13 }],
  ['growth from a power of two', asert, proveHistory, { from: 8, height: 11, headers: 2 }],
  ['growth from genesis', asert, proveHistory, { from: 0, height: 13 }],
  ['growth from genesis to its child', easy, proveHistory, { from: 0, height: 1, headers: 1 }],
];

const workBetween = (chain, from, to) =>
  chain.slice(Math.max(from, 1), to + 1).reduce((sum, { bits }) => sum + workOf(bits), 0n);

function describe([name, network, make, request]) {
  const { chain } = network;
  const { height, headers = 0, index, address, from } = request;
  const file = make(network, chain, request);
  const text = textOf(file);
  const trusted = file.statement.tip;
  const refused = proofs.checkProof(text, { network, trusted });
  if (refused) throw new Error(`${name}: ${JSON.stringify(refused)}`);
  const top = Math.min(height + headers, chain.length - 1);
  const at = (block) => ({ id: shown(block.id), height: block.height });
  const account = address && accountOf(chain[height].accounts, address);
  return {
    ...{ name, network: network.name, kind: file.kind, trusted, text },
    proven: {
      ...{ block: at(chain[height]), tip: at(chain[top]) },
      work: number(workBetween(chain, height, top)),
      ...(index && {
        transaction: hex(transactionId(chain[height].transactions[index - 1].bytes)),
        index: index - 1,
      }),
      ...(address && {
        address: hex(address),
        account:
          account.balance > 0n ? { balance: `${account.balance}`, nonce: account.nonce } : null,
      }),
      ...(from !== undefined && {
        ...{ from: at(chain[from]), fromWork: number(chain[from].cumulativeWork) },
      }),
    },
  };
}

export const proofFiles = () => REQUESTS.map(describe);

// ---- faults ------------------------------------------------------------------------------------

const copy = (file) => structuredClone(file);
/** A file with some values of its statement and evidence replaced. */
const changed = (file, { statement = {}, evidence = {}, ...rest }) => ({
  ...{ ...copy(file), ...rest },
  statement: { ...copy(file).statement, ...statement },
  evidence: { ...copy(file).evidence, ...evidence },
});
const flipLast = (digits) => digits.slice(0, -1) + flip(digits.at(-1));
const flip = (digits) => (digits[0] === '0' ? '1' : '0') + digits.slice(1);

function proofCase(name, file, { reader, trusted } = {}) {
  const text = typeof file === 'string' ? file : textOf(file);
  const input = { text, ...(reader && { network: reader.name }), ...(trusted && { trusted }) };
  return { stage: 'proof', name: `proof: ${name}`, input };
}

const payment = proveTransaction(easy, easy.chain, { height: 3, index: 2, headers: 2 });
const account = proveAccount(easy, easy.chain, { height: 13, address: byName.carol.address });
const nobody = proveAccount(easy, easy.chain, { height: 13, address: absent });
const growth = proveHistory(easy, easy.chain, { from: 5, height: 11, headers: 1 });

/** A header that names these fields, mined on top of the block below the first of `above`. */
function headerOver(fields, enough = true) {
  const parent = easy.chain[2];
  const right = { version: 1, parent: parent.id, time: parent.time + 5, bits: 0x207fffff };
  const commitment = commitmentOf(easy.chain[3]);
  const minable = fields.bits === undefined;
  const whole = { ...right, commitment, ...fields };
  return minable ? mine(whole, enough).header : encodeHeader({ ...whole, nonce: 0 });
}

/** The payment under another header, which nothing is above. */
function underHeader(header) {
  const id = shown(headerId(header));
  const statement = { block: id, tip: id };
  return changed(payment, { statement, evidence: { header: hex(header), above: [] } });
}

/** A block whose stated fields are what a forger likes, with the work that they take. */
function forgedBlock(wrong) {
  const blocks = easy.chain.slice(0, 3);
  const time = blocks.at(-1).time + 5;
  const stand = { accountsRoot: Buffer.alloc(32, 1) };
  return createBlock(easy, blocks, { time, wrong: { ...stand, ...wrong } });
}

const onBlock = (file, block, evidence) => {
  const id = shown(block.id);
  const { height, count, transactionsRoot, accountsRoot, historyRoot } = block;
  const committed = hex(cat(u32(height), u32(count), transactionsRoot, accountsRoot, historyRoot));
  const head = { header: hex(block.header), committed, above: [] };
  const statement = { block: id, height, tip: id };
  return changed(file, { statement, evidence: { ...head, ...evidence } });
};

function formFaults() {
  const text = textOf(payment);
  const more = { ...payment, note: 'trust me' };
  const { statement, evidence, ...head } = payment;
  const upper = account.statement.address.toUpperCase();
  return [
    { ...proofCase('too long', ''), input: { text: '', size: 400_001 } },
    proofCase('empty', ''),
    proofCase('a list', '[]'),
    proofCase('nothing but a format', '{"format":"cairn-proof/1"}'),
    proofCase('another format', text.replace('cairn-proof/1', 'proof/1')),
    proofCase('another version', text.replace('cairn-proof/1', 'cairn-proof/2')),
    proofCase('version 2 alone', '{"format":"cairn-proof/2"}'),
    proofCase('version 01', text.replace('cairn-proof/1', 'cairn-proof/01')),
    proofCase('a space', text.replace(',', ', ')),
    proofCase('two line feeds', `${text}\n\n`),
    proofCase('a key too many', more),
    proofCase('a key twice', text.replace('{', '{"kind":"transaction",')),
    proofCase('keys in another order', { ...head, evidence, statement }),
    proofCase('an unknown kind', { ...payment, kind: 'block' }),
    proofCase("another kind's parts", { ...payment, kind: 'account' }),
    proofCase(
      'hex in upper case',
      text.replace(/"header":"[0-9a-f]+"/, (it) => it.toUpperCase()),
    ),
    proofCase(
      'a header one byte short',
      changed(payment, { evidence: { header: '00'.repeat(79) } }),
    ),
    proofCase('count 0', changed(payment, { evidence: { committed: '00'.repeat(104) } })),
    proofCase('a height below 0', changed(payment, { statement: { height: -1 } })),
    proofCase('a height as text', changed(payment, { statement: { height: '3' } })),
    proofCase('an index with a fraction', text.replace('"index":2', '"index":2.0')),
    proofCase(
      'a path too long',
      changed(payment, {
        evidence: { path: Array.from({ length: 65 }, () => payment.evidence.path[0]) },
      }),
    ),
    proofCase('an address in upper case', changed(account, { statement: { address: upper } })),
    proofCase(
      'an address with a typo',
      changed(account, {
        statement: {
          address: account.statement.address.replace(/.$/, (c) => (c === 'q' ? 'p' : 'q')),
        },
      }),
    ),
    proofCase(
      'addresses of two networks',
      changed(account, {
        evidence: { leaf: { ...account.evidence.leaf, address: nobodyText('asert') } },
      }),
    ),
    proofCase(
      'an amount of nine decimals',
      changed(account, {
        statement: { balance: '1.123456789' },
      }),
    ),
    proofCase(
      'an amount not in its shortest form',
      changed(account, {
        statement: { balance: `${account.statement.balance}0` },
      }),
    ),
    proofCase(
      'work with a leading zero',
      changed(growth, {
        evidence: { work: `0${growth.evidence.work}` },
      }),
    ),
    proofCase('work of 2^256', changed(growth, { evidence: { work: `${2n ** 256n}` } })),
  ];
}

const nobodyText = (name) =>
  proveAccount(networks[name], networks[name].chain, { height: 0, address: absent }).statement
    .address;

function headerFaults() {
  const [one, two] = payment.evidence.above;
  const other = easy.chain[4];
  const otherHeader = hex(other.header);
  const asertGenesis = hex(asert.chain[0].header);
  const [root, ...rest] = payment.evidence.genesis.path;
  return [
    proofCase('of another network', payment, { reader: asert }),
    proofCase(
      'an address of another prefix',
      changed(account, {
        statement: { address: prefixed(account.statement.address) },
        evidence: {
          leaf: { ...account.evidence.leaf, address: prefixed(account.evidence.leaf.address) },
        },
      }),
      { reader: easy },
    ),
    proofCase('another header', changed(payment, { evidence: { header: otherHeader } })),
    proofCase('another block', changed(payment, { statement: { block: shown(other.id) } })),
    proofCase(
      'history: another earlier header',
      changed(growth, {
        evidence: { from: { ...growth.evidence.from, header: otherHeader } },
      }),
    ),
    proofCase(
      'another count',
      changed(payment, {
        evidence: { committed: payment.evidence.committed.replace('0400', '0500') },
      }),
    ),
    proofCase(
      'another root',
      changed(payment, {
        evidence: { committed: flipLast(payment.evidence.committed) },
      }),
    ),
    proofCase(
      'history: fields of another block',
      changed(growth, {
        evidence: { from: { ...growth.evidence.from, committed: growth.evidence.committed } },
      }),
    ),
    proofCase('another height', changed(payment, { statement: { height: 4 } })),
    proofCase(
      'history: another earlier height',
      changed(growth, {
        statement: { from: { ...growth.statement.from, height: 6 } },
      }),
    ),
    proofCase('a gap above', changed(payment, { evidence: { above: [two] } })),
    proofCase(
      'headers above in another order',
      changed(payment, { evidence: { above: [two, one] } }),
    ),
    proofCase('a header above left out', changed(payment, { evidence: { above: [one] } })),
    proofCase('another tip', changed(payment, { statement: { tip: shown(other.id) } })),
    proofCase('header version 2', underHeader(headerOver({ version: 2 }))),
    proofCase('bits that are not canonical', underHeader(headerOver({ bits: 0x20800000 }))),
    proofCase('no work', underHeader(headerOver({}, false))),
    proofCase('a header above without work', withoutWorkAbove()),
    proofCase('a header that is not the trusted one', payment, {
      trusted: shown(easy.chain[2].id),
    }),
    proofCase('history: only the earlier header is trusted', growth, {
      trusted: growth.statement.from.block,
    }),
    proofCase(
      'a genesis header of another network',
      changed(payment, {
        evidence: { genesis: { ...payment.evidence.genesis, header: asertGenesis } },
      }),
    ),
    proofCase('another network id', { ...payment, network: shown(asert.id) }),
    proofCase('another genesis', {
      ...changed(payment, {
        evidence: { genesis: { ...payment.evidence.genesis, header: asertGenesis } },
      }),
      network: shown(asert.id),
    }),
    proofCase(
      'a shorter way to genesis',
      changed(payment, {
        evidence: { genesis: { ...payment.evidence.genesis, path: rest } },
      }),
    ),
    proofCase(
      'another way to genesis',
      changed(payment, {
        evidence: { genesis: { ...payment.evidence.genesis, path: [flip(root), ...rest] } },
      }),
    ),
    proofCase('a block that calls itself genesis', anotherGenesis()),
  ];
}

/** A block at height 0 that is not the genesis it names. */
function anotherGenesis() {
  const file = proveAccount(easy, easy.chain, { height: 0, address: absent });
  const block = forgedBlock({ height: 0 });
  return onBlock(file, block, { genesis: file.evidence.genesis });
}

/** An address of easy with the prefix of asert. */
const prefixed = (address) => addressToText('asert', addressFromText('easy', address));

function withoutWorkAbove() {
  const below = unhex(payment.evidence.header);
  const fields = { version: 1, parent: headerId(below), commitment: Buffer.alloc(32) };
  const { header } = mine({ ...fields, time: 1_790_000_100, bits: 0x207fffff }, false);
  const statement = { tip: shown(headerId(header)) };
  return changed(payment, { statement, evidence: { above: [hex(header)] } });
}

function transactionFaults() {
  const { transaction, path } = payment.evidence;
  const others = easy.chain[3].transactions.map(({ bytes }) => bytes);
  const foreign = pay(asert, 'bob', { nonce: 0, fee: 20_000n, to: [['alice', 100_000n]] });
  const stated = (bytes) => ({ transaction: hex(transactionId(bytes)) });
  const inner = cat(sha256(Buffer.from('left')), sha256(Buffer.from('right')));
  const forged = sha256(Buffer.from('another payment'));
  const [only] = easy.chain[2].transactions;
  return [
    proofCase('no transaction', changed(payment, { evidence: { transaction: '' } })),
    proofCase(
      'an inner node as transaction',
      changed(payment, { evidence: { transaction: hex(inner) } }),
    ),
    proofCase(
      'a signature changed',
      changed(payment, {
        evidence: { transaction: flipLast(transaction) },
      }),
    ),
    proofCase(
      'a payment on another network',
      changed(payment, {
        statement: stated(foreign),
        evidence: { transaction: hex(foreign) },
      }),
    ),
    proofCase('another id', changed(payment, { statement: { transaction: hex(forged) } })),
    proofCase(
      'another sender',
      changed(payment, {
        statement: { from: account.statement.address },
      }),
    ),
    proofCase(
      'another transaction of the block',
      changed(payment, {
        statement: { ...stated(others[0]) },
        evidence: { transaction: hex(others[0]) },
      }),
    ),
    ...[0, 1, 3, 4].map((index) =>
      proofCase(`index ${index}`, changed(payment, { evidence: { index } })),
    ),
    proofCase(
      'a sibling changed',
      changed(payment, { evidence: { path: [flip(path[0]), path[1]] } }),
    ),
    proofCase(
      'siblings in another order',
      changed(payment, { evidence: { path: path.toReversed() } }),
    ),
    proofCase('a sibling left out', changed(payment, { evidence: { path: path.slice(1) } })),
    proofCase('a sibling too many', changed(payment, { evidence: { path: [...path, path[0]] } })),
    proofCase(
      'index 0 in a block whose only leaf is the transaction',
      onBlock(
        proveTransaction(easy, easy.chain, { height: 2, index: 1 }),
        forgedBlock({
          count: 1,
          transactionsRoot: sha256(Buffer.from([0]), transactionId(only.bytes)),
        }),
        { index: 0, path: [], genesis: payment.evidence.genesis },
      ),
    ),
  ];
}

function accountFaults() {
  const { steps, leaf } = account.evidence;
  const [first, second, ...rest] = steps;
  const zeros = { balance: '0', nonce: 0 };
  const evidence = (changes) => changed(account, { evidence: changes });
  const other = proveAccount(easy, easy.chain, { height: 13, address: byName.alice.address });
  const ghost = { address: leaf.address, ...zeros };
  const ghostRoot = sha256(Buffer.from([0]), byName.carol.address, Buffer.alloc(12));
  const onForged = (accountsRoot, more) =>
    onBlock(changed(account, more), forgedBlock({ accountsRoot }), {
      ...{ genesis: payment.evidence.genesis, ...more.evidence },
    });
  return [
    proofCase(
      'a richer leaf',
      changed(account, {
        statement: { balance: '9999' },
        evidence: { leaf: { ...leaf, balance: '9999' } },
      }),
    ),
    proofCase('another nonce in the leaf', evidence({ leaf: { ...leaf, nonce: 7 } })),
    proofCase('no leaf', changed(account, { statement: zeros, evidence: { leaf: null } })),
    proofCase(
      'no leaf and no steps',
      changed(account, { statement: zeros, evidence: { leaf: null, steps: [] } }),
    ),
    proofCase(
      'steps under the root of no account',
      onForged(Buffer.alloc(32), {
        statement: zeros,
        evidence: { leaf: null, steps: [first] },
      }),
    ),
    proofCase(
      "absence on another one's path",
      changed(account, {
        statement: zeros,
        evidence: { steps: other.evidence.steps, leaf: other.evidence.leaf },
      }),
    ),
    proofCase('steps swapped', evidence({ steps: [second, first, ...rest] })),
    proofCase(
      'a bit changed',
      evidence({ steps: [{ ...first, bit: first.bit + 1 }, second, ...rest] }),
    ),
    proofCase(
      'a bit of 160',
      evidence({ steps: [...steps.slice(0, -1), { ...steps.at(-1), bit: 160 }] }),
    ),
    proofCase(
      'siblings swapped',
      evidence({
        steps: [
          { ...first, sibling: second.sibling },
          { ...second, sibling: first.sibling },
          ...rest,
        ],
      }),
    ),
    proofCase('a step left out', evidence({ steps: [second, ...rest] })),
    proofCase('a step twice', evidence({ steps: [first, first, second, ...rest] })),
    proofCase(
      'a leaf that does not exist',
      onForged(ghostRoot, {
        statement: zeros,
        evidence: { leaf: ghost, steps: [] },
      }),
    ),
    proofCase('a richer statement', changed(account, { statement: { balance: '9999' } })),
    proofCase('another nonce', changed(account, { statement: { nonce: 7 } })),
    proofCase(
      'absence with the queried address at the leaf',
      changed(account, { statement: zeros }),
    ),
    proofCase('presence of an absent account', changed(nobody, { statement: { balance: '1' } })),
  ];
}

/** A block at height 5 beside the chain: its history root is that of the chain's own block 5. */
function siblingOfFive() {
  const blocks = easy.chain.slice(0, 5);
  return createBlock(easy, blocks, { time: easy.chain[5].time + 1, extra: Buffer.from('beside') });
}

function historyFaults() {
  const { inclusion, consistency, work } = growth.evidence;
  const evidence = (changes) => changed(growth, { evidence: changes });
  const genesis = proveHistory(easy, easy.chain, { from: 0, height: 11 });
  const beside = siblingOfFive();
  const besideFile = proveHistory(
    easy,
    [...easy.chain.slice(0, 5), beside, ...easy.chain.slice(6)],
    {
      from: 5,
      height: 6,
    },
  );
  const onFive = proveHistory(easy, easy.chain, { from: 5, height: 6 });
  const sibling = changed(onFive, {
    statement: { from: besideFile.statement.from },
    evidence: { from: besideFile.evidence.from },
  });
  const backwards = proveHistory(easy, easy.chain, { from: 4, height: 5 });
  const later = proveHistory(easy, easy.chain, { from: 6, height: 11 });
  const turned = changed(backwards, {
    statement: { from: later.statement.from },
    evidence: { from: later.evidence.from },
  });
  return [
    proofCase('history: the later block comes first', turned),
    proofCase(
      'history: a block and itself',
      changed(backwards, {
        statement: { from: { block: backwards.statement.block, height: 5 } },
        evidence: {
          from: { header: backwards.evidence.header, committed: backwards.evidence.committed },
        },
      }),
    ),
    proofCase('history: a sibling of the ledger, with the same history', sibling),
    proofCase('history: more work', evidence({ work: `${BigInt(work) + 1n}` })),
    proofCase(
      'history: the inclusion of another',
      evidence({ inclusion: later.evidence.inclusion }),
    ),
    proofCase('history: an inclusion cut short', evidence({ inclusion: inclusion.slice(1) })),
    proofCase('history: no consistency', evidence({ consistency: [] })),
    proofCase(
      'history: the consistency of another',
      evidence({ consistency: later.evidence.consistency }),
    ),
    proofCase(
      'history: consistency in another order',
      evidence({ consistency: consistency.toReversed() }),
    ),
    proofCase(
      'history: a hash of consistency changed',
      evidence({
        consistency: [flip(consistency[0]), ...consistency.slice(1)],
      }),
    ),
    proofCase(
      'history: consistency with genesis is empty',
      changed(genesis, { evidence: { consistency } }),
    ),
  ];
}

export const proofFaults = () => [
  ...formFaults(),
  ...headerFaults(),
  ...transactionFaults(),
  ...accountFaults(),
  ...historyFaults(),
];

export const proofEdges = () => [
  proofCase('nothing is named', payment),
  proofCase('a line feed at the end', `${textOf(payment)}\n`),
  proofCase('the block is trusted', payment, { reader: easy, trusted: payment.statement.block }),
  proofCase('a header above is trusted', payment, { trusted: payment.statement.tip }),
];

/** A text shorter than `size` is padded with spaces. */
export const checkProofCase = ({ text, size = 0, network, trusted }) =>
  proofs.checkProof(text.padEnd(size), { network: network && networks[network], trusted });

/** Owns: the cases of the stage `proof` that all kinds share: the form, and headers (F1 to F13). */
import { hex, shown, unhex } from '../reference/bytes.mjs';
import { addressFromText, addressToText } from '../reference/keys.mjs';
import { headerId } from '../reference/difficulty.mjs';
import { commitmentOf, encodeHeader, mine } from '../reference/block.mjs';
import { checkProof, proveAccount } from '../reference/proof-file.mjs';
import * as making from './proof-making.mjs';
import { networks } from './networks.mjs';

const { easy, asert } = networks;
const { absent, account, changed, flip, flipLast, growth, payment, proofCase, textOf } = making;
const { forgedBlock, onBlock } = making;

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

export function formFaults() {
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

export function headerFaults() {
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

export const proofEdges = () => [
  proofCase('nothing is named', payment),
  proofCase('a line feed at the end', `${textOf(payment)}\n`),
  proofCase('the block is trusted', payment, { reader: easy, trusted: payment.statement.block }),
  proofCase('a header above is trusted', payment, { trusted: payment.statement.tip }),
];

/** A text shorter than `size` is padded with spaces. */
export const checkProofCase = ({ text, size = 0, network, trusted }) =>
  checkProof(text.padEnd(size), { network: network && networks[network], trusted });

/** Owns: right proofs that faults start from, and making wrong ones of them. */
import { cat, hex, shown, u32 } from '../reference/bytes.mjs';
import { byName } from '../reference/keys.mjs';
import { createBlock } from '../reference/block.mjs';
import { proveAccount, proveHistory, proveTransaction } from '../reference/proof-file.mjs';
import { networks } from './networks.mjs';

const { easy } = networks;

/** The 20 bytes of an address that nobody has. */
export const absent = Buffer.alloc(20, 0xfe);
export const textOf = (file) => JSON.stringify(file);

const copy = (file) => structuredClone(file);
/** A file with some values of its statement and evidence replaced. */
export const changed = (file, { statement = {}, evidence = {}, ...rest }) => ({
  ...{ ...copy(file), ...rest },
  statement: { ...copy(file).statement, ...statement },
  evidence: { ...copy(file).evidence, ...evidence },
});
export const flipLast = (digits) => digits.slice(0, -1) + flip(digits.at(-1));
export const flip = (digits) => (digits[0] === '0' ? '1' : '0') + digits.slice(1);

export function proofCase(name, file, { reader, trusted } = {}) {
  const text = typeof file === 'string' ? file : textOf(file);
  const input = { text, ...(reader && { network: reader.name }), ...(trusted && { trusted }) };
  return { stage: 'proof', name: `proof: ${name}`, input };
}

export const payment = proveTransaction(easy, easy.chain, { height: 3, index: 2, headers: 2 });
export const account = proveAccount(easy, easy.chain, {
  height: 13,
  address: byName.carol.address,
});
export const nobody = proveAccount(easy, easy.chain, { height: 13, address: absent });
export const growth = proveHistory(easy, easy.chain, { from: 5, height: 11, headers: 1 });

/** A block whose stated fields are what a forger likes, with the work that they take. */
export function forgedBlock(wrong) {
  const blocks = easy.chain.slice(0, 3);
  const time = blocks.at(-1).time + 5;
  const stand = { accountsRoot: Buffer.alloc(32, 1) };
  return createBlock(easy, blocks, { time, wrong: { ...stand, ...wrong } });
}

export const onBlock = (file, block, evidence) => {
  const id = shown(block.id);
  const { height, count, transactionsRoot, accountsRoot, historyRoot } = block;
  const committed = hex(cat(u32(height), u32(count), transactionsRoot, accountsRoot, historyRoot));
  const head = { header: hex(block.header), committed, above: [] };
  const statement = { block: id, height, tip: id };
  return changed(file, { statement, evidence: { ...head, ...evidence } });
};

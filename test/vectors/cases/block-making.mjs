/** Owns: what the cases of blocks share: making children of blocks of `easy`, right and wrong. */
import { cat, hex } from '../reference/bytes.mjs';
import * as block from '../reference/block.mjs';
import { byName } from '../reference/keys.mjs';
import { networks, pay } from './networks.mjs';

const { easy } = networks;
export const TIP = easy.chain.length - 1;
export const NOW = easy.parameters.time + 100;
export const known = (network, height = network.chain.length - 1) =>
  network.chain.slice(0, height + 1);

/** A child of the block at `height` of easy (its tip unless told). */
export const child = (content = {}, height = TIP) =>
  block.createBlock(easy, known(easy, height), { time: NOW, ...content });
export const hash = (n) => Buffer.alloc(32, n);

export const accounts = easy.chain[TIP].accounts;
export const nonceOf = (name) => accounts.get(hex(byName[name].address)).nonce;
export const from = (name, fields = {}) =>
  pay(easy, name, { nonce: nonceOf(name), fee: 7n, to: [['erin', 1_000n]], ...fields });
const stateless = { wrong: { accountsRoot: hash(1) } };
/** A block whose contextual statements do not matter here. */
export const loose = (content) => child({ ...stateless, ...content });
export const breakSignature = (bytes) =>
  cat(bytes.subarray(0, -1), Buffer.from([bytes.at(-1) ^ 1]));
export const edit = (bytes, at, change) =>
  cat(bytes.subarray(0, at), change, bytes.subarray(at + change.length));

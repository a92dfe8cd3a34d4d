/**
 * Owns: reading test/vectors as the types that its README describes, and the networks they speak
 * of. Does not own: running the cases of invalid.json and valid.json (kit/stages).
 */
import { readFileSync } from 'node:fs';
import { assert, required } from '../../src/core/base/assert.ts';
import { hexToBytes } from '../../src/core/base/bytes.ts';
import type { Address, Hash, TxId } from '../../src/core/base/types.ts';
import { parseAddressHex, parseTxId, toAmount, toHash } from '../../src/core/base/types.ts';
import type { Output } from '../../src/core/codec/transaction.ts';
import { parseGenesisFile } from '../../src/core/rules/genesis-file.ts';
import type { Network } from '../../src/core/rules/network.ts';
import { createNetwork } from '../../src/core/rules/network.ts';

export interface OutputVector {
  readonly address: string;
  readonly amount: string;
}

export interface AccountVector {
  readonly address: string;
  readonly balance: string;
  readonly nonce: number;
}

export interface BlockVector {
  readonly height: number;
  readonly id: string;
  readonly parent: string;
  readonly header: string;
  readonly bytes: string;
  readonly size: number;
  readonly time: number;
  readonly bits: string;
  readonly nonce: number;
  readonly commitment: string;
  readonly count: number;
  readonly transactionsRoot: string;
  readonly accountsRoot: string;
  readonly historyRoot: string;
  readonly coinbase: {
    readonly outputs: readonly OutputVector[];
    readonly extra: string;
    readonly id: string;
  };
  readonly transactions: readonly string[];
  readonly work: string;
  readonly cumulativeWork: string;
  readonly medianTime: number;
  readonly accounts: readonly AccountVector[];
}

export interface ChainVector {
  readonly network: string;
  readonly blocks: readonly BlockVector[];
}

function readVectorText(name: string): string {
  return readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8');
}

/** Reads a JSON file of test/vectors; the caller states its shape. */
export function readVectors(name: string): unknown {
  return JSON.parse(readVectorText(name));
}

/** Reads a CSV file as one record per row; a quoted cell may hold commas, no cell holds a quote. */
export function readCsvVectors<Column extends string>(name: string): Record<Column, string>[] {
  const [head, ...rows] = readVectorText(name).trim().split('\n');
  const columns = required(head, 'the file has a head').split(',') as Column[];
  return rows.map((row) => {
    const cells = Array.from(row.matchAll(/(?<=^|,)(?:"([^"]*)"|([^,]*))/g), (m) => m[1] ?? m[2]);
    assert(cells.length === columns.length, 'each row has every column');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i]])) as never;
  });
}

const { networks } = readVectors('genesis.json') as {
  networks: { name: string; parameters: object }[];
};
const created = new Map<string, Network>();

/** A network of genesis.json, by name. */
export function vectorNetwork(name: string): Network {
  const known = created.get(name);
  if (known !== undefined) return known;
  const vector = required(
    networks.find((entry) => entry.name === name),
    'the network is there',
  );
  const params = parseGenesisFile(JSON.stringify(vector.parameters));
  assert(params.ok, 'the network of a vector is valid');
  const network = createNetwork(params.value);
  created.set(name, network);
  return network;
}

/** The valid blocks of a network, from height 1 upwards. */
export function vectorBlocks(network: string): readonly BlockVector[] {
  const { chains } = readVectors('blocks.json') as { chains: ChainVector[] };
  return required(
    chains.find((chain) => chain.network === network),
    'the chain is there',
  ).blocks;
}

export function toAddress(hex: string): Address {
  return required(parseAddressHex(hex), 'the text is an address in hex');
}

export function toTxId(hex: string): TxId {
  return required(parseTxId(hex), 'the text is a transaction id');
}

export function hexToHash(hex: string): Hash {
  return toHash(hexToBytes(hex));
}

export function toOutput({ address, amount }: OutputVector): Output {
  return { address: toAddress(address), amount: toAmount(BigInt(amount)) };
}

/** Bits as vectors write them, 8 hex digits. */
export function bitsToText(bits: number): string {
  return bits.toString(16).padStart(8, '0');
}

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytesToHex } from '../../../../src/core/base/bytes.ts';
import { formatGenesisFile, parseGenesisFile } from '../../../../src/core/rules/genesis-file.ts';
import { createNetwork } from '../../../../src/core/rules/network.ts';
import { encodeParams } from '../../../../src/core/rules/params.ts';
import type { Params } from '../../../../src/core/rules/params.ts';

interface NetworkVector {
  readonly name: string;
  readonly parameters: object;
  readonly binary: string;
  readonly transactionsRoot: string;
  readonly accountsRoot: string;
  readonly historyRoot: string;
  readonly commitment: string;
  readonly header: string;
  readonly id: string;
  readonly work: string;
}

interface GenesisCase {
  readonly stage: string;
  readonly name: string;
  readonly input: { readonly text: string };
  readonly code: string;
  readonly facts?: object;
}

function readVectors(name: string): unknown {
  const url = new URL(`../../../vectors/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

function parse(text: string): Params {
  const parsed = parseGenesisFile(text);
  if (!parsed.ok) throw new Error(parsed.code);
  return parsed.value;
}

const { networks } = readVectors('genesis.json') as { networks: readonly NetworkVector[] };
const refused = (readVectors('invalid.json') as readonly GenesisCase[]).filter(isGenesis);
const accepted = (readVectors('valid.json') as readonly GenesisCase[]).filter(isGenesis);

function isGenesis({ stage }: GenesisCase): boolean {
  return stage === 'genesis';
}

describe('a genesis file (docs/protocol.md sections 4 and 10.6)', () => {
  test('the vectors are there', () => {
    expect([networks.length > 0, refused.length > 50, accepted.length > 3]).not.toContain(false);
  });

  test.each(refused)('refused: $name', ({ input, code, facts }) => {
    const parsed = parseGenesisFile(input.text);
    expect(parsed).toMatchObject({ ok: false, code, ...(facts && { facts }) });
  });

  test.each(accepted)('accepted: $name', ({ input }) => {
    expect(parseGenesisFile(input.text)).toMatchObject({ ok: true });
  });

  test.each(networks)('$name becomes the network of the vectors', (vector) => {
    const params = parse(JSON.stringify(vector.parameters));
    const { id, genesis } = createNetwork(params);
    const { header, committed } = genesis;
    expect({
      binary: bytesToHex(encodeParams(params)),
      header: bytesToHex(header.bytes),
      id,
      transactionsRoot: bytesToHex(committed.transactionsRoot),
      accountsRoot: bytesToHex(committed.accountsRoot),
      historyRoot: bytesToHex(committed.historyRoot),
      commitment: bytesToHex(header.commitment),
      work: genesis.work,
    }).toEqual({
      binary: vector.binary,
      header: vector.header,
      id: vector.id,
      transactionsRoot: vector.transactionsRoot,
      accountsRoot: vector.accountsRoot,
      historyRoot: vector.historyRoot,
      commitment: vector.commitment,
      work: BigInt(vector.work),
    });
  });

  test.each(networks)('$name is written so that it reads the same', ({ parameters }) => {
    const params = parse(JSON.stringify(parameters));
    const written = formatGenesisFile(params);
    expect(JSON.parse(written)).toEqual(parameters);
    expect(parse(written)).toEqual(params);
  });

  test('the project file is the network named dev', () => {
    const text = readFileSync(new URL('../../../../genesis.json', import.meta.url), 'utf8');
    expect(parse(text).name).toBe('dev');
    expect(createNetwork(parse(text)).id).toBe(networks.find(({ name }) => name === 'dev')?.id);
  });
});

/**
 * The API's own description against a real node: every method is called, and what comes back is
 * what the OpenRPC document says, by a reading of JSON Schema that knows nothing of the schemas.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeProcess } from '../../../src/api/node-process.ts';
import { startNodeProcess } from '../../../src/api/node-process.ts';
import { METHODS } from '../../../src/api/schemas/methods.ts';
import type { Client } from '../../../src/client/client.ts';
import { createClient } from '../../../src/client/client.ts';
import { DEV_ACCOUNTS, createDevSigner } from '../../../src/client/dev-accounts.ts';
import { createTransfer } from '../../../src/client/transfer.ts';
import type { JsonSchema } from '../../kit/json-schema.ts';
import { findSchemaFaults } from '../../kit/json-schema.ts';

interface OpenRpc {
  readonly openrpc: string;
  readonly methods: readonly {
    readonly name: string;
    readonly params: readonly {
      readonly name: string;
      readonly required: boolean;
      readonly schema: JsonSchema;
    }[];
    readonly result: { readonly schema: JsonSchema };
    readonly 'x-access': string;
  }[];
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

const genesisFile = fileURLToPath(new URL('../../../genesis.json', import.meta.url));
const [, bob, , , erin] = DEV_ACCOUNTS.map(({ address }) => address);

let folder: string;
let node: NodeProcess;
let client: Client;
let api: OpenRpc;
/** Parameters of one good call of every method, in an order that gives answers some content. */
let calls: readonly (readonly [string, Readonly<Record<string, unknown>>])[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-discover-'));
  node = await startNodeProcess({
    datadir: folder,
    genesisFile,
    rpcPort: 0,
    listen: undefined,
    peers: [],
    cut: [],
    lab: true,
    version: '0.0.0',
    log: () => undefined,
  });
  const cookie = readFileSync(join(folder, 'cookie'), 'utf8');
  client = createClient({ url: node.rpcUrl, cookie });
  api = (await client.call('rpc.discover', {})) as unknown as OpenRpc;
  const outputs = [{ to: bob!, amount: '1.5' }];
  const transfer = { outputs, memo: new TextEncoder().encode('héllo') };
  const { raw, transaction } = await createTransfer(client, createDevSigner('alice'), transfer);
  calls = [
    ['tx.submit', { raw }],
    ['mempool.get', {}],
    ['tx.get', { id: transaction.id }],
    ['mining.template', { to: erin }],
    ['mining.mine', { to: erin }],
    ['tx.get', { id: transaction.id }],
    ['tx.get', { id: '0'.repeat(64) }],
    ['tx.minimumFee', {}],
    ['block.get', { block: 0 }],
    ['block.get', { block: 1, raw: true }],
    ['block.list', {}],
    ['account.get', { address: bob }],
    ['account.history', { address: bob }],
    ['proof.transaction', { id: transaction.id }],
    ['proof.account', { address: bob }],
    ['proof.history', { from: 0 }],
    ['chain.tips', {}],
    ['chain.tree', {}],
    ['peers.add', { url: 'ws://127.0.0.1:1' }],
    ['peers.list', {}],
    ['mining.auto', { mode: 'off' }],
    ['events.list', { after: 0 }],
    ['node.status', {}],
    ['lab.cut', { endpoints: [] }],
    ['lab.delay', { delays: [] }],
    ['rpc.discover', {}],
    ['node.stop', {}],
  ];
});
afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

test('every method is described, with a sentence', () => {
  expect(api.openrpc).toMatch(/^1\.3\./);
  expect(api.methods.map(({ name }) => name).sort()).toEqual(Object.keys(METHODS).sort());
  for (const method of api.methods)
    expect(method).toMatchObject({ summary: expect.stringMatching(/\.$/) as string });
});

test('every reference leads to a schema, and every schema is referred to', () => {
  const text = JSON.stringify(api);
  const referred = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect([...new Set(referred)].sort()).toEqual(Object.keys(api.components.schemas).sort());
});

/** Those whose good call takes more than one node here; other tests make it. */
const ELSEWHERE = ['peers.drop', 'mining.submit', 'events.subscribe', 'events.unsubscribe'];

test('every answer of a real node is of the shape that is published', async () => {
  const called = new Set(calls.map(([name]) => name));
  const names = api.methods.map(({ name }) => name);
  expect(names.filter((name) => !called.has(name))).toEqual(ELSEWHERE);
  for (const [name, params] of calls) {
    const method = api.methods.find((one) => one.name === name)!;
    for (const { name: parameter, required, schema } of method.params) {
      if (params[parameter] === undefined)
        expect({ name, parameter, required }).toMatchObject({ required: false });
      else expect(findSchemaFaults(params[parameter], schema, api)).toEqual([]);
    }
    const result = await client.call(name as 'node.status', params as Record<string, never>);
    expect({ name, faults: findSchemaFaults(result, method.result.schema, api) }).toEqual({
      name,
      faults: [],
    });
  }
});

describe('the reading of schemas finds', () => {
  const faultsOf = (change: (status: Record<string, unknown>) => void): readonly string[] => {
    const status: Record<string, unknown> = {
      height: 1,
      id: 'a'.repeat(64),
      status: 'active',
      branchLength: 0,
      work: '12',
    };
    change(status);
    return findSchemaFaults(status, { $ref: '#/components/schemas/Tip' }, api);
  };

  test('nothing where all is well', () => {
    expect(faultsOf(() => undefined)).toEqual([]);
  });

  test.each<[string, (status: Record<string, unknown>) => void]>([
    ['a key that is missing', (tip) => delete tip['work']],
    ['a key too many', (tip) => (tip['more'] = 1)],
    ['a number for a text', (tip) => (tip['work'] = 12)],
    ['a text out of form', (tip) => (tip['id'] = 'A'.repeat(64))],
    ['a fraction', (tip) => (tip['height'] = 0.5)],
    ['a number out of range', (tip) => (tip['height'] = -1)],
    ['a word that is none of them', (tip) => (tip['status'] = 'best')],
    ['nothing at all', (tip) => (tip['work'] = null)],
  ])('%s', (_, change) => {
    expect(faultsOf(change)).toHaveLength(1);
  });
});

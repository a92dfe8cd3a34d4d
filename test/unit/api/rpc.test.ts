/** JSON-RPC 2.0 by the specification's own examples, and by the edges that they leave out. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RpcMethod } from '../../../src/api/rpc.ts';
import { createRpc } from '../../../src/api/rpc.ts';

interface Example {
  readonly name: string;
  readonly request: string;
  readonly response: string | null;
}

const url = new URL('../../vectors/public/jsonrpc_spec_examples.jsonl', import.meta.url);
const examples = readFileSync(url, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Example);

const number = z.number();
const ran: string[] = [];
const methods = new Map<string, RpcMethod<undefined>>([
  [
    'subtract',
    {
      params: { minuend: number, subtrahend: number },
      run: ({ minuend, subtrahend }) => Number(minuend) - Number(subtrahend),
    },
  ],
  [
    'sum',
    {
      params: { a: number, b: number, c: number },
      run: ({ a, b, c }) => Number(a) + Number(b) + Number(c),
    },
  ],
  ['get_data', { params: {}, run: () => ['hello', 5] }],
  ['note', { params: { text: z.string() }, run: ({ text }) => ran.push(String(text)) }],
  [
    'crash',
    {
      params: {},
      run: () => {
        throw new Error('secret detail');
      },
    },
  ],
]);
const crashes: string[] = [];
const rpc = createRpc(methods, (method) => void crashes.push(method));

interface Spoken {
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly data?: { readonly code: string } };
}

async function ask(text: string): Promise<Spoken> {
  return JSON.parse(JSON.stringify(await rpc.answer(text, undefined))) as Spoken;
}

/** The examples know no `data`; everything else must be equal. */
function withoutData(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer ?? null, (key, value: unknown) => (key === 'data' ? undefined : value)),
  );
}

describe('the examples of the specification', () => {
  test.each(examples)('$name', async ({ request, response }) => {
    const answer = withoutData(await rpc.answer(request, undefined));
    expect(answer).toEqual(response === null ? null : JSON.parse(response));
  });
});

const call = (more: string): string => `{"jsonrpc":"2.0","method":"get_data",${more}}`;

describe('ids', () => {
  test.each(['"1"', '""', '0', '-7', '1.5', 'null', '9007199254740991', '"\\u0000é"'])(
    '%s is echoed exactly',
    async (id) => {
      expect(await ask(call(`"id":${id}`))).toMatchObject({ id: JSON.parse(id) as unknown });
    },
  );

  test.each(['true', '[]', '{}', '1e400', '9007199254740993', '-1e30'])(
    '%s is no id: the request is invalid, the answer says null',
    async (id) => {
      const answer = await ask(call(`"id":${id}`));
      expect(answer).toMatchObject({ id: null, error: { code: -32600 } });
    },
  );
});

describe('requests', () => {
  test.each([
    ['null', -32600],
    ['5', -32600],
    ['"x"', -32600],
    ['{}', -32600],
    ['{"method":"get_data","id":1}', -32600],
    ['{"jsonrpc":2.0,"method":"get_data","id":1}', -32600],
    ['{"jsonrpc":"1.0","method":"get_data","id":1}', -32600],
    [call('"id":1,"params":null'), -32600],
    [call('"id":1,"params":"x"'), -32600],
    [call('"id":1,"id":2'), -32600],
    ['['.repeat(100_000) + ']'.repeat(100_000), -32600],
    ['['.repeat(100_000), -32700],
    ['', -32700],
    ['\u0000', -32700],
  ])('%.60s is answered by %d', async (text, code) => {
    expect((await ask(text)).error?.code).toBe(code);
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'rpc.discover'])(
    'a method named %s does not exist',
    async (name) => {
      const answer = await ask(`{"jsonrpc":"2.0","method":"${name}","id":1}`);
      expect(answer.error).toMatchObject({ code: -32601, data: { code: 'method-unknown' } });
    },
  );

  test('a batch has at most 50 requests, and one of one is answered by a list', async () => {
    const batch = (size: number): string => `[${Array(size).fill(call('"id":1')).join()}]`;
    expect(await ask(batch(50))).toHaveLength(50);
    expect(await ask(batch(1))).toHaveLength(1);
    expect(await ask(batch(51))).toMatchObject({ id: null, error: { code: -32600 } });
  });

  test('a notification runs and is never answered, not even with an error', async () => {
    const note = (params: string): string => `{"jsonrpc":"2.0","method":"note","params":${params}}`;
    expect(await rpc.answer(note('["heard"]'), undefined)).toBeUndefined();
    expect(await rpc.answer(note('[5]'), undefined)).toBeUndefined();
    expect(ran).toEqual(['heard']);
  });
});

describe('parameters', () => {
  const subtract = (params: string): Promise<Spoken> =>
    ask(`{"jsonrpc":"2.0","method":"subtract","id":1,"params":${params}}`);

  test.each([
    ...['[1]', '[1,2,3]', '{}', '{"minuend":1}', '{"minuend":"1","subtrahend":2}', '[null,1]'],
    ...['{"minuend":1,"subtrahend":2,"more":3}', '{"minuend":1e400,"subtrahend":2}'],
    ...['{"minuend":1,"subtrahend":2,"__proto__":{"x":1}}', '[[1],2]', '[{"a":1},2]'],
  ])('%s are refused', async (params) => {
    const { error } = await subtract(params);
    expect(error).toMatchObject({ code: -32602, data: { code: 'params-invalid' } });
  });

  test('pollute nothing', async () => {
    await subtract('{"minuend":1,"subtrahend":2,"__proto__":{"polluted":1}}');
    await subtract('{"minuend":1,"subtrahend":2,"constructor":{"prototype":{"polluted":1}}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

test('a crash is told to the log, not to the caller', async () => {
  const answer = await ask('{"jsonrpc":"2.0","method":"crash","id":1}');
  expect(answer.error).toMatchObject({ code: -32603, data: { code: 'internal-error' } });
  expect(JSON.stringify(answer)).not.toContain('secret');
  expect(crashes).toEqual(['crash']);
});

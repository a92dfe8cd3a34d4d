/**
 * Owns: `cairn rpc`: any method of a node, its parameters typed by the node's own description.
 * Does not own: the methods (the node).
 */
import type { Client } from '../../src/client/client.ts';
import type { Command, Context } from '../command.ts';
import { usageError } from '../errors.ts';
import { showTable } from '../format.ts';
import { suggest } from '../suggestions.ts';
import { resolveTarget } from '../target.ts';

interface RpcArguments {
  readonly method?: string;
  readonly params?: readonly string[];
  readonly list?: boolean;
}

/** What is used of the OpenRPC document. */
interface Description {
  readonly methods: readonly MethodDescription[];
}

interface MethodDescription {
  readonly name: string;
  readonly summary: string;
  readonly params: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
}

export const rpc: Command<RpcArguments> = {
  options: { list: { kind: 'flag', summary: 'the methods of the node' } },

  async run(context, { method: name, params = [], list = false }) {
    const { client } = resolveTarget(context);
    const { methods } = (await client.call('rpc.discover', {})) as unknown as Description;
    if (list || name === undefined) {
      showMethods(context, methods);
      return undefined;
    }
    const method = methods.find((known) => known.name === name);
    if (method === undefined) throw unknownMethod(name, methods);
    const result = await callAny(client, method.name, readParams(method, params));
    context.output.answer(result, () => JSON.stringify(result, null, 2).split('\n'));
    return undefined;
  },
};

/** The node's own description stands for the types of this release. */
function callAny(client: Client, method: string, params: object): Promise<object> {
  return client.call(method as 'node.status', params as Record<string, never>);
}

function showMethods({ output }: Context, methods: readonly MethodDescription[]): void {
  const rows = methods.map((method) => [usageOf(method), method.summary]);
  output.answer({ methods }, () => showTable(rows));
}

function usageOf({ name, params }: MethodDescription): string {
  const shown = params.map((param) => (param.required ? `${param.name}=` : `[${param.name}=]`));
  return [name, ...shown].join(' ');
}

function unknownMethod(name: string, methods: readonly MethodDescription[]): Error {
  const known = methods.map((method) => method.name);
  const meant = suggest(name, known);
  const question = meant === undefined ? '' : `; did you mean ${meant}?`;
  return usageError(`the node has no method "${name}"${question}`, 'cairn rpc --list');
}

function readParams(method: MethodDescription, words: readonly string[]): object {
  const read = words.map((word): [string, unknown] => {
    const [, name = '', text = ''] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    const param = method.params.find((known) => known.name === name);
    if (param === undefined) {
      throw usageError(
        `"${word}" is no parameter of ${method.name}`,
        `cairn rpc ${usageOf(method)}`,
      );
    }
    return [name, readValue(text, typesOf(param.schema))];
  });
  return Object.fromEntries(read);
}

function typesOf({ type = [], anyOf = [] }: Schema): readonly string[] {
  return [...[type].flat(), ...anyOf.flatMap(typesOf)];
}

/** JSON where the schema takes what it says, a list by its commas, else the text itself. */
function readValue(text: string, types: readonly string[]): unknown {
  const value = parseJson(text);
  if (types.includes('array'))
    return Array.isArray(value) ? value : text.split(',').filter(Boolean);
  const isNumber = types.includes('integer') || types.includes('number');
  if (isNumber && typeof value === 'number' && Number.isSafeInteger(Math.trunc(value)))
    return value;
  if (types.includes('boolean') && typeof value === 'boolean') return value;
  return types.includes('object') && typeof value === 'object' ? value : text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

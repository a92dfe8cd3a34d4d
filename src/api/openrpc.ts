/**
 * Owns: the API described as an OpenRPC 1.3 document, made from the schemas that calls are checked
 * by.
 * Does not own: the schemas (schemas/methods).
 */
import type { z } from 'zod';
import type { RejectCode } from '../core/base/rejects.ts';
import { REJECT_KINDS } from '../core/base/rejects.ts';
import { rejectTemplate } from './reject-text.ts';
import { RPC_NUMBERS } from './rpc-error.ts';
import { API_ERROR_CODES } from './schemas/error-codes.ts';
import { errorData, eventNotice } from './schemas/answers.ts';
import type { JsonSchema, SharedSchemas } from './schemas/json-schema.ts';
import { sortedParts, toJsonSchema } from './schemas/json-schema.ts';
import type { MethodName } from './schemas/methods.ts';
import { METHODS, methodNames } from './schemas/methods.ts';

const OPENRPC_VERSION = '1.3.2';
const PLACE = '#/components/schemas/';

type Described = Readonly<Record<string, unknown>>;

const COOKIE_NOTE =
  'Needs the header "Authorization: Bearer" with the content of the file `cookie` in the ' +
  'data folder of the node.';

/** Describes the methods of a node; those of the lab only where it has them. */
export function describeApi(about: {
  readonly version: string;
  readonly lab: boolean;
  readonly rpcUrl: string;
}): Described {
  const shared: SharedSchemas = { place: PLACE, byName: new Map() };
  const methods = methodNames(about.lab).map((name) => describeMethod(name, shared));
  const failure = toJsonSchema(errorData, 'answered', shared);
  const notice = toJsonSchema(eventNotice, 'answered', shared);
  return {
    openrpc: OPENRPC_VERSION,
    info: {
      title: 'Cairn node',
      version: about.version,
      description: DESCRIPTION,
      license: { name: 'MIT' },
    },
    servers: [
      { name: 'http', url: `${about.rpcUrl}/rpc` },
      { name: 'socket', url: `${about.rpcUrl.replace(/^http/, 'ws')}/ws` },
    ],
    methods,
    components: {
      schemas: sortedParts(shared),
      errors: describeErrors(failure),
    },
    'x-error-codes': { ...API_ERROR_CODES, ...describeRejects() },
    'x-notifications': [{ name: 'event', params: notice, transport: 'socket' }],
  };
}

const DESCRIPTION =
  'JSON-RPC 2.0 by POST to /rpc or over a WebSocket on /ws; parameters by name or by position; ' +
  'batches of up to 50. Amounts are decimal strings of coins, work and difficulty decimal ' +
  'strings, bits 8 hex digits, ids and bytes lower-case hex, addresses bech32m text, times ' +
  'seconds since 1970 unless the name says otherwise. Every error carries `data` with a stable ' +
  'code, a sentence, often a hint, and the facts behind it.';

function describeMethod(name: MethodName, shared: SharedSchemas): Described {
  const { summary, access, params, result } = METHODS[name];
  const schemas: Readonly<Record<string, z.ZodType>> = params;
  return {
    name,
    summary,
    ...(access !== 'open' && { description: COOKIE_NOTE }),
    paramStructure: 'either',
    params: Object.entries(schemas).map(([param, schema]) => ({
      name: param,
      required: !schema.safeParse(undefined).success,
      ...(schema.description !== undefined && { description: schema.description }),
      schema: toJsonSchema(schema, 'given', shared),
    })),
    result: { name: 'result', schema: toJsonSchema(result, 'answered', shared) },
    errors: access === 'open' ? [] : [{ $ref: '#/components/errors/notAllowed' }],
    'x-access': access,
  };
}

function describeErrors(data: JsonSchema): Described {
  const messages: Readonly<Record<keyof typeof RPC_NUMBERS, string>> = {
    parseError: 'Parse error',
    invalidRequest: 'Invalid Request',
    methodUnknown: 'Method not found',
    paramsInvalid: 'The parameters do not fit the method',
    internal: 'The node failed to answer',
    rejected: 'Refused by the rules or the state of the node: see data.code',
    notAllowed: 'The call needs the cookie of the node',
  };
  const entries = Object.entries(messages) as [keyof typeof RPC_NUMBERS, string][];
  return Object.fromEntries(
    entries.map(([name, message]) => [name, { code: RPC_NUMBERS[name], message, data }]),
  );
}

/** The verdicts of the rules: docs/protocol.md section 12. */
function describeRejects(): Described {
  const codes = Object.keys(REJECT_KINDS) as RejectCode[];
  return Object.fromEntries(codes.map((code) => [code, rejectTemplate(code)]));
}

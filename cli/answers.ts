/**
 * Owns: the schema of what each command answers with `--json`: published in docs, held by tests.
 * Does not own: the answers (commands/*), or those that are the node's (api schemas).
 */
import { z } from 'zod';
import * as api from '../src/api/schemas/answers.ts';
import { address, coins, height, hex, id, seconds, whole } from '../src/api/schemas/fields.ts';
import type { SharedSchemas } from '../src/api/schemas/json-schema.ts';
import { sortedParts, toJsonSchema } from '../src/api/schemas/json-schema.ts';
import { METHODS } from '../src/api/schemas/methods.ts';

const path = z.string();
const url = z.string();
const nodeId = z.int().min(1);
const links = z.array(z.tuple([nodeId, nodeId]));
const sides = z.array(z.array(nodeId));

const changedNodes = z.strictObject({
  nodes: z.array(
    z.strictObject({
      id: nodeId,
      changed: z.boolean(),
      state: z.enum(['running', 'stopped']),
      height: height.optional(),
    }),
  ),
});

const followed = {
  block: api.blockRef.nullable(),
  confirmations: whole,
  reorganisedOut: z
    .array(api.blockRef)
    .optional()
    .describe('with --wait: blocks that confirmed it and were reorganised out'),
};

const sent = z
  .strictObject({
    id,
    amount: coins,
    fee: coins,
    status: z.enum(['pending', 'waiting', 'confirmed', 'unsent']),
    ...followed,
    nonce: whole.optional().describe('with --dry-run'),
    raw: hex().optional().describe('with --dry-run'),
  })
  .meta({ id: 'Sent' });

const wallet = z
  .strictObject({
    name: z.string(),
    address: z.string().describe('of its first account'),
    file: path,
    createdAt: seconds,
    hasPassphrase: z.boolean(),
    accounts: z.array(
      z.strictObject({ name: z.string(), address, index: whole, path: z.string() }),
    ),
  })
  .meta({ id: 'Wallet' });

const payment = {
  id: id.nullable().describe('null until it is signed'),
  from: address,
  nonce: whole,
  fee: coins,
  outputs: z.array(z.strictObject({ address, amount: coins })),
  memo: z.string(),
  memoHex: hex(),
  size: whole,
  networkId: id,
};

const miningMode = api.miningMode;
const heightOrId = { height: height.nullable(), tip: id.nullable() };

/** By the words of the command. */
export const CLI_ANSWERS: Readonly<Record<string, z.ZodType>> = {
  up: z.strictObject({
    network: z.string(),
    networkId: id,
    explorer: url,
    nodes: z.array(
      z.strictObject({
        id: nodeId,
        rpc: url,
        p2p: url,
        height: height.nullable(),
        peers: whole,
        pid: whole.nullable(),
        datadir: path,
      }),
    ),
    accounts: z.array(z.strictObject({ name: z.string(), address, balance: coins })),
  }),
  down: z.strictObject({ network: z.string(), stopped: z.array(nodeId), wiped: z.boolean() }),
  ps: z.strictObject({
    networks: z.array(
      z.strictObject({
        name: z.string(),
        folder: path,
        topology: z.string(),
        explorer: url.nullable(),
        mining: z.string(),
        split: sides.nullable(),
        delays: z.array(z.strictObject({ link: z.tuple([nodeId, nodeId]), delayMs: whole })),
        nodes: z.array(
          z.strictObject({
            id: nodeId,
            state: z.enum(['running', 'stopped']),
            rpc: url,
            p2p: url,
            ...heightOrId,
            peers: whole,
            pid: whole.nullable(),
          }),
        ),
      }),
    ),
  }),
  split: z.strictObject({ groups: sides, links, miningPaused: z.boolean() }),
  heal: z.strictObject({
    links,
    agreed: z.boolean(),
    miningResumed: z.boolean(),
    reorganised: z.array(
      z.strictObject({
        node: nodeId,
        tip: id,
        height,
        disconnected: whole,
        connected: whole,
        returned: whole,
        elapsedMs: z.number(),
      }),
    ),
  }),
  delay: z.strictObject({ link: z.tuple([nodeId, nodeId]), delayMs: whole }),
  doctor: z.strictObject({
    healthy: z.boolean(),
    network: z.string().nullable(),
    nodes: z.array(
      z.strictObject({
        node: z.union([nodeId, url]),
        state: z.enum(['running', 'stopped', 'silent']),
        ...heightOrId,
      }),
    ),
    findings: z.array(
      z.strictObject({
        code: z.string(),
        nodes: z.array(z.union([nodeId, url])).describe('none: the whole network'),
        message: z.string(),
        fix: z.string().describe('the command that fixes it'),
      }),
    ),
  }),
  config: z.strictObject({
    settings: z.array(z.strictObject({ name: z.string(), value: z.string(), source: z.string() })),
  }),
  tree: z.strictObject({
    split: sides.nullable(),
    tips: z.array(
      z.strictObject({
        height,
        id,
        status: z.enum(['active', 'fork', 'headers', 'invalid']),
        branchLength: whole.optional(),
        work: z.string(),
        nodes: z.array(nodeId),
      }),
    ),
  }),
  explorer: z.strictObject({ url }),
  start: changedNodes,
  stop: changedNodes,
  restart: changedNodes,
  kill: changedNodes,
  'node status': z.looseObject({
    state: z.literal('running'),
    height,
    tip: id,
    pid: whole,
    datadir: path,
  }),
  'node stop': z.strictObject({ state: z.literal('stopped'), pid: whole, datadir: path }),
  'node verify': z.strictObject({
    ok: z.literal(true),
    datadir: path,
    records: whole,
    bytes: whole,
    deep: z
      .strictObject({ height, blocks: whole, transactions: whole, accounts: whole })
      .nullable(),
  }),
  'node reindex': z.strictObject({
    height,
    tip: id,
    blocks: whole,
    kept: path.nullable(),
    datadir: path,
  }),
  'genesis new': z.strictObject({
    file: path,
    name: z.string(),
    networkId: id,
    hashRate: z.number().nullable(),
    difficulty: z.string(),
    intervalSeconds: z.number(),
  }),
  'genesis show': z.strictObject({
    file: path,
    networkId: id,
    difficulty: z.string(),
    parameters: z.looseObject({}).describe('the file'),
  }),
  peers: METHODS['peers.list'].result,
  'peers add': z.strictObject({ url }),
  'peers drop': z.strictObject({ id: whole }),
  send: sent,
  faucet: sent,
  account: api.account,
  'tx show': api.transaction,
  'tx build': z.strictObject({ ...payment, digest: hex(), unsigned: hex() }),
  'tx sign': z.strictObject({ ...payment, raw: hex() }),
  'tx decode': z.strictObject({
    ...payment,
    signed: z.boolean(),
    signatureValid: z.boolean(),
    raw: hex(),
  }),
  'tx push': z.strictObject({ id, status: z.string(), ...followed }),
  mempool: api.mempool,
  'wallet new': wallet,
  'wallet restore': wallet,
  'wallet show': wallet,
  'wallet list': z.strictObject({
    wallets: z.array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(['wallet', 'dev']),
        address: address.nullable(),
        accounts: whole,
        file: path.nullable(),
        problem: z.string().nullable().describe('the code of what is wrong with the file'),
      }),
    ),
  }),
  'wallet balance': z.strictObject({
    name: z.string(),
    balance: coins,
    pending: z.strictObject({ balance: coins }),
    accounts: z.array(z.looseObject({ name: z.string(), address, balance: coins })),
  }),
  'wallet history': z.strictObject({
    name: z.string(),
    more: z.boolean().describe('whether older ones are there'),
    entries: z.array(z.looseObject({ account: z.string(), id: id.nullable(), change: z.string() })),
  }),
  'wallet address': z.strictObject({ name: z.string(), address }),
  'wallet export': z.strictObject({ name: z.string(), mnemonic: z.string(), accounts: whole }),
  'wallet passwd': z.strictObject({
    name: z.string(),
    file: path,
    hasPassphrase: z.boolean(),
    previous: path,
  }),
  'wallet remove': z.strictObject({ name: z.string(), removed: z.literal(true) }),
  mine: z.strictObject({
    blocks: z.array(api.blockRef),
    to: address,
    hashes: whole,
    seconds: z.number(),
  }),
  'mine auto': z.union([
    z.strictObject({ network: z.string(), mode: miningMode, paused: z.boolean() }),
    z.strictObject({ node: z.string(), mode: miningMode, to: address.nullable() }),
  ]),
  chain: z.strictObject({
    height,
    tip: id,
    work: z.string(),
    networkId: id,
    accountsRoot: hex(),
    difficulty: z.string(),
    mempool: z.strictObject({ count: whole, bytes: whole }),
    peers: whole,
    network: z.string(),
    syncing: z.strictObject({ height, target: height }).nullable(),
    reorganising: z.boolean(),
    mining: z.strictObject({ mode: miningMode, to: address.nullable(), hashRate: z.number() }),
  }),
  'chain tips': METHODS['chain.tips'].result,
  block: api.block,
  watch: z.union([
    api.event,
    z
      .strictObject({ number: z.null(), timeMs: z.null(), topic: z.literal('gap'), data: api.gap })
      .describe('events are lost: see Gap'),
  ]),
  rpc: z.looseObject({}).describe('what the method answers'),
  'prove tx': METHODS['proof.transaction'].result,
  'prove account': METHODS['proof.account'].result,
  'prove history': METHODS['proof.history'].result,
  verify: z.looseObject({
    valid: z.literal(true),
    kind: z.string(),
    proves: z.array(z.string()),
    doesNotProve: z.array(z.string()),
  }),
};

/** Commands that answer nothing of their own: lines of logs, and what only runs. */
export const SILENT_COMMANDS: readonly string[] = [
  'logs',
  'node start',
  'lab-process',
  'completion',
];

/** The one object that a failure puts on stderr. */
export const CLI_ERROR: z.ZodType = z
  .strictObject({
    error: z.strictObject({
      code: z.string().describe('stable and kebab-case'),
      message: z.string(),
      hint: z.string().nullable().describe('the next step'),
      data: z.record(z.string(), z.unknown()),
    }),
  })
  .meta({ id: 'Failure' });

/** All of it as one JSON Schema document: `commands` by their words. */
export function describeAnswers(version: string): object {
  const shared: SharedSchemas = { place: '#/$defs/', byName: new Map() };
  const commands = Object.entries(CLI_ANSWERS).map(([words, schema]) => [
    words,
    toJsonSchema(schema, 'answered', shared),
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `What cairn ${version} answers with --json`,
    description:
      'On stdout, by command; watch answers one a line. A failure is one object on stderr. ' +
      '--json=a,b answers these fields only.',
    commands: Object.fromEntries(commands) as object,
    failure: toJsonSchema(CLI_ERROR, 'answered', shared),
    $defs: sortedParts(shared),
  };
}

/**
 * Owns: the schemas of what methods answer: the shapes of schemas/results, published and checked.
 * Does not own: which method answers what (schemas/methods).
 */
import { z } from 'zod';
import type * as events from './events.ts';
import { TOPICS } from './events.ts';
import { address, bits, coins, height, hex, id, place, seconds, whole, work } from './fields.ts';
import type * as results from './results.ts';

const blockRefShape = { height, id };
const output: z.ZodType<results.OutputJson> = z
  .strictObject({ address, amount: coins })
  .meta({ id: 'Output' });

export const done: z.ZodType<Readonly<Record<string, never>>> = z.strictObject({});

export const blockRef: z.ZodType<results.BlockRefJson> = z
  .strictObject(blockRefShape)
  .meta({ id: 'BlockRef' });

export const miningMode: z.ZodType<results.MiningMode> = z.enum([
  'off',
  'on-tx',
  'continuous',
  'interval',
]);

export const status: z.ZodType<results.StatusJson> = z
  .strictObject({
    version: z.string(),
    agent: z.string(),
    network: z.string(),
    networkId: id,
    prefix: z.string().describe("the human-readable part of the network's addresses"),
    height,
    tip: id,
    work: work.describe('cumulative, of the connected chain'),
    accountsRoot: hex(),
    difficulty: work.describe("expected hashes for one block at the tip's bits"),
    bits,
    mempool: z.strictObject({
      count: whole,
      bytes: whole,
      minimumFee: coins.describe('for a simple transfer: one output, no memo'),
    }),
    peers: whole,
    syncing: z.strictObject({ height, target: height }).nullable(),
    reorganising: z.boolean(),
    mining: z.strictObject({
      mode: miningMode,
      to: address.nullable(),
      hashRate: z.number().min(0).describe('hashes per second now'),
    }),
    pid: whole,
    p2p: z.string().nullable().describe('where peers connect'),
    rpc: z.string(),
    datadir: z.string(),
    startedAt: seconds,
    time: seconds,
    minimumOutput: coins,
    maxFutureSeconds: whole,
    spacingSeconds: whole,
    lab: z.boolean().describe('whether fault controls exist'),
  })
  .meta({ id: 'Status' });

const blockStatus: z.ZodType<results.BlockStatusJson> = z.enum([
  'active',
  'fork',
  'headers',
  'invalid',
]);

export const tip: z.ZodType<results.TipJson> = z
  .strictObject({
    ...blockRefShape,
    status: blockStatus,
    branchLength: whole.describe('blocks between it and the connected chain'),
    work: work.describe('cumulative'),
  })
  .meta({ id: 'Tip' });

export const treeBlock: z.ZodType<results.TreeBlockJson> = z
  .strictObject({
    ...blockRefShape,
    parent: id,
    work: work.describe('cumulative'),
    time: seconds,
    status: blockStatus,
    transactions: whole.nullable().describe('without the coinbase; null while there is no body'),
  })
  .meta({ id: 'TreeBlock' });

const blockTransaction: z.ZodType<results.BlockTransactionJson> = z
  .strictObject({
    id,
    from: address,
    nonce: whole,
    fee: coins,
    outputs: z.array(output),
    memo: z.string().describe('as text; bytes that are no UTF-8 show as U+FFFD'),
    memoHex: hex(),
    size: whole,
  })
  .meta({ id: 'BlockTransaction' });

export const block: z.ZodType<results.BlockJson> = z
  .strictObject({
    ...blockRefShape,
    previous: id,
    time: seconds,
    bits,
    nonce: whole,
    work: work.describe('cumulative'),
    difficulty: work,
    size: whole,
    roots: z.strictObject({ transactions: hex(), accounts: hex(), history: hex() }),
    coinbase: z
      .strictObject({ id, outputs: z.array(output), extra: hex() })
      .nullable()
      .describe('null in genesis, which has none'),
    transactions: z.array(blockTransaction),
    confirmations: whole.describe('1 for the connected tip, 0 beside the connected chain'),
    raw: hex().exactOptional().describe('header and body, when asked for'),
  })
  .meta({ id: 'Block' });

export const blockSummary: z.ZodType<results.BlockSummaryJson> = z
  .strictObject({
    ...blockRefShape,
    time: seconds,
    work: work.describe('cumulative'),
    difficulty: work,
    transactions: whole.describe('without the coinbase'),
    size: whole,
    miner: address.nullable().describe('who is paid first by the coinbase'),
  })
  .meta({ id: 'BlockSummary' });

export const transaction: z.ZodType<results.TransactionJson> = z
  .strictObject({
    id,
    status: z.enum(['pending', 'waiting', 'confirmed', 'replaced', 'dropped', 'unknown']),
    reason: z.string().nullable().describe('why it waits, or was replaced or dropped'),
    from: address.nullable(),
    nonce: whole.nullable(),
    fee: coins.nullable(),
    outputs: z.array(output),
    memo: z.string().nullable(),
    memoHex: hex().nullable(),
    block: blockRef.nullable().describe('the connected block that holds it'),
    confirmations: whole,
    raw: hex().nullable(),
  })
  .meta({ id: 'Transaction' });

export const submitted: z.ZodType<results.SubmittedJson> = z
  .strictObject({
    id,
    status: z.enum(['pending', 'waiting']),
    reason: z.string().nullable(),
    announcedTo: whole.describe('connected peers it was announced to'),
  })
  .meta({ id: 'Submitted' });

export const account: z.ZodType<results.AccountJson> = z
  .strictObject({
    address,
    balance: coins,
    nonce: whole,
    pending: z.strictObject({
      balance: coins,
      nonce: whole.describe('the next one to use'),
    }),
  })
  .meta({ id: 'Account' });

const accountMovement: z.ZodType<results.AccountMovementJson> = z
  .strictObject({
    kind: z.enum(['allocated', 'mined', 'sent', 'received']),
    id: id.nullable().describe('null for an allocation of genesis'),
    change: z
      .string()
      .regex(/^-?[0-9]+(?:\.[0-9]{1,8})?$/)
      .describe('what it did to the balance, fee included: coins, with a sign when it fell'),
    block: blockRef,
    time: seconds,
    confirmations: whole,
    from: address.nullable(),
    fee: coins.nullable(),
    memo: z.string().nullable(),
    outputs: z.array(output),
  })
  .meta({ id: 'AccountMovement' });

export const accountHistory: z.ZodType<results.AccountHistoryJson> = z
  .strictObject({
    address,
    entries: z.array(accountMovement),
    next: place.nullable().describe('`before` of the next page; null when there is none'),
  })
  .meta({ id: 'AccountHistory' });

const poolTransaction: z.ZodType<results.PoolTransactionJson> = z
  .strictObject({
    id,
    from: address,
    nonce: whole,
    fee: coins,
    feeRate: whole.describe('base units of fee per byte'),
    size: whole,
    state: z.enum(['pending', 'waiting']),
    reason: z.string().nullable(),
  })
  .meta({ id: 'PoolTransaction' });

export const mempool: z.ZodType<results.MempoolJson> = z
  .strictObject({
    count: whole,
    bytes: whole,
    minimumFee: coins,
    transactions: z.array(poolTransaction),
  })
  .meta({ id: 'Mempool' });

export const peer: z.ZodType<results.PeerJson> = z
  .strictObject({
    id: whole,
    address: z.string().describe('where it listens if it said so, else where its socket is'),
    direction: z.enum(['inbound', 'outbound']),
    height,
    latencyMs: z.number().min(0).nullable(),
    bytesIn: whole,
    bytesOut: whole,
    agent: z.string(),
  })
  .meta({ id: 'Peer' });

export const missingPeer: z.ZodType<results.MissingPeerJson> = z
  .strictObject({
    address: z.string(),
    reason: z.string().describe('`unreachable`, or the code with which the last connection ended'),
  })
  .meta({ id: 'MissingPeer' });

export const mined: z.ZodType<results.MinedJson> = z
  .strictObject({ blocks: z.array(blockRef), hashes: whole, seconds: z.number().min(0) })
  .meta({ id: 'Mined' });

export const template: z.ZodType<results.TemplateJson> = z
  .strictObject({
    height,
    parent: id,
    block: hex().describe('the whole block with header nonce 0, the u32 at byte 76'),
    bits,
    target: id.describe('comparable with a shown id'),
    transactions: whole,
  })
  .meta({ id: 'Template' });

export const errorData: z.ZodType<results.ErrorDataJson> = z
  .strictObject({
    code: z.string().describe('stable and kebab-case'),
    message: z.string(),
    hint: z.string().exactOptional().describe('the next step'),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .meta({ id: 'ErrorData' });

// ---- events ------------------------------------------------------------------------------------

export const topic: z.ZodType<events.Topic> = z.enum(TOPICS);

const tipEvent: z.ZodType<events.TipEventJson> = z
  .strictObject({ ...blockRefShape, work: work.describe('cumulative') })
  .meta({ id: 'TipEvent' });

const blockEvent: z.ZodType<events.BlockEventJson> = z
  .strictObject({
    id: id.nullable(),
    height: height.nullable(),
    state: z.enum(['stored', 'connected', 'disconnected', 'refused']),
    peer: whole.nullable(),
    code: z.string().nullable(),
  })
  .meta({ id: 'BlockEvent' });

const transactionEvent: z.ZodType<events.TransactionEventJson> = z
  .strictObject({
    id: id.nullable(),
    state: z.enum(['pending', 'waiting', 'confirmed', 'replaced', 'dropped', 'refused']),
    reason: z.string().nullable(),
    peer: whole.nullable(),
  })
  .meta({ id: 'TransactionEvent' });

const reorgEvent: z.ZodType<events.ReorgEventJson> = z
  .strictObject({
    tip: tipEvent,
    forkHeight: height,
    disconnected: z.array(id).describe('highest first, at most 1,000'),
    connected: z.array(id).describe('lowest first, at most 1,000'),
    returned: z.array(id).describe('transactions that are pending or waiting again'),
    dropped: z.array(z.strictObject({ id, reason: z.string() })),
    counts: z.strictObject({
      disconnected: whole,
      connected: whole,
      returned: whole,
      dropped: whole,
    }),
  })
  .meta({ id: 'ReorgEvent' });

const peerEvent: z.ZodType<events.PeerEventJson> = z
  .strictObject({
    id: whole,
    state: z.enum(['ready', 'left']),
    address: z.string().nullable(),
    code: z.string().nullable(),
  })
  .meta({ id: 'PeerEvent' });

const numbers = { number: whole, timeMs: z.number() };

export const event: z.ZodType<events.EventJson> = z
  .discriminatedUnion('topic', [
    z.strictObject({ ...numbers, topic: z.literal('tip'), data: tipEvent }),
    z.strictObject({ ...numbers, topic: z.literal('block'), data: blockEvent }),
    z.strictObject({ ...numbers, topic: z.literal('tx'), data: transactionEvent }),
    z.strictObject({ ...numbers, topic: z.literal('reorg'), data: reorgEvent }),
    z.strictObject({ ...numbers, topic: z.literal('peer'), data: peerEvent }),
  ])
  .meta({ id: 'Event' });

export const gap: z.ZodType<events.GapJson> = z
  .strictObject({ reason: z.enum(['restarted', 'overrun']), missed: whole.nullable() })
  .meta({ id: 'Gap' });

export const subscribed: z.ZodType<events.SubscribedJson> = z
  .strictObject({
    subscription: whole,
    epoch: z.string().describe('names this start of the node'),
    after: whole.describe('the number of the last event before the first that will be sent'),
    gap: gap.nullable(),
  })
  .meta({ id: 'Subscribed' });

export const eventPage: z.ZodType<events.EventPageJson> = z
  .strictObject({
    epoch: z.string(),
    next: whole.describe('to be given as `after` for the next page'),
    gap: gap.nullable(),
    events: z.array(event),
  })
  .meta({ id: 'EventPage' });

export const eventNotice: z.ZodType<events.EventNoticeJson> = z
  .strictObject({ subscription: whole, event })
  .meta({ id: 'EventNotice' });

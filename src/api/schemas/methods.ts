/**
 * Owns: the table of RPC methods: parameters with their schema and order, answers with theirs,
 * and who may call.
 * Does not own: what a method does (api/methods) or the shapes of answers (schemas/results).
 */
import { z } from 'zod';
import { TRANSACTION_SIZE_MAX } from '../../core/codec/transaction.ts';
import { PROOF_HEADERS_MAX } from '../../core/rules/proof-file.ts';
import type {
  BalanceProofJson,
  HistoryProofJson,
  TransactionProofJson,
} from '../../core/rules/proof-json.ts';
import * as limits from '../limits.ts';
import * as answers from './answers.ts';
import type { EventPageJson, SubscribedJson, Topic } from './events.ts';
import * as fields from './fields.ts';
import * as proofs from './proofs.ts';
import type {
  AccountHistoryJson,
  AccountJson,
  BlockJson,
  BlockRefJson,
  BlockSummaryJson,
  MempoolJson,
  MinedJson,
  MiningMode,
  MissingPeerJson,
  PeerJson,
  StatusJson,
  SubmittedJson,
  TemplateJson,
  TipJson,
  TransactionJson,
  TreeBlockJson,
} from './results.ts';

type NoParams = Readonly<Record<string, never>>;
type Done = Readonly<Record<string, never>>;

/** Every method with its parameters, as a caller gives them, and its answer. */
export interface MethodTypes {
  'node.status': { readonly params: NoParams; readonly result: StatusJson };
  'node.stop': { readonly params: NoParams; readonly result: Done };
  'chain.tips': {
    readonly params: NoParams;
    readonly result: { readonly tips: readonly TipJson[] };
  };
  'chain.tree': {
    readonly params: { readonly count?: number | undefined };
    readonly result: { readonly blocks: readonly TreeBlockJson[] };
  };
  'block.get': {
    readonly params: { readonly block: number | string; readonly raw?: boolean | undefined };
    readonly result: BlockJson;
  };
  'block.list': {
    readonly params: { readonly before?: number | undefined; readonly limit?: number | undefined };
    readonly result: {
      readonly blocks: readonly BlockSummaryJson[];
      readonly next: number | null;
    };
  };
  'tx.get': { readonly params: { readonly id: string }; readonly result: TransactionJson };
  'tx.submit': { readonly params: { readonly raw: string }; readonly result: SubmittedJson };
  'tx.minimumFee': {
    readonly params: {
      readonly outputs?: number | undefined;
      readonly memoBytes?: number | undefined;
    };
    readonly result: { readonly fee: string };
  };
  'account.get': { readonly params: { readonly address: string }; readonly result: AccountJson };
  'account.history': {
    readonly params: {
      readonly address: string;
      readonly before?: string | undefined;
      readonly limit?: number | undefined;
    };
    readonly result: AccountHistoryJson;
  };
  'proof.transaction': {
    readonly params: { readonly id: string; readonly headers?: number | undefined };
    readonly result: TransactionProofJson;
  };
  'proof.account': {
    readonly params: { readonly address: string };
    readonly result: BalanceProofJson;
  };
  'proof.history': {
    readonly params: {
      readonly from: number | string;
      readonly to?: number | string | undefined;
      readonly headers?: number | undefined;
    };
    readonly result: HistoryProofJson;
  };
  'mempool.get': {
    readonly params: { readonly limit?: number | undefined };
    readonly result: MempoolJson;
  };
  'peers.list': {
    readonly params: NoParams;
    readonly result: {
      readonly peers: readonly PeerJson[];
      readonly missing: readonly MissingPeerJson[];
    };
  };
  'peers.add': { readonly params: { readonly url: string }; readonly result: Done };
  'peers.drop': { readonly params: { readonly id: number }; readonly result: Done };
  'mining.mine': {
    readonly params: { readonly count?: number | undefined; readonly to: string };
    readonly result: MinedJson;
  };
  'mining.auto': {
    readonly params: {
      readonly mode: MiningMode;
      readonly intervalSeconds?: number | undefined;
      readonly to?: string | undefined;
    };
    readonly result: { readonly mode: MiningMode };
  };
  'mining.template': { readonly params: { readonly to: string }; readonly result: TemplateJson };
  'mining.submit': { readonly params: { readonly block: string }; readonly result: BlockRefJson };
  'events.subscribe': {
    readonly params: {
      readonly topics: readonly Topic[];
      readonly after?: number | undefined;
      readonly epoch?: string | undefined;
    };
    readonly result: SubscribedJson;
  };
  'events.unsubscribe': {
    readonly params: { readonly subscription: number };
    readonly result: Done;
  };
  'events.list': {
    readonly params: {
      readonly after?: number | undefined;
      readonly epoch?: string | undefined;
      readonly topics?: readonly Topic[] | undefined;
      readonly limit?: number | undefined;
    };
    readonly result: EventPageJson;
  };
  'rpc.discover': {
    readonly params: NoParams;
    readonly result: Readonly<Record<string, unknown>>;
  };
  'lab.cut': {
    readonly params: { readonly endpoints: readonly string[] };
    readonly result: Done;
  };
  'lab.delay': {
    readonly params: {
      readonly delays: readonly { readonly endpoint: string; readonly delayMs: number }[];
    };
    readonly result: Done;
  };
}

export type MethodName = keyof MethodTypes;
export type ParamsOf<M extends MethodName> = MethodTypes[M]['params'];
export type ResultOf<M extends MethodName> = MethodTypes[M]['result'];

/**
 * `open` to all on loopback, `cookie` for who can read the node's cookie, `lab` also only with
 * --lab.
 */
export type MethodAccess = 'open' | 'cookie' | 'lab';

export interface MethodSchema<P, R> {
  readonly summary: string;
  readonly access: MethodAccess;
  /** One schema per parameter; their order is that of positional parameters. */
  readonly params: { readonly [K in keyof P]-?: z.ZodType<P[K]> };
  readonly result: z.ZodType<R>;
}

const TRANSACTION_HEX_MAX = 2 * TRANSACTION_SIZE_MAX;
const BLOCK_HEX_MAX = 2 * 2_000_000;
const URL_LENGTH_MAX = 64;
const EPOCH_LENGTH_MAX = 64;

const { address, height, hex, id, whole } = fields;
const count = (max: number): z.ZodType<number | undefined> => z.int().min(1).max(max).optional();
const after = whole.optional().describe('the number of the last event seen');
const epoch = z
  .string()
  .max(EPOCH_LENGTH_MAX)
  .optional()
  .describe('the start of the node that numbered it');
const headers = z
  .int()
  .min(0)
  .max(PROOF_HEADERS_MAX)
  .optional()
  .describe('how many headers above the block to carry, as far as there are; 100 when left out');
const topics = z.array(answers.topic).min(1).max(limits.TOPICS_MAX);

export const METHODS: { readonly [M in MethodName]: MethodSchema<ParamsOf<M>, ResultOf<M>> } = {
  'node.status': {
    summary: 'What the node is doing, and the network it is on.',
    access: 'open',
    params: {},
    result: answers.status,
  },
  'node.stop': {
    summary: 'Ends the node in order; answered before it does.',
    access: 'cookie',
    params: {},
    result: answers.done,
  },
  'chain.tips': {
    summary: 'Every block without children, the connected tip first.',
    access: 'open',
    params: {},
    result: z.strictObject({ tips: z.array(answers.tip) }),
  },
  'chain.tree': {
    summary: 'Blocks of the last heights, on the connected chain and beside it, by rising height.',
    access: 'open',
    params: { count: count(1000).describe('how many heights; 20 when left out') },
    result: z.strictObject({ blocks: z.array(answers.treeBlock) }),
  },
  'block.get': {
    summary: 'One block, by height on the connected chain or by id anywhere.',
    access: 'open',
    params: {
      block: z.union([height, id]),
      raw: z.boolean().optional().describe('whether to answer its bytes too'),
    },
    result: answers.block,
  },
  'block.list': {
    summary: 'Blocks of the connected chain, highest first.',
    access: 'open',
    params: {
      before: height.optional().describe('only lower ones than this'),
      limit: count(limits.BLOCKS_PER_PAGE_MAX).describe('20 when left out'),
    },
    result: z.strictObject({
      blocks: z.array(answers.blockSummary),
      next: height.nullable().describe('`before` of the next page; null when genesis is reached'),
    }),
  },
  'tx.get': {
    summary: 'What became of a transaction; an unknown one is no error.',
    access: 'open',
    params: { id },
    result: answers.transaction,
  },
  'tx.submit': {
    summary: 'Takes a signed transaction; submitting it again is no error until it is confirmed.',
    access: 'open',
    params: { raw: hex(TRANSACTION_HEX_MAX) },
    result: answers.submitted,
  },
  'tx.minimumFee': {
    summary: 'The smallest fee that this node takes now for a transaction of that form.',
    access: 'open',
    params: {
      outputs: count(255).describe('1 when left out'),
      memoBytes: z.int().min(0).max(255).optional().describe('0 when left out'),
    },
    result: z.strictObject({ fee: fields.coins }),
  },
  'account.get': {
    summary: 'Balance and nonce, confirmed and with the pool; zero for an address never paid.',
    access: 'open',
    params: { address },
    result: answers.account,
  },
  'account.history': {
    summary: 'What changed an account, the newest first; confirmed payments and rewards only.',
    access: 'open',
    params: {
      address,
      before: fields.place.optional().describe('`next` of the page before'),
      limit: count(limits.MOVEMENTS_PER_PAGE_MAX).describe('20 when left out'),
    },
    result: answers.accountHistory,
  },
  'proof.transaction': {
    summary: 'Proves that a connected block holds a transaction; the answer is a proof file.',
    access: 'open',
    params: { id, headers },
    result: proofs.transactionProof,
  },
  'proof.account': {
    summary: 'Proves what an account has after the tip, or that there is none.',
    access: 'open',
    params: { address },
    result: proofs.balanceProof,
  },
  'proof.history': {
    summary: 'Proves that the ledger of one connected block goes on from that of an earlier one.',
    access: 'open',
    params: {
      from: z.union([height, id]),
      to: z.union([height, id]).optional().describe('the tip when left out'),
      headers,
    },
    result: proofs.historyProof,
  },
  'mempool.get': {
    summary: 'The pool, in the order a miner takes it, then what waits.',
    access: 'open',
    params: { limit: count(10_000).describe('100 when left out') },
    result: answers.mempool,
  },
  'peers.list': {
    summary: 'The connections to other nodes.',
    access: 'open',
    params: {},
    result: z.strictObject({
      peers: z.array(answers.peer),
      missing: z.array(answers.missingPeer).describe('named by the operator, not connected'),
    }),
  },
  'peers.add': {
    summary: 'Keeps a connection to a node from now on.',
    access: 'cookie',
    params: { url: z.string().max(URL_LENGTH_MAX).describe('as in ws://127.0.0.1:7501') },
    result: answers.done,
  },
  'peers.drop': {
    summary: 'Ends a connection.',
    access: 'cookie',
    params: { id: whole },
    result: answers.done,
  },
  'mining.mine': {
    summary: 'Mines blocks here and answers when they are found; stops when the caller leaves.',
    access: 'cookie',
    params: { count: count(10_000).describe('1 when left out'), to: address },
    result: answers.mined,
  },
  'mining.auto': {
    summary: 'Mines by itself from now on, or stops.',
    access: 'cookie',
    params: {
      mode: answers.miningMode,
      intervalSeconds: z.number().min(0.1).max(86_400).optional().describe('for mode interval'),
      to: address.optional().describe('who is paid; as before when left out'),
    },
    result: z.strictObject({ mode: answers.miningMode }),
  },
  'mining.template': {
    summary: 'A block that lacks only its nonce, for a miner outside.',
    access: 'open',
    params: { to: address },
    result: answers.template,
  },
  'mining.submit': {
    summary: 'Takes a block that was found outside.',
    access: 'open',
    params: { block: hex(BLOCK_HEX_MAX) },
    result: answers.blockRef,
  },
  'events.subscribe': {
    summary:
      'Sends events from now on, or from a number on, as notifications `event`; on /ws only.',
    access: 'open',
    params: { topics, after, epoch },
    result: answers.subscribed,
  },
  'events.unsubscribe': {
    summary: 'Ends a subscription of this connection; on /ws only.',
    access: 'open',
    params: { subscription: whole },
    result: answers.done,
  },
  'events.list': {
    summary: 'Events that the node still keeps, oldest first.',
    access: 'open',
    params: {
      after: after.describe('the number of the last event seen; the newest page when left out'),
      epoch,
      topics: topics.optional().describe('all when left out'),
      limit: count(limits.EVENTS_PER_PAGE_MAX).describe('100 when left out'),
    },
    result: answers.eventPage,
  },
  'rpc.discover': {
    summary: 'This API as an OpenRPC document.',
    access: 'open',
    params: {},
    result: z.record(z.string(), z.unknown()),
  },
  'lab.cut': {
    summary: 'Refuses these listening endpoints from now on, and no others; an empty list heals.',
    access: 'lab',
    params: { endpoints: z.array(z.string().max(URL_LENGTH_MAX)).max(256) },
    result: answers.done,
  },
  'lab.delay': {
    summary:
      'Holds back what passes over links that this node dials, in each direction, and no others.',
    access: 'lab',
    params: {
      delays: z
        .array(
          z.strictObject({
            endpoint: z.string().max(URL_LENGTH_MAX),
            delayMs: z.int().min(0).max(fields.LINK_DELAY_MS_MAX),
          }),
        )
        .max(256),
    },
    result: answers.done,
  },
};

/** The methods that a node has; those of the lab only with --lab. */
export function methodNames(lab: boolean): readonly MethodName[] {
  const names = Object.keys(METHODS) as readonly MethodName[];
  return names.filter((name) => lab || METHODS[name].access !== 'lab');
}

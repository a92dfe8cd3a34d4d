/**
 * Owns: the table of RPC methods: parameters with their schema and order, answers, and who may
 * call.
 * Does not own: what a method does (api/methods) or the shapes of answers (schemas/results).
 */
import { z } from 'zod';
import { TRANSACTION_SIZE_MAX } from '../../core/codec/transaction.ts';
import type {
  AccountJson,
  BlockJson,
  BlockRefJson,
  MempoolJson,
  MinedJson,
  MiningMode,
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
  'mempool.get': {
    readonly params: { readonly limit?: number | undefined };
    readonly result: MempoolJson;
  };
  'peers.list': {
    readonly params: NoParams;
    readonly result: { readonly peers: readonly PeerJson[] };
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
  'lab.cut': {
    readonly params: { readonly endpoints: readonly string[] };
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

export interface MethodSchema<P> {
  readonly access: MethodAccess;
  /** One schema per parameter; their order is that of positional parameters. */
  readonly params: { readonly [K in keyof P]-?: z.ZodType<P[K]> };
}

const TRANSACTION_HEX_MAX = 2 * TRANSACTION_SIZE_MAX;
const BLOCK_HEX_MAX = 2 * 2_000_000;

const id = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');
const address = z.string().min(1).max(90);
const height = z.int().min(0).max(0xffff_ffff);
const hex = (digitsMax: number): z.ZodType<string> =>
  z
    .string()
    .max(digitsMax)
    .regex(/^(?:[0-9a-f]{2})*$/, 'must be whole bytes of lower-case hex');
const count = (max: number): z.ZodType<number | undefined> => z.int().min(1).max(max).optional();

export const METHODS: { readonly [M in MethodName]: MethodSchema<ParamsOf<M>> } = {
  'node.status': { access: 'open', params: {} },
  'node.stop': { access: 'cookie', params: {} },
  'chain.tips': { access: 'open', params: {} },
  'chain.tree': { access: 'open', params: { count: count(1000) } },
  'block.get': {
    access: 'open',
    params: { block: z.union([height, id]), raw: z.boolean().optional() },
  },
  'tx.get': { access: 'open', params: { id } },
  'tx.submit': { access: 'open', params: { raw: hex(TRANSACTION_HEX_MAX) } },
  'tx.minimumFee': {
    access: 'open',
    params: { outputs: count(255), memoBytes: z.int().min(0).max(255).optional() },
  },
  'account.get': { access: 'open', params: { address } },
  'mempool.get': { access: 'open', params: { limit: count(10_000) } },
  'peers.list': { access: 'open', params: {} },
  'peers.add': { access: 'cookie', params: { url: z.string().max(64) } },
  'peers.drop': { access: 'cookie', params: { id: z.int().min(0) } },
  'mining.mine': { access: 'cookie', params: { count: count(10_000), to: address } },
  'mining.auto': {
    access: 'cookie',
    params: {
      mode: z.enum(['off', 'on-tx', 'continuous', 'interval']),
      intervalSeconds: z.number().min(0.1).max(86_400).optional(),
      to: address.optional(),
    },
  },
  'mining.template': { access: 'open', params: { to: address } },
  'mining.submit': { access: 'open', params: { block: hex(BLOCK_HEX_MAX) } },
  'lab.cut': { access: 'lab', params: { endpoints: z.array(z.string().max(64)).max(256) } },
};

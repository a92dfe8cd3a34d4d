/**
 * Owns: making blocks on top of a ledger model, right ones and ones with a stated fault, proof of
 * work included. Does not own: names and verdicts (kit/chain-script).
 */
import { required } from '../../src/core/base/assert.ts';
import type { Address, Amount, Hash } from '../../src/core/base/types.ts';
import { nextHeight, toAmount, toHeight, toUnixSeconds } from '../../src/core/base/types.ts';
import type { Block } from '../../src/core/codec/block.ts';
import { createCoinbase, encodeBlock, hashCommitment } from '../../src/core/codec/block.ts';
import type { Header } from '../../src/core/codec/header.ts';
import { decodeHeader, encodeHeader } from '../../src/core/codec/header.ts';
import type { Output, Transaction } from '../../src/core/codec/transaction.ts';
import { blockReward, transactionsRoot } from '../../src/core/rules/block.ts';
import { medianTime } from '../../src/core/rules/header.ts';
import type { Params } from '../../src/core/rules/params.ts';
import { bitsToTarget, idMeetsTarget, nextBits } from '../../src/core/rules/work.ts';
import type { LedgerModel } from './ledger-model.ts';
import { accountsRoot, applyToAccounts, extendModel, historyRootOf } from './ledger-model.ts';

/**
 * Statements of a block that replace the true ones. With an accounts root stated, nothing is
 * applied: the block may hold what no account could ever pass.
 */
export interface WrongStatements {
  readonly version?: number;
  readonly height?: number;
  readonly coinbaseHeight?: number;
  readonly count?: number;
  readonly transactionsRoot?: Hash;
  readonly accountsRoot?: Hash;
  readonly historyRoot?: Hash;
  readonly bits?: number;
}

/** What a block is to hold; whatever is left out is as the rules want it. */
export interface BlockContent {
  readonly transactions?: readonly Transaction[];
  /** Who gets all that may be claimed; nobody unless `outputs` says so. */
  readonly miner?: Address;
  /** The coinbase's outputs, whatever may be claimed. */
  readonly outputs?: readonly Output[];
  readonly extra?: Uint8Array;
  readonly time?: number;
  readonly wrong?: WrongStatements;
  /** False: with a nonce that misses the target. */
  readonly hasWork?: boolean;
}

export interface BuiltBlock {
  readonly bytes: Uint8Array;
  readonly header: Header;
  /** The ledger after it, meaningful if the block is valid. */
  readonly model: LedgerModel;
}

/** The most that a block's coinbase may claim. */
function claimable(
  parent: LedgerModel,
  content: { readonly transactions?: readonly Transaction[]; readonly params: Params },
): Amount {
  const reward = blockReward(nextHeight(parent.context.height), content.params);
  const fees = (content.transactions ?? []).reduce((sum, { fee }) => sum + fee, 0n);
  return toAmount(reward + fees);
}

function coinbaseOutputs(
  parent: LedgerModel,
  content: BlockContent,
  params: Params,
): readonly Output[] {
  if (content.outputs !== undefined) return content.outputs;
  const amount = claimable(parent, { ...content, params });
  if (content.miner === undefined || amount < params.minimumOutput) return [];
  return [{ address: content.miner, amount }];
}

function mine(fields: Parameters<typeof encodeHeader>[0], hasWork: boolean): Header {
  const target = bitsToTarget(fields.bits);
  for (let nonce = 0; ; nonce++) {
    const decoded = decodeHeader(encodeHeader({ ...fields, nonce }));
    const header = required(decoded.ok ? decoded.value : undefined, 'an encoded header decodes');
    if (idMeetsTarget(header.id, target) === hasWork) return header;
  }
}

export function buildBlock(options: {
  readonly params: Params;
  readonly parent: LedgerModel;
  readonly content: BlockContent;
}): BuiltBlock {
  const { params, parent, content } = options;
  const { transactions = [], wrong = {} } = content;
  const outputs = coinbaseOutputs(parent, content, params);
  const { accounts } =
    wrong.accountsRoot === undefined
      ? applyToAccounts(parent.accounts, { transactions, outputs })
      : parent;
  const height = toHeight(wrong.height ?? nextHeight(parent.context.height));
  const coinbase = createCoinbase({
    height: toHeight(wrong.coinbaseHeight ?? height),
    outputs,
    extra: content.extra ?? new Uint8Array(0),
  });
  const body: Omit<Block, 'bytes' | 'header'> = {
    height,
    count: wrong.count ?? transactions.length + 1,
    transactionsRoot:
      wrong.transactionsRoot ??
      transactionsRoot([coinbase.id, ...transactions.map(({ id }) => id)]),
    accountsRoot: wrong.accountsRoot ?? accountsRoot(accounts),
    historyRoot: wrong.historyRoot ?? historyRootOf(parent),
    coinbase,
    transactions,
  };
  const time = content.time ?? medianTime(parent.context) + params.spacingSeconds;
  const header = mine(
    {
      version: wrong.version ?? 1,
      parent: parent.id,
      commitment: hashCommitment(body),
      time: toUnixSeconds(time),
      bits: wrong.bits ?? nextBits(params, parent.context),
      nonce: 0,
    },
    content.hasWork ?? true,
  );
  const model = extendModel(parent, { header, accounts });
  return { bytes: encodeBlock(body, header.bytes), header, model };
}

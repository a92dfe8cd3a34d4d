/**
 * Owns: building a block on the told tip that lacks only its nonce, in slices.
 * Does not own: choosing the order of transactions (chain/mempool) or searching the nonce (io/mine). Layer 4.
 * docs/protocol.md sections 6 and 9.
 */
import type { Address, Amount } from '../base/types.ts';
import { nextHeight, toAmount, toUnixSeconds } from '../base/types.ts';
import type { CommittedFields } from '../codec/block.ts';
import { createCoinbase, encodeBlock, hashCommitment } from '../codec/block.ts';
import { HEADER_SIZE, HEADER_VERSION, encodeHeader } from '../codec/header.ts';
import type { Output, Transaction } from '../codec/transaction.ts';
import { OUTPUT_SIZE } from '../codec/transaction.ts';
import type { Chain } from '../chain/chain.ts';
import { AccountRecorder, TRANSACTIONS_PER_SLICE, hashAccounts } from '../chain/execution.ts';
import type { LedgerState } from '../chain/ledger.ts';
import { blockReward, transactionsRoot } from '../rules/block.ts';
import { medianTime } from '../rules/header.ts';
import type { Params } from '../rules/params.ts';
import { applyTransaction, creditOutput } from '../rules/transaction.ts';
import { nextBits } from '../rules/work.ts';
import type { Reply } from './ports.ts';

/** Bytes of a body without coinbase outputs, extra and transactions. */
const BODY_BASE_SIZE = 4 + 4 + 3 * 32 + 4 + 1 + 1;

export interface TemplateRequest {
  readonly payTo: Address;
  /** The miner's own bytes for the coinbase. */
  readonly extra: Uint8Array;
}

/** A block's time: now, but above the median; later than the rules allow, the block must wait. */
function chooseTime(options: {
  readonly now: number;
  readonly median: number;
  readonly params: Params;
}): { readonly time: number; readonly untilMs: number | undefined } {
  const time = Math.max(options.now, options.median + 1);
  const early = time - options.now - options.params.maxFutureSeconds;
  return { time, untilMs: early > 0 ? (options.now + early) * 1000 : undefined };
}

/** Applies what fits, best first; what does not apply is left out, it will be looked at again. */
function* fillBlock(options: {
  readonly candidates: Iterable<Transaction>;
  readonly accounts: AccountRecorder;
  readonly bytesMax: number;
}): Generator<void, Transaction[]> {
  const chosen: Transaction[] = [];
  const skipped = new Set<Address>();
  let size = 0;
  let tried = 0;
  for (const transaction of options.candidates) {
    if (++tried % TRANSACTIONS_PER_SLICE === 0) yield;
    if (skipped.has(transaction.sender)) continue;
    const fits = size + transaction.bytes.length <= options.bytesMax;
    if (!fits || !applyTransaction(transaction, options.accounts).ok) {
      skipped.add(transaction.sender);
      continue;
    }
    size += transaction.bytes.length;
    chosen.push(transaction);
  }
  return chosen;
}

/** The miner's output: nothing if what is owed lies below the network's minimum (the rest is burned). */
function coinbaseOutputs(payTo: Address, claim: Amount, params: Params): readonly Output[] {
  return claim < params.minimumOutput ? [] : [{ address: payTo, amount: claim }];
}

function* committedRoots(
  state: LedgerState,
  leaves: { readonly height: CommittedFields['height']; readonly ids: Parameters<typeof transactionsRoot>[0]; readonly count: number },
): Generator<void, CommittedFields> {
  yield* hashAccounts(state.accounts);
  return {
    height: leaves.height,
    count: leaves.count,
    transactionsRoot: transactionsRoot(leaves.ids),
    accountsRoot: state.accounts.root(),
    historyRoot: state.history.rootAt(leaves.height),
  };
}

/** Builds a template, yielding between slices; the caller starts over when the tip moves meanwhile. */
export function* buildTemplate(options: {
  readonly chain: Chain;
  readonly candidates: Iterable<Transaction>;
  readonly request: TemplateRequest;
  readonly nowSeconds: number;
}): Generator<void, Reply> {
  const { chain, request, nowSeconds } = options;
  const { params } = chain.network;
  const parent = chain.headers.context(chain.tipEntry);
  const { time, untilMs } = chooseTime({ now: nowSeconds, median: medianTime(parent), params });
  if (untilMs !== undefined) return { kind: 'no-template', reason: 'premature', untilMs };

  const height = nextHeight(parent.height);
  const state = chain.openScratch();
  const accounts = new AccountRecorder(state.accounts);
  const overhead = HEADER_SIZE + BODY_BASE_SIZE + OUTPUT_SIZE + request.extra.length;
  const transactions = yield* fillBlock({
    candidates: options.candidates,
    accounts,
    bytesMax: params.blockSizeMax - overhead,
  });
  const fees = transactions.reduce((sum, { fee }) => sum + fee, 0n);
  const claim = toAmount(blockReward(height, params) + fees);
  const outputs = coinbaseOutputs(request.payTo, claim, params);
  for (const output of outputs) creditOutput(accounts, output);
  const coinbase = createCoinbase({ height, outputs, extra: request.extra });
  const committed = yield* committedRoots(state, {
    height,
    ids: [coinbase.id, ...transactions.map(({ id }) => id)],
    count: transactions.length + 1,
  });
  const bits = nextBits(params, parent);
  const header = encodeHeader({
    version: HEADER_VERSION,
    parent: chain.tip.id,
    commitment: hashCommitment(committed),
    time: toUnixSeconds(time),
    bits,
    nonce: 0,
  });
  return {
    kind: 'template',
    template: {
      height,
      parent: chain.tip.id,
      block: encodeBlock({ ...committed, coinbase, transactions }, header),
      bits,
      transactionCount: transactions.length,
    },
  };
}

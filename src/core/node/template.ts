/**
 * Owns: building a block on the told tip that lacks only its nonce, in slices.
 * Does not own: choosing the order of transactions (chain/mempool) or searching the nonce
 * (io/mine). Layer 4. docs/protocol.md sections 6 and 9.
 */
import { assert } from '../base/assert.ts';
import type { Address, Amount } from '../base/types.ts';
import { nextHeight, toAmount, toUnixSeconds } from '../base/types.ts';
import type { CommittedFields } from '../codec/block.ts';
import { createCoinbase, encodeBlock, hashCommitment } from '../codec/block.ts';
import { HEADER_SIZE, HEADER_VERSION, encodeHeader } from '../codec/header.ts';
import type { Output, Transaction } from '../codec/transaction.ts';
import { OUTPUT_SIZE } from '../codec/transaction.ts';
import type { Chain } from '../chain/chain.ts';
import { AccountRecorder, applyBlock, hashAccounts } from '../chain/execution.ts';
import type { Selection } from '../chain/mempool-selection.ts';
import { blockReward, transactionsRoot } from '../rules/block.ts';
import { medianTime } from '../rules/header.ts';
import type { Params } from '../rules/params.ts';
import { nextBits } from '../rules/work.ts';
import type { Reply } from './ports.ts';

/** Bytes of a body without coinbase outputs, extra and transactions. */
const BODY_BASE_SIZE = 4 + 4 + 3 * 32 + 4 + 1 + 1;

export interface TemplateRequest {
  readonly payTo: Address;
  /** The miner's own bytes for the coinbase. */
  readonly extra: Uint8Array;
}

/**
 * What fits into a block, best first: where one does not, its sender's later ones are left out too.
 */
function chooseTransactions(selection: Selection, bytesMax: number): readonly Transaction[] {
  const chosen: Transaction[] = [];
  let size = 0;
  for (let next = selection.current; next !== undefined; next = selection.current) {
    if (size + next.bytes.length > bytesMax) {
      selection.skip();
      continue;
    }
    size += next.bytes.length;
    chosen.push(next);
    selection.take();
  }
  return chosen;
}

/**
 * The miner's output: nothing if what is owed lies below the network's minimum (the rest is
 * burned).
 */
function coinbaseOutputs(payTo: Address, claim: Amount, params: Params): readonly Output[] {
  return claim < params.minimumOutput ? [] : [{ address: payTo, amount: claim }];
}

/**
 * Builds a template, yielding between slices; the caller starts over when the tip moves meanwhile.
 */
export function* buildTemplate(options: {
  readonly chain: Chain;
  readonly selection: Selection;
  readonly request: TemplateRequest;
  readonly nowSeconds: number;
}): Generator<void, Reply> {
  const { chain, request } = options;
  const { params } = chain.network;
  const parentId = chain.tip.id;
  const parent = chain.headers.context(chain.tipEntry);
  const time = Math.max(options.nowSeconds, medianTime(parent) + 1);
  const early = time - options.nowSeconds - params.maxFutureSeconds;
  if (early > 0) {
    const untilMs = (options.nowSeconds + early) * 1000;
    return { kind: 'no-template', reason: 'premature', untilMs };
  }

  const overhead = HEADER_SIZE + BODY_BASE_SIZE + OUTPUT_SIZE + request.extra.length;
  const transactions = chooseTransactions(options.selection, params.blockSizeMax - overhead);
  const height = nextHeight(parent.height);
  const fees = transactions.reduce((sum, { fee }) => sum + fee, 0n);
  const claim = toAmount(blockReward(height, params) + fees);
  const outputs = coinbaseOutputs(request.payTo, claim, params);
  const coinbase = createCoinbase({ height, outputs, extra: request.extra });

  const { accounts, history } = chain.openScratch();
  const applied = yield* applyBlock({ transactions, coinbase }, new AccountRecorder(accounts));
  assert(applied.ok, 'executable transactions apply in the order of selection');
  yield* hashAccounts(accounts);
  const committed: CommittedFields = {
    height,
    count: transactions.length + 1,
    transactionsRoot: transactionsRoot([coinbase.id, ...transactions.map(({ id }) => id)]),
    accountsRoot: accounts.root(),
    historyRoot: history.rootAt(height),
  };
  const bits = nextBits(params, parent);
  const header = encodeHeader({
    version: HEADER_VERSION,
    parent: parentId,
    commitment: hashCommitment(committed),
    time: toUnixSeconds(time),
    bits,
    nonce: 0,
  });
  const block = encodeBlock({ ...committed, coinbase, transactions }, header);
  const transactionCount = transactions.length;
  return {
    kind: 'template',
    template: { height, parent: parentId, block, bits, transactionCount },
  };
}

/**
 * Owns: turning core's types into the JSON of schemas/results: the one place where that happens.
 * Does not own: which method answers what (api/methods).
 */
import { bytesToHex } from '../core/base/bytes.ts';
import type { Address, TxId } from '../core/base/types.ts';
import { toAmount } from '../core/base/types.ts';
import { encodeAddress } from '../core/codec/address.ts';
import { formatCoins } from '../core/codec/coins.ts';
import type { HeaderFields } from '../core/codec/header.ts';
import type { Output, Transaction } from '../core/codec/transaction.ts';
import { endpointToText } from '../core/net/endpoint.ts';
import type { BlockTemplate } from '../core/node/ports.ts';
import type {
  AccountMovement,
  AccountView,
  BlockView,
  BranchTip,
  NodeView,
  PoolEntry,
  TransactionView,
  TreeBlock,
} from '../core/node/view.ts';
import type { Network } from '../core/rules/network.ts';
import { bitsToTarget, bitsToWork, targetToText } from '../core/rules/work.ts';
import type { NodeAccess } from './node-access.ts';
import type {
  AccountJson,
  AccountMovementJson,
  BlockJson,
  BlockSummaryJson,
  BlockTransactionJson,
  MempoolJson,
  OutputJson,
  MissingPeerJson,
  PeerJson,
  PoolTransactionJson,
  StatusJson,
  TemplateJson,
  TipJson,
  TransactionJson,
  TreeBlockJson,
} from './schemas/results.ts';

const SIMPLE_TRANSFER = { sizeBytes: 140, outputCount: 1 } as const;
const utf8 = new TextDecoder();

function bitsToText(bits: number): string {
  return bits.toString(16).padStart(8, '0');
}

function difficultyToText(bits: number): string {
  return bitsToWork(bits).toString();
}

function outputToJson({ address, amount }: Output, prefix: string): OutputJson {
  return { address: encodeAddress(address, prefix), amount: formatCoins(amount) };
}

export function statusToJson(view: NodeView, node: NodeAccess, rpcUrl: string): StatusJson {
  const { about, miner } = node;
  const { id, params } = view.network;
  const status = view.status();
  const plan = miner.plan();
  return {
    version: about.version,
    agent: about.agent,
    network: params.name,
    networkId: id,
    prefix: params.prefix,
    height: status.tip.height,
    tip: status.tip.id,
    work: status.tip.work.toString(),
    accountsRoot: bytesToHex(status.accountsRoot),
    difficulty: difficultyToText(status.bits),
    bits: bitsToText(status.bits),
    mempool: {
      count: status.poolCount,
      bytes: status.poolSizeBytes,
      minimumFee: formatCoins(view.minimumFee(SIMPLE_TRANSFER)),
    },
    peers: status.peerCount,
    syncing: status.syncing ?? null,
    reorganising: status.reorganising,
    mining: {
      mode: plan.mode,
      to: plan.mode === 'off' ? null : encodeAddress(plan.payTo, params.prefix),
      hashRate: miner.hashRate(),
    },
    pid: about.pid,
    p2p: about.p2pUrl ?? null,
    rpc: rpcUrl,
    datadir: about.datadir,
    startedAt: Math.floor(about.startedAtMs / 1000),
    time: Math.floor(node.nowMs() / 1000),
    minimumOutput: formatCoins(params.minimumOutput),
    maxFutureSeconds: params.maxFutureSeconds,
    spacingSeconds: params.spacingSeconds,
    lab: about.lab,
  };
}

function blockTransactionToJson(transaction: Transaction, prefix: string): BlockTransactionJson {
  return {
    id: transaction.id,
    from: encodeAddress(transaction.sender, prefix),
    nonce: transaction.nonce,
    fee: formatCoins(transaction.fee),
    outputs: transaction.outputs.map((output) => outputToJson(output, prefix)),
    memo: utf8.decode(transaction.memo),
    memoHex: bytesToHex(transaction.memo),
    size: transaction.bytes.length,
  };
}

export function blockToJson(block: BlockView, network: Network, withRaw: boolean): BlockJson {
  const { body } = block;
  const { prefix } = network.params;
  const header: HeaderFields = body?.header ?? network.genesis.header;
  const committed = body ?? network.genesis.committed;
  const bytes = body?.bytes ?? network.genesis.header.bytes;
  return {
    id: block.id,
    height: block.height,
    previous: header.parent,
    time: header.time,
    bits: bitsToText(header.bits),
    nonce: header.nonce,
    work: block.work.toString(),
    difficulty: difficultyToText(header.bits),
    size: bytes.length,
    roots: {
      transactions: bytesToHex(committed.transactionsRoot),
      accounts: bytesToHex(committed.accountsRoot),
      history: bytesToHex(committed.historyRoot),
    },
    coinbase:
      body === undefined
        ? null
        : {
            id: body.coinbase.id,
            outputs: body.coinbase.outputs.map((output) => outputToJson(output, prefix)),
            extra: bytesToHex(body.coinbase.extra),
          },
    transactions: (body?.transactions ?? []).map((tx) => blockTransactionToJson(tx, prefix)),
    confirmations: block.confirmations,
    ...(withRaw && { raw: bytesToHex(bytes) }),
  };
}

export function blockToSummary(block: BlockView, network: Network): BlockSummaryJson {
  const { id, height, work, body } = block;
  const { header } = body ?? network.genesis;
  const [paid] = body?.coinbase.outputs ?? [];
  return {
    height,
    id,
    time: header.time,
    work: work.toString(),
    difficulty: difficultyToText(header.bits),
    transactions: body?.transactions.length ?? 0,
    size: body?.bytes.length ?? header.bytes.length,
    miner: paid === undefined ? null : encodeAddress(paid.address, network.params.prefix),
  };
}

export function tipToJson({ height, id, status, branchLength, work }: BranchTip): TipJson {
  return { height, id, status, branchLength, work: work.toString() };
}

export function treeBlockToJson(block: TreeBlock): TreeBlockJson {
  const { transactionCount = null, work, ...rest } = block;
  return { ...rest, work: work.toString(), transactions: transactionCount };
}

export function transactionToJson(
  id: TxId,
  found: TransactionView | undefined,
  prefix: string,
): TransactionJson {
  const transaction = found?.transaction;
  const fields = transaction && blockTransactionToJson(transaction, prefix);
  return {
    id,
    status: found?.status ?? 'unknown',
    reason: found?.reason ?? null,
    from: fields?.from ?? null,
    nonce: fields?.nonce ?? null,
    fee: fields?.fee ?? null,
    outputs: fields?.outputs ?? [],
    memo: fields?.memo ?? null,
    memoHex: fields?.memoHex ?? null,
    block: found?.block ?? null,
    confirmations: found?.confirmations ?? 0,
    raw: transaction ? bytesToHex(transaction.bytes) : null,
  };
}

export function accountToJson(address: Address, account: AccountView, prefix: string): AccountJson {
  const { confirmed, pending } = account;
  return {
    address: encodeAddress(address, prefix),
    balance: formatCoins(confirmed.balance),
    nonce: confirmed.nonce,
    pending: { balance: formatCoins(pending.balance), nonce: pending.nonce },
  };
}

export function movementToJson(movement: AccountMovement, network: Network): AccountMovementJson {
  const { kind, block, time, confirmations, transaction, change } = movement;
  const { prefix } = network.params;
  const fields = transaction && blockTransactionToJson(transaction, prefix);
  return {
    kind,
    id: movement.id ?? null,
    change: change < 0n ? `-${formatCoins(toAmount(-change))}` : formatCoins(toAmount(change)),
    ...{ block, time, confirmations },
    from: fields?.from ?? null,
    fee: fields?.fee ?? null,
    memo: fields?.memo ?? null,
    outputs: fields?.outputs ?? [],
  };
}

function poolEntryToJson(entry: PoolEntry, prefix: string): PoolTransactionJson {
  const { transaction, state, reason } = entry;
  const size = transaction.bytes.length;
  return {
    id: transaction.id,
    from: encodeAddress(transaction.sender, prefix),
    nonce: transaction.nonce,
    fee: formatCoins(transaction.fee),
    feeRate: Math.floor(Number(transaction.fee) / size),
    size,
    state,
    reason: reason ?? null,
  };
}

export function poolToJson(view: NodeView, limit: number): MempoolJson {
  const { poolCount, poolSizeBytes } = view.status();
  const { prefix } = view.network.params;
  return {
    count: poolCount,
    bytes: poolSizeBytes,
    minimumFee: formatCoins(view.minimumFee(SIMPLE_TRANSFER)),
    transactions: view.pool(limit).map((entry) => poolEntryToJson(entry, prefix)),
  };
}

export function peersToJson(view: NodeView, node: NodeAccess): readonly PeerJson[] {
  return view.peers().map((peer) => {
    const { bytesIn, bytesOut } = node.traffic(peer.id) ?? { bytesIn: 0, bytesOut: 0 };
    const { id, direction, height, agent } = peer;
    const address = endpointToText(peer.endpoint);
    const latencyMs = peer.latencyMs ?? null;
    return { id, address, direction, height, latencyMs, bytesIn, bytesOut, agent };
  });
}

export function missingToJson(view: NodeView): readonly MissingPeerJson[] {
  return view.missingPeers().map(({ endpoint, reason }) => ({
    address: endpointToText(endpoint),
    reason,
  }));
}

export function templateToJson(template: BlockTemplate): TemplateJson {
  return {
    height: template.height,
    parent: template.parent,
    block: bytesToHex(template.block),
    bits: bitsToText(template.bits),
    target: targetToText(bitsToTarget(template.bits)),
    transactions: template.transactionCount,
  };
}

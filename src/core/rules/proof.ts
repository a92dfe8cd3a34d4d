/**
 * Owns: what a proof file proves: its checks F5 to F20, in their order.
 * Does not own: its text (rules/proof-file) or the trees' own checks (rules/merkle, account-proof).
 * Layer 2. docs/protocol.md section 16.2.
 */
import { equalBytes, hexToBytes } from '../base/bytes.ts';
import { verifyDigest } from '../base/crypto.ts';
import type { Result } from '../base/rejects.ts';
import { PASSED, ok, reject } from '../base/rejects.ts';
import type { Address, BlockId, Hash, Work } from '../base/types.ts';
import { toHeight, toWork } from '../base/types.ts';
import { hashCommitment } from '../codec/block.ts';
import type { Header } from '../codec/header.ts';
import { HEADER_VERSION } from '../codec/header.ts';
import type { Transaction } from '../codec/transaction.ts';
import { decodeTransaction, signingDigest } from '../codec/transaction.ts';
import type { Account } from './account.ts';
import { ABSENT_ACCOUNT, accountExists } from './account.ts';
import { verifyAccountProof } from './account-proof.ts';
import { encodeHistoryEntry } from './history-entry.ts';
import { hashLeaf, verifyConsistency, verifyInclusion } from './merkle.ts';
import type {
  BalanceProof,
  HistoryProof,
  Proof,
  StatedBlock,
  TransactionProof,
} from './proof-file.ts';
import { bitsToTarget, bitsToWork, idMeetsTarget, isCanonicalBits, targetToText } from './work.ts';

/** What the reader knows from elsewhere. */
export interface ProofReader {
  readonly network?: { readonly id: BlockId; readonly prefix: string } | undefined;
  /** The id of a header that he trusts. */
  readonly trusted?: BlockId | undefined;
}

/** What holds of every chain that has the header of `block`. */
export type Proven = {
  /** The genesis that the chain begins with. */
  readonly network: BlockId;
  readonly block: StatedBlock;
  /** The last header carried: `block` itself if none is above. */
  readonly tip: StatedBlock;
  /** Expected hashes behind the headers from `block` to `tip`, both included; genesis has none. */
  readonly work: Work;
  /** Whether the reader named one of these headers. */
  readonly isTrusted: boolean;
} & (
  | {
      readonly kind: 'transaction';
      readonly prefix: string;
      /** Well signed; whether it could be applied only the validity of the block says. */
      readonly transaction: Transaction;
      /** Among the transactions of the block, the coinbase not counted. */
      readonly index: number;
    }
  | {
      readonly kind: 'account';
      readonly prefix: string;
      readonly address: Address;
      /** After the block; undefined: there is none. */
      readonly account: Account | undefined;
    }
  | {
      readonly kind: 'history';
      /** A block of the chain that ends with `block`, which has its whole history. */
      readonly from: StatedBlock;
      /** Cumulative, of `from`, as the chain states it. */
      readonly fromWork: Work;
    }
);

/** What the check of one kind adds; omits what all have. */
type OwnPart =
  | Pick<Extract<Proven, { kind: 'transaction' }>, 'kind' | 'prefix' | 'transaction' | 'index'>
  | Pick<Extract<Proven, { kind: 'account' }>, 'kind' | 'prefix' | 'address' | 'account'>
  | Pick<Extract<Proven, { kind: 'history' }>, 'kind' | 'from' | 'fromWork'>;

/** F5 to F20: the first failing check decides. */
export function checkProof(proof: Proof, reader: ProofReader = {}): Result<Proven> {
  for (const check of [checkNetwork, checkBlocks, checkAbove, checkHeaders, checkTrust]) {
    const verdict = check(proof, reader);
    if (!verdict.ok) return verdict;
  }
  if (!isFromGenesis(proof)) return reject('proof-genesis-mismatch');
  const own = checkOwnPart(proof);
  return own.ok ? ok({ ...describePlace(proof, reader), ...own.value }) : own;
}

function describePlace(proof: Proof, { trusted }: ProofReader): Omit<Proven, 'kind'> {
  const { network, stated, block, above, tip } = proof;
  const counted = stated.height === 0 ? above : [block.header, ...above];
  let work = 0n;
  for (const { bits } of counted) work += bitsToWork(bits);
  return {
    network,
    block: stated,
    tip: { id: tip, height: toHeight(stated.height + above.length) },
    work: toWork(work),
    isTrusted: trusted !== undefined,
  };
}

/** F5. */
function checkNetwork(proof: Proof, { network }: ProofReader): Result<undefined> {
  if (network === undefined) return PASSED;
  if (proof.network !== network.id) {
    return reject('proof-network-differs', { ours: network.id, theirs: proof.network });
  }
  if (proof.kind === 'history' || proof.prefix === network.prefix) return PASSED;
  return reject('proof-network-differs', { ours: network.prefix, theirs: proof.prefix });
}

/** F6 to F8, for the block and for the one that a history goes on from. */
function checkBlocks(proof: Proof): Result<undefined> {
  const pairs = [{ stated: proof.stated, block: proof.block }];
  if (proof.kind === 'history') pairs.push({ stated: proof.statedFrom, block: proof.from });
  for (const { stated, block } of pairs) {
    if (block.header.id !== stated.id) {
      return reject('proof-block-differs', { stated: stated.id, computed: block.header.id });
    }
  }
  for (const { stated, block } of pairs) {
    if (!equalBytes(hashCommitment(block.committed), block.header.commitment)) {
      return reject('proof-commitment-mismatch', { block: stated.id });
    }
  }
  for (const { stated, block } of pairs) {
    const { height: committed } = block.committed;
    if (committed !== stated.height) {
      return reject('proof-height-differs', { stated: stated.height, committed });
    }
  }
  return PASSED;
}

/** F9 and F10. */
function checkAbove({ block, above, tip }: Proof): Result<undefined> {
  let last = block.header.id;
  for (const [position, header] of above.entries()) {
    if (header.parent !== last) return reject('proof-headers-not-linked', { position });
    last = header.id;
  }
  return last === tip ? PASSED : reject('proof-tip-differs', { stated: tip, computed: last });
}

/** F11. */
function checkHeaders(proof: Proof): Result<undefined> {
  const { stated, block, above } = proof;
  const judged = [
    { header: block.header, isGenesis: stated.height === 0 },
    ...above.map((header) => ({ header, isGenesis: false })),
  ];
  if (proof.kind === 'history') {
    judged.push({ header: proof.from.header, isGenesis: proof.statedFrom.height === 0 });
  }
  for (const { header, isGenesis } of judged) {
    const inner = checkAlone(header, isGenesis);
    if (!inner.ok) {
      const facts = { ...inner.facts, block: header.id, inner: inner.code };
      return reject('proof-header-invalid', facts);
    }
  }
  return PASSED;
}

/** H2 to H4 as far as they need no parameters of the network. */
function checkAlone(header: Header, isGenesis: boolean): Result<undefined> {
  const { version, bits, id } = header;
  if (version !== HEADER_VERSION) return reject('header-version-unknown', { version });
  if (!isCanonicalBits(bits)) return reject('header-bits-malformed', { bits });
  const target = bitsToTarget(bits);
  if (isGenesis || idMeetsTarget(id, target)) return PASSED;
  return reject('header-work-insufficient', { id, target: targetToText(target) });
}

/** F12. */
function checkTrust({ stated, above }: Proof, { trusted }: ProofReader): Result<undefined> {
  const isCarried =
    trusted === undefined || stated.id === trusted || above.some(({ id }) => id === trusted);
  return isCarried ? PASSED : reject('proof-header-untrusted', { trusted });
}

/** F13. */
function isFromGenesis({ network, genesis, stated, block }: Proof): boolean {
  const { header, path } = genesis;
  if (header.id !== network || !isCanonicalBits(header.bits)) return false;
  if (stated.height === 0) return stated.id === network && path.length === 0;
  return verifyInclusion({
    leaf: historyLeaf(network, bitsToWork(header.bits)),
    index: 0n,
    size: BigInt(stated.height),
    proof: path,
    root: block.committed.historyRoot,
  });
}

function historyLeaf(id: BlockId, work: Work): Hash {
  return hashLeaf(encodeHistoryEntry({ id, work }));
}

function checkOwnPart(proof: Proof): Result<OwnPart> {
  switch (proof.kind) {
    case 'transaction':
      return checkTransaction(proof);
    case 'account':
      return checkBalance(proof);
    case 'history':
      return checkHistory(proof);
  }
}

/** F14, F15 and F19. */
function checkTransaction(proof: TransactionProof): Result<OwnPart> {
  const { network, id, from, bytes, index, path, prefix, block } = proof;
  const decoded = decodeTransaction(bytes);
  if (!decoded.ok) {
    return reject('proof-transaction-invalid', { ...decoded.facts, inner: decoded.code });
  }
  const transaction = decoded.value;
  const { signature, senderKey, sender } = transaction;
  if (!verifyDigest(signature, signingDigest(transaction, network), senderKey)) {
    return reject('proof-transaction-invalid', { inner: 'tx-signature-invalid' });
  }
  if (transaction.id !== id || sender !== from) return reject('proof-transaction-differs');
  const { count, transactionsRoot } = block.committed;
  const isIncluded = verifyInclusion({
    leaf: hashLeaf(hexToBytes(id)),
    index: BigInt(index),
    size: BigInt(count),
    proof: path,
    root: transactionsRoot,
  });
  if (index === 0 || !isIncluded) return reject('proof-inclusion-invalid');
  return ok({ kind: 'transaction', prefix, transaction, index: index - 1 });
}

/** F16 and F17. */
function checkBalance(proof: BalanceProof): Result<OwnPart> {
  const { address, steps, leaf, account: stated, block, prefix } = proof;
  const root = block.committed.accountsRoot;
  const shown = verifyAccountProof({ root, address, proof: { steps, leaf } });
  if (shown === undefined || (leaf !== undefined && !accountExists(leaf))) {
    return reject('proof-account-invalid');
  }
  const account = shown === 'absent' ? undefined : shown;
  const { balance, nonce } = account ?? ABSENT_ACCOUNT;
  if (stated.balance !== balance || stated.nonce !== nonce) return reject('proof-account-differs');
  return ok({ kind: 'account', prefix, address, account });
}

/** F18 to F20. */
function checkHistory(proof: HistoryProof): Result<OwnPart> {
  const { statedFrom, from, stated, block, work, inclusion, consistency } = proof;
  const fromHeight = statedFrom.height;
  const { height } = stated;
  if (fromHeight >= height) return reject('proof-order-wrong', { from: fromHeight, height });
  const toSize = BigInt(height);
  const fromSize = BigInt(fromHeight);
  const root = block.committed.historyRoot;
  const leaf = historyLeaf(statedFrom.id, work);
  if (!verifyInclusion({ leaf, index: fromSize, size: toSize, proof: inclusion, root })) {
    return reject('proof-inclusion-invalid');
  }
  const roots = { fromRoot: from.committed.historyRoot, toRoot: root };
  const isConsistent =
    fromHeight === 0
      ? consistency.length === 0
      : verifyConsistency({ fromSize, toSize, ...roots, proof: consistency });
  if (!isConsistent) return reject('proof-consistency-invalid');
  return ok({ kind: 'history', from: statedFrom, fromWork: work });
}

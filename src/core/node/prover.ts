/**
 * Owns: making proofs of what the told tip's chain says.
 * Does not own: their text (rules/proof-file) or checking them (rules/proof). Layer 4.
 * docs/protocol.md section 16.
 */
import { required } from '../base/assert.ts';
import { hexToBytes } from '../base/bytes.ts';
import type { Address, BlockId, Hash, Height, TxId } from '../base/types.ts';
import { toHeight } from '../base/types.ts';
import type { Chain } from '../chain/chain.ts';
import type { EntryIndex } from '../chain/header-tree.ts';
import { decodeHeader } from '../codec/header.ts';
import type { Header } from '../codec/header.ts';
import { ABSENT_ACCOUNT } from '../rules/account.ts';
import { inclusionProof } from '../rules/merkle.ts';
import type { Proof, ProofBlock, ProofCommon } from '../rules/proof-file.ts';
import { PROOF_HEADERS_MAX } from '../rules/proof-file.ts';

/** What to prove; `headers` is how many headers above the block to carry, as far as there are. */
export type ProofRequest =
  | { readonly kind: 'transaction'; readonly id: TxId; readonly headers: number }
  | { readonly kind: 'account'; readonly address: Address }
  | {
      readonly kind: 'history';
      readonly from: Height | BlockId;
      /** The connected tip when undefined. */
      readonly to: Height | BlockId | undefined;
      readonly headers: number;
    };

/**
 * Why there is no proof: the accounts are between two tips, the transaction is in no connected
 * block, no connected block has that height or id, or the later block is not above the earlier one.
 */
export type ProofRefusal =
  | { readonly kind: 'reorganising' }
  | { readonly kind: 'transaction-unconfirmed' }
  | { readonly kind: 'block-unconnected'; readonly block: Height | BlockId }
  | { readonly kind: 'order-wrong' };

/** Proves something about the chain of the told tip; the work is bounded by one block's. */
export function prove(chain: Chain, request: ProofRequest): Proof | ProofRefusal {
  if (chain.reorganising) return { kind: 'reorganising' };
  switch (request.kind) {
    case 'transaction':
      return proveTransaction(chain, request.id, request.headers);
    case 'account':
      return proveAccount(chain, request.address);
    case 'history':
      return proveHistory(chain, request);
  }
}

function proveTransaction(chain: Chain, id: TxId, headers: number): Proof | ProofRefusal {
  const place = chain.place(id);
  const entry = place && chain.headers.mainAt(place.height);
  if (place === undefined || entry === undefined) return { kind: 'transaction-unconfirmed' };
  const { coinbase, transactions } = chain.blocks.block(entry);
  const found = transactions[place.index];
  if (found?.id !== id) return { kind: 'transaction-unconfirmed' };
  const leaves = [coinbase, ...transactions].map((leaf) => hexToBytes(leaf.id));
  const index = place.index + 1;
  return {
    kind: 'transaction',
    ...commonParts(chain, entry, headers),
    prefix: chain.network.params.prefix,
    ...{ id, from: found.sender, bytes: found.bytes },
    ...{ index, path: inclusionProof(leaves, index) },
  };
}

/** At the told tip, where nothing is above. */
function proveAccount(chain: Chain, address: Address): Proof {
  const { accounts } = chain.openScratch();
  return {
    kind: 'account',
    ...commonParts(chain, chain.tipEntry, 0),
    prefix: chain.network.params.prefix,
    ...{ address, account: accounts.get(address) ?? ABSENT_ACCOUNT },
    ...accounts.proof(address),
  };
}

function proveHistory(
  chain: Chain,
  { from, to, headers }: Extract<ProofRequest, { kind: 'history' }>,
): Proof | ProofRefusal {
  const earlier = findConnected(chain, from);
  if (earlier === undefined) return { kind: 'block-unconnected', block: from };
  const later = to === undefined ? chain.tipEntry : findConnected(chain, to);
  if (later === undefined) return { kind: 'block-unconnected', block: to ?? chain.tip.id };
  const [index, size] = [chain.headers.height(earlier), chain.headers.height(later)];
  if (index >= size) return { kind: 'order-wrong' };
  const { history } = chain.openScratch();
  return {
    kind: 'history',
    ...commonParts(chain, later, headers),
    statedFrom: { id: chain.headers.id(earlier), height: index },
    from: carriedBlock(chain, earlier),
    work: chain.headers.work(earlier),
    inclusion: history.inclusionProof(index, size),
    consistency: index === 0 ? [] : history.consistencyProof(index, size),
  };
}

function findConnected({ headers }: Chain, block: Height | BlockId): EntryIndex | undefined {
  if (typeof block === 'number') return headers.mainAt(block);
  const entry = headers.find(block);
  return entry !== undefined && headers.isMain(entry) ? entry : undefined;
}

function commonParts(chain: Chain, entry: EntryIndex, headers: number): ProofCommon {
  const height = chain.headers.height(entry);
  const id = chain.headers.id(entry);
  const above = headersAbove(chain, height, Math.min(headers, PROOF_HEADERS_MAX));
  return {
    network: chain.network.id,
    genesis: { header: chain.network.genesis.header, path: genesisPath(chain, height) },
    stated: { id, height },
    block: carriedBlock(chain, entry),
    above,
    tip: above.at(-1)?.id ?? id,
  };
}

function genesisPath(chain: Chain, height: Height): readonly Hash[] {
  return height === 0 ? [] : chain.openScratch().history.inclusionProof(0, height);
}

function carriedBlock(chain: Chain, entry: EntryIndex): ProofBlock {
  const { header, committed } = chain.network.genesis;
  if (chain.headers.height(entry) === 0) return { header, committed };
  const block = chain.blocks.block(entry);
  return { header: block.header, committed: block };
}

function headersAbove({ headers, tip }: Chain, height: Height, countMax: number): Header[] {
  const count = Math.min(countMax, tip.height - height);
  return Array.from({ length: count }, (_, i) => {
    const entry = required(headers.mainAt(toHeight(height + 1 + i)), 'the main chain has no gaps');
    const decoded = decodeHeader(headers.headerBytes(entry));
    return required(decoded.ok ? decoded.value : undefined, 'a known header decodes');
  });
}

/**
 * Owns: a network as the rest of core knows it: its parameters, its id and the computed genesis
 * block.
 * Does not own: reading parameters (rules/genesis-file) or storing genesis (chain). Layer 2.
 * docs/protocol.md section 4.
 */
import { createTaggedHash } from '../base/crypto.ts';
import type { BlockId, Work } from '../base/types.ts';
import { blockIdFromBytes, toHeight, toNonce } from '../base/types.ts';
import type { CommittedFields } from '../codec/block.ts';
import { hashCommitment } from '../codec/block.ts';
import type { Header, HeaderFields } from '../codec/header.ts';
import { HEADER_VERSION, encodeHeader, hashHeader } from '../codec/header.ts';
import type { AccountRecord } from './accounts-root.ts';
import { accountsRootOf } from './accounts-root.ts';
import { merkleRoot } from './merkle.ts';
import type { Params } from './params.ts';
import { encodeParams } from './params.ts';
import { bitsToWork } from './work.ts';

export interface Genesis {
  readonly header: Header;
  readonly committed: CommittedFields;
  /** Its cumulative work: that of its own bits. */
  readonly work: Work;
  /** The accounts after it, by ascending address. */
  readonly accounts: readonly AccountRecord[];
}

export interface Network {
  readonly params: Params;
  /** The genesis block's id, which binds every rule. */
  readonly id: BlockId;
  readonly genesis: Genesis;
}

const hashGenesis = createTaggedHash('cairn/genesis');

/** Computes the network that checked parameters define. */
export function createNetwork(params: Params): Network {
  const accounts = allocatedAccounts(params);
  const committed: CommittedFields = {
    height: toHeight(0),
    count: 1,
    transactionsRoot: merkleRoot([hashGenesis(encodeParams(params))]),
    accountsRoot: accountsRootOf(accounts),
    historyRoot: merkleRoot([]),
  };
  const fields: HeaderFields = {
    version: HEADER_VERSION,
    parent: blockIdFromBytes(new Uint8Array(32)),
    commitment: hashCommitment(committed),
    time: params.time,
    bits: params.bits,
    nonce: 0,
  };
  const bytes = encodeHeader(fields);
  const header: Header = { ...fields, id: hashHeader(bytes), bytes };
  const work = bitsToWork(params.bits);
  return { params, id: header.id, genesis: { header, committed, work, accounts } };
}

function allocatedAccounts(params: Params): AccountRecord[] {
  const accounts = params.allocations.map(({ address, amount }) => ({
    address,
    balance: amount,
    nonce: toNonce(0),
  }));
  return accounts.sort((a, b) => (a.address < b.address ? -1 : 1));
}

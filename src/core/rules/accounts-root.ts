/**
 * Owns: the definition of the accounts root over a set of accounts, and its two hashes.
 * Does not own: keeping the tree up to date on disk (chain/accounts-tree). Layer 2.
 * docs/protocol.md section 7.
 */
import { required } from '../base/assert.ts';
import { sha256 } from '../base/crypto.ts';
import type { Address, Hash } from '../base/types.ts';
import { toHash } from '../base/types.ts';
import { Writer } from '../codec/writer.ts';
import type { Account } from './account.ts';

export interface AccountRecord extends Account {
  readonly address: Address;
}

/** A record is `address 20 | balance u64 | nonce u32`. */
export const ACCOUNT_RECORD_SIZE = 32;
const HASH_SIZE = 32;

const leafInput = new Uint8Array(1 + ACCOUNT_RECORD_SIZE);
leafInput[0] = 0;
const nodeInput = new Uint8Array(2 + 2 * HASH_SIZE);
nodeInput[0] = 1;

/** The root of no account. */
export const EMPTY_ACCOUNTS_ROOT: Hash = toHash(new Uint8Array(32));

export function encodeAccountRecord({ address, balance, nonce }: AccountRecord): Uint8Array {
  return new Writer(ACCOUNT_RECORD_SIZE).address(address).u64(balance).u32(nonce).finish();
}

/** Hashes a leaf: the record of an account that exists. */
export function hashAccountRecord(record: Uint8Array): Hash {
  leafInput.set(record, 1);
  return sha256(leafInput);
}

export function hashAccount(account: AccountRecord): Hash {
  return hashAccountRecord(encodeAccountRecord(account));
}

/** Hashes an inner node: `zero` holds the members with 0 at `bit`, `one` those with 1. */
export function hashAccountsNode(bit: number, zero: Uint8Array, one: Uint8Array): Hash {
  nodeInput[1] = bit;
  nodeInput.set(zero, 2);
  nodeInput.set(one, 2 + HASH_SIZE);
  return sha256(nodeInput);
}

function bitAt(address: Address, bit: number): number {
  return (parseInt(address.charAt(bit >> 2), 16) >> (3 - (bit & 3))) & 1;
}

/** The first bit at which two different addresses differ. */
function differingBit(a: Address, b: Address): number {
  let bit = 0;
  while (bitAt(a, bit) === bitAt(b, bit)) bit += 1;
  return bit;
}

/** The root over existing accounts in ascending order of their distinct addresses. */
export function accountsRootOf(accounts: readonly AccountRecord[]): Hash {
  if (accounts.length === 0) return EMPTY_ACCOUNTS_ROOT;
  return rootOfRange(accounts, 0, accounts.length);
}

function rootOfRange(accounts: readonly AccountRecord[], from: number, to: number): Hash {
  const first = required(accounts[from], 'the range has a first account');
  if (to - from === 1) return hashAccount(first);
  const last = required(accounts[to - 1], 'the range has a last account');
  // In ascending order the outermost two differ no later than any other pair.
  const bit = differingBit(first.address, last.address);
  let split = from;
  for (let count = to - from; count > 0;) {
    const middle = split + (count >> 1);
    const { address } = required(accounts[middle], 'the middle lies in the range');
    if (bitAt(address, bit) === 0) {
      split = middle + 1;
      count -= (count >> 1) + 1;
    } else {
      count >>= 1;
    }
  }
  return hashAccountsNode(
    bit,
    rootOfRange(accounts, from, split),
    rootOfRange(accounts, split, to),
  );
}

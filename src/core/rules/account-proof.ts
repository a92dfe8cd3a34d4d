/**
 * Owns: what proves an account, or its absence, under an accounts root, and the check of such a
 * proof. Does not own: making proofs (chain/accounts-tree) or trusting the root. Layer 2.
 * docs/protocol.md section 16.
 */
import { equalBytes, hexToBytes } from '../base/bytes.ts';
import type { Address, Hash } from '../base/types.ts';
import { U32_MAX, U64_MAX, parseAddressHex } from '../base/types.ts';
import type { Account } from './account.ts';
import type { AccountRecord } from './accounts-root.ts';
import { EMPTY_ACCOUNTS_ROOT, hashAccount, hashAccountsNode } from './accounts-root.ts';

const ADDRESS_BITS = 160;
const HASH_SIZE = 32;

/** A node on the way from the root: where it branches, and the hash of the side not taken. */
export interface AccountProofStep {
  readonly bit: number;
  readonly sibling: Hash;
}

export interface AccountProof {
  /** From the root downwards. */
  readonly steps: readonly AccountProofStep[];
  /**
   * The account that the search for the address ends at; none only under the root of no account.
   */
  readonly leaf: AccountRecord | undefined;
}

function isRecord(leaf: AccountRecord): boolean {
  return (
    parseAddressHex(leaf.address) !== undefined &&
    leaf.balance >= 0n &&
    leaf.balance <= U64_MAX &&
    Number.isInteger(leaf.nonce) &&
    leaf.nonce >= 0 &&
    leaf.nonce <= U32_MAX
  );
}

function areSteps(steps: readonly AccountProofStep[]): boolean {
  let above = -1;
  return steps.every(({ bit, sibling }) => {
    const isBelow = Number.isInteger(bit) && bit > above && bit < ADDRESS_BITS;
    above = bit;
    return isBelow && sibling.length === HASH_SIZE;
  });
}

/**
 * The account that the proof shows under the root, `absent` if it shows that there is none, else
 * undefined.
 */
export function verifyAccountProof(claim: {
  readonly root: Hash;
  readonly address: Address;
  readonly proof: AccountProof;
}): Account | 'absent' | undefined {
  const { root, address, proof } = claim;
  const { steps, leaf } = proof;
  if (leaf === undefined) {
    return steps.length === 0 && equalBytes(root, EMPTY_ACCOUNTS_ROOT) ? 'absent' : undefined;
  }
  if (parseAddressHex(address) === undefined || !isRecord(leaf) || !areSteps(steps)) {
    return undefined;
  }
  const key = hexToBytes(address);
  let hash = hashAccount(leaf);
  for (const { bit, sibling } of steps.toReversed()) {
    const side = ((key[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1;
    hash = side === 0 ? hashAccountsNode(bit, hash, sibling) : hashAccountsNode(bit, sibling, hash);
  }
  if (!equalBytes(hash, root)) return undefined;
  return leaf.address === address ? { balance: leaf.balance, nonce: leaf.nonce } : 'absent';
}

/**
 * Owns: what an account is and what a transfer does to one.
 * Does not own: where accounts are kept (chain/accounts-tree). Layer 2. docs/protocol.md section 5.
 */
import type { Amount, Nonce } from '../base/types.ts';
import { toAmount, toNonce } from '../base/types.ts';

export interface Account {
  readonly balance: Amount;
  readonly nonce: Nonce;
}

/** What an absent account reads as. */
export const ABSENT_ACCOUNT: Account = Object.freeze({ balance: toAmount(0n), nonce: toNonce(0) });

/** An account exists iff it has a balance or has sent something. */
export function accountExists(account: Account): boolean {
  return account.balance > 0n || account.nonce > 0;
}

/**
 * Owns: the undo record of a block: each touched account as it was before.
 * Does not own: when it is applied (chain/ledger). Layer 3.
 */
import type { Result } from '../base/rejects.ts';
import type { Address } from '../base/types.ts';
import { toAmount, toNonce } from '../base/types.ts';
import { decodeWith } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import type { Account } from '../rules/account.ts';

/**
 * Accounts before a block, in the order in which the block first touched them; undefined was
 * absent.
 */
export type Undo = ReadonlyMap<Address, Account | undefined>;

/** `count u32 | address 20, present u8, then balance u64 and nonce u32 if present`. */
export function encodeUndo(undo: Undo): Uint8Array {
  const writer = new Writer(16 + 33 * undo.size).u32(undo.size);
  for (const [address, account] of undo) {
    writer.address(address).u8(account === undefined ? 0 : 1);
    if (account !== undefined) writer.u64(account.balance).u32(account.nonce);
  }
  return writer.finish();
}

/** Reads an own record back; a refusal means that the store handed out something else. */
export function decodeUndo(bytes: Uint8Array): Result<Undo> {
  return decodeWith(bytes, 'block-malformed', (reader) => {
    const undo = new Map<Address, Account | undefined>();
    const count = reader.u32();
    for (let i = 0; i < count; i++) {
      const address = reader.address();
      const present = reader.u8() === 1;
      undo.set(
        address,
        present ? { balance: toAmount(reader.u64()), nonce: toNonce(reader.u32()) } : undefined,
      );
    }
    return undo;
  });
}

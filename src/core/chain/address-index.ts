/**
 * Owns: the index from an account to the transactions that concern it, one record for each place.
 * Does not own: its keys (chain/layout), reading it in ranges (io/store) or when a block connects
 * (chain/ledger). Layer 3.
 *
 * An entry says only where to look; whoever reads it takes the transaction from the block.
 */
import type { Address } from '../base/types.ts';
import { toHeight } from '../base/types.ts';
import type { Block } from '../codec/block.ts';
import type { Output } from '../codec/transaction.ts';
import { addressPlaceKey } from './layout.ts';
import type { Overlay } from './overlay.ts';
import type { Place } from './records.ts';

/** Entries changed between two yields: a few milliseconds. */
const ENTRIES_PER_SLICE = 1_000;
const NOTHING = new Uint8Array(0);

/** Where the coinbase stands: after all transactions, as it is applied. */
export const COINBASE_INDEX = 0xffff_ffff;

/** Notes or forgets what a block holds for each account, yielding between slices. */
export function* indexBlock(
  overlay: Overlay,
  block: Block,
  change: 'add' | 'remove',
): Generator<void, void> {
  let changed = 0;
  for (const [address, index] of placesOf(block)) {
    if (++changed % ENTRIES_PER_SLICE === 0) yield;
    const key = addressPlaceKey(address, { height: block.height, index });
    if (change === 'add') overlay.put(key, NOTHING);
    else overlay.delete(key);
  }
}

/** Notes the allocations of genesis; their index is that of the parameters. */
export function indexAllocations(overlay: Overlay, allocations: readonly Output[]): void {
  const height = toHeight(0);
  for (const [index, { address }] of allocations.entries()) {
    overlay.put(addressPlaceKey(address, { height, index }), NOTHING);
  }
}

/** The account and index of everything in a block; one account may come twice for one index. */
export function* placesOf(block: Block): Generator<[Address, Place['index']], void> {
  for (const [index, { sender, outputs }] of block.transactions.entries()) {
    yield [sender, index];
    for (const { address } of outputs) yield [address, index];
  }
  for (const { address } of block.coinbase.outputs) yield [address, COINBASE_INDEX];
}

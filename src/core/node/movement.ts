/**
 * Owns: what one place of the connected chain meant for an account.
 * Does not own: finding the places (chain/address-index, io) or their JSON form (api). Layer 4.
 */
import type { Address } from '../base/types.ts';
import { COINBASE_INDEX } from '../chain/address-index.ts';
import type { Chain } from '../chain/chain.ts';
import type { EntryIndex } from '../chain/header-tree.ts';
import type { Place } from '../chain/records.ts';
import type { Block } from '../codec/block.ts';
import type { Output } from '../codec/transaction.ts';
import { sumOutputs } from '../codec/transaction.ts';
import type { AccountMovement } from './view.ts';

type Meaning = Pick<AccountMovement, 'kind' | 'change' | 'id' | 'transaction'>;

/** Undefined when the place is not on the connected chain, or does not concern the account. */
export function readMovement(
  chain: Chain,
  address: Address,
  place: Place,
): AccountMovement | undefined {
  const { headers, tip } = chain;
  const entry = place.height > tip.height ? undefined : headers.mainAt(place.height);
  if (entry === undefined) return undefined;
  const meaning = meaningAt(chain, { entry, address, place });
  return (
    meaning && {
      ...meaning,
      place,
      block: { height: place.height, id: headers.id(entry) },
      time: headers.time(entry),
      confirmations: tip.height - place.height + 1,
    }
  );
}

function meaningAt(
  chain: Chain,
  where: { readonly entry: EntryIndex; readonly address: Address; readonly place: Place },
): Meaning | undefined {
  const { entry, address, place } = where;
  if (place.height === 0) {
    const allocation = chain.network.params.allocations[place.index];
    if (allocation?.address !== address) return undefined;
    return { kind: 'allocated', change: allocation.amount, id: undefined, transaction: undefined };
  }
  const block = chain.blocks.block(entry);
  return place.index === COINBASE_INDEX
    ? coinbaseMeaning(block, address)
    : transactionMeaning(block, address, place.index);
}

function coinbaseMeaning({ coinbase }: Block, address: Address): Meaning | undefined {
  const change = sumTo(address, coinbase.outputs);
  if (change === undefined) return undefined;
  return { kind: 'mined', change, id: coinbase.id, transaction: undefined };
}

function transactionMeaning(block: Block, address: Address, index: number): Meaning | undefined {
  const transaction = block.transactions[index];
  if (transaction === undefined) return undefined;
  const { id, sender, outputs, cost } = transaction;
  const received = sumTo(address, outputs);
  if (sender === address) return { kind: 'sent', change: (received ?? 0n) - cost, id, transaction };
  return received === undefined
    ? undefined
    : { kind: 'received', change: received, id, transaction };
}

/** What outputs pay an account; undefined when none does. */
function sumTo(address: Address, outputs: readonly Output[]): bigint | undefined {
  const own = outputs.filter((output) => output.address === address);
  return own.length === 0 ? undefined : sumOutputs(own);
}

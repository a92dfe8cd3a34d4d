/**
 * Owns: the keys of everything that is stored.
 * Does not own: the form of the values (the file named in the table). Layer 3.
 *
 * | Key | Holds | Form |
 * | --- | --- | --- |
 * | `v` | format version of the whole store | io/store |
 * | `t` | where the stored ledger stands | chain/records |
 * | `h`, height u32, block id | a known header | chain/chain |
 * | `b`, block id | a block's body | codec/block |
 * | `u`, block id | what undoes a connected block | chain/undo |
 * | `a`, depth u8, address prefix 20 | a node of the accounts tree | chain/account-page, -branch |
 * | `y`, height u32 | nodes of the history tree that this block completes | chain/history-tree |
 * | `x`, transaction id | where a confirmed transaction stands | chain/records |
 * | `i`, address 20, height u32, index u32 | nothing: that place concerns that account | |
 * | `n`, block id | an invalid mark | chain/records |
 * | `m`, transaction id | a transaction of the mempool | chain/mempool |
 * | `d`, transaction id | why a transaction was dropped | chain/mempool |
 *
 * Ids are their raw bytes; the integers of keys are **big-endian**, so that the store's order is
 * theirs.
 */
import type { Address, BlockId, Height, TxId } from '../base/types.ts';
import { blockIdToBytes, toHeight } from '../base/types.ts';
import { hexToBytes } from '../base/bytes.ts';
import type { Place } from './records.ts';
import type { StoreKey } from './store.ts';

export const FORMAT_KEY: StoreKey = 'v';
export const POSITION_KEY: StoreKey = 't';

export const HEADER_PREFIX = 'h';
export const INVALID_PREFIX = 'n';
export const POOL_PREFIX = 'm';
export const DROPPED_PREFIX = 'd';
export const BODY_PREFIX = 'b';
export const PLACE_PREFIX = 'x';
export const ADDRESS_PLACE_PREFIX = 'i';

/** The kinds of records that are read as a whole when a node starts, in this order. */
export const BOOT_PREFIXES: readonly StoreKey[] = [
  HEADER_PREFIX,
  INVALID_PREFIX,
  POOL_PREFIX,
  DROPPED_PREFIX,
];

const U32_SIZE = 4;

/** An array-like serves as the list of arguments; spreading it would cost several times as much. */
function bytesToKey(bytes: Uint8Array): StoreKey {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
}

function u32ToKey(value: number): StoreKey {
  return String.fromCharCode(
    value >>> 24,
    (value >>> 16) & 0xff,
    (value >>> 8) & 0xff,
    value & 0xff,
  );
}

function keyToU32(key: StoreKey, offset: number): number {
  let value = 0;
  for (let at = offset; at < offset + U32_SIZE; at++) value = value * 256 + key.charCodeAt(at);
  return value;
}

function blockIdToKey(id: BlockId): StoreKey {
  return bytesToKey(blockIdToBytes(id));
}

function txIdToKey(id: TxId): StoreKey {
  return bytesToKey(hexToBytes(id));
}

/** Header keys sort by height, so that parents are read before children. */
export function headerKey(height: Height, id: BlockId): StoreKey {
  return HEADER_PREFIX + u32ToKey(height) + blockIdToKey(id);
}

export function bodyKey(id: BlockId): StoreKey {
  return BODY_PREFIX + blockIdToKey(id);
}

export function undoKey(id: BlockId): StoreKey {
  return `u${blockIdToKey(id)}`;
}

/** `prefix`: 20 bytes, the first `depth` bits by which the node is reached, then zeros. */
export function accountNodeKey(depth: number, prefix: Uint8Array): StoreKey {
  return `a${String.fromCharCode(depth)}${bytesToKey(prefix)}`;
}

export function historyKey(height: Height): StoreKey {
  return `y${u32ToKey(height)}`;
}

export function placeKey(id: TxId): StoreKey {
  return PLACE_PREFIX + txIdToKey(id);
}

/** Begins the keys of all places that concern an account; they sort as the chain has them. */
export function addressPlacePrefix(address: Address): StoreKey {
  return ADDRESS_PLACE_PREFIX + bytesToKey(hexToBytes(address));
}

export function addressPlaceKey(address: Address, { height, index }: Place): StoreKey {
  return addressPlacePrefix(address) + u32ToKey(height) + u32ToKey(index);
}

/** The place that a key of `addressPlaceKey` names. */
export function addressPlaceOf(key: StoreKey): Place {
  const offset = key.length - 2 * U32_SIZE;
  return { height: toHeight(keyToU32(key, offset)), index: keyToU32(key, offset + U32_SIZE) };
}

export function invalidKey(id: BlockId): StoreKey {
  return INVALID_PREFIX + blockIdToKey(id);
}

export function poolKey(id: TxId): StoreKey {
  return POOL_PREFIX + txIdToKey(id);
}

export function droppedKey(id: TxId): StoreKey {
  return DROPPED_PREFIX + txIdToKey(id);
}

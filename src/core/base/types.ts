/**
 * Owns: the branded types that give identifiers, amounts and heights a meaning, and their only
 * constructors.
 * Does not own: how these values are encoded (codec) or which of them are allowed (rules). Layer 0.
 */
import { assert } from './assert.ts';
import { bytesToHex, hexToBytes, reverseBytes } from './bytes.ts';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A block's (or network's) id as shown: 64 lower-case hex digits of the *reversed* hash bytes. */
export type BlockId = Brand<string, 'BlockId'>;
/** A transaction's (or coinbase's) id as shown: 64 lower-case hex digits of its bytes in order. */
export type TxId = Brand<string, 'TxId'>;
/**
 * An account's address: 40 lower-case hex digits of its 20 bytes. Its bech32m text is made at the
 * edges.
 */
export type Address = Brand<string, 'Address'>;
/** A 32-byte hash that is no id: a root or a commitment. */
export type Hash = Brand<Uint8Array, 'Hash'>;
/** A 33-byte compressed secp256k1 key. Whether it is on the curve shows at verification. */
export type PublicKey = Brand<Uint8Array, 'PublicKey'>;
/** A 64-byte compact ECDSA signature, r and s big-endian. */
export type Signature = Brand<Uint8Array, 'Signature'>;
/** Base units of the currency; 10^8 make a coin. */
export type Amount = Brand<bigint, 'Amount'>;
/** Expected hashes behind a block or a chain. */
export type Work = Brand<bigint, 'Work'>;
/** The number a block id may not exceed. */
export type Target = Brand<bigint, 'Target'>;
/** A block's distance from genesis. */
export type Height = Brand<number, 'Height'>;
/** How many transactions an account has sent; a transaction carries the one it needs. */
export type Nonce = Brand<number, 'Nonce'>;
/** Seconds since 1970, as headers carry them. */
export type UnixSeconds = Brand<number, 'UnixSeconds'>;

export const UNITS_PER_COIN = 100_000_000n;
export const U32_MAX = 0xffff_ffff;
export const U64_MAX = 0xffff_ffff_ffff_ffffn;

const HEX_64 = /^[0-9a-f]{64}$/;
const HEX_40 = /^[0-9a-f]{40}$/;

/** Brands shown hex as a block id, or answers undefined when it is none. */
export function parseBlockId(text: string): BlockId | undefined {
  return HEX_64.test(text) ? (text as BlockId) : undefined;
}

/** Brands shown hex as a transaction id, or answers undefined when it is none. */
export function parseTxId(text: string): TxId | undefined {
  return HEX_64.test(text) ? (text as TxId) : undefined;
}

/** Brands 40 hex digits as an address, or answers undefined when they are none. */
export function parseAddressHex(text: string): Address | undefined {
  return HEX_40.test(text) ? (text as Address) : undefined;
}

/** Turns 32 raw hash bytes into the shown (byte-reversed) block id. */
export function blockIdFromBytes(bytes: Uint8Array): BlockId {
  assert(bytes.length === 32, 'a block id has 32 bytes');
  return bytesToHex(reverseBytes(bytes)) as BlockId;
}

/** Turns a shown block id into its 32 raw hash bytes. */
export function blockIdToBytes(id: BlockId): Uint8Array {
  return hexToBytes(id).reverse();
}

/** Turns 32 bytes into a transaction id. */
export function txIdFromBytes(bytes: Uint8Array): TxId {
  assert(bytes.length === 32, 'a transaction id has 32 bytes');
  return bytesToHex(bytes) as TxId;
}

/** Turns 20 bytes into an address. */
export function addressFromBytes(bytes: Uint8Array): Address {
  assert(bytes.length === 20, 'an address has 20 bytes');
  return bytesToHex(bytes) as Address;
}

export function toHash(bytes: Uint8Array): Hash {
  assert(bytes.length === 32, 'a hash has 32 bytes');
  return bytes as Hash;
}

export function toPublicKey(bytes: Uint8Array): PublicKey {
  assert(bytes.length === 33, 'a compressed public key has 33 bytes');
  return bytes as PublicKey;
}

export function toSignature(bytes: Uint8Array): Signature {
  assert(bytes.length === 64, 'a compact signature has 64 bytes');
  return bytes as Signature;
}

/** Brands base units; they may exceed u64 as the intermediate result of a sum. */
export function toAmount(units: bigint): Amount {
  assert(units >= 0n, 'an amount is not negative');
  return units as Amount;
}

export function toWork(value: bigint): Work {
  assert(value >= 0n, 'work is not negative');
  return value as Work;
}

export function toTarget(value: bigint): Target {
  assert(value >= 0n, 'a target is not negative');
  return value as Target;
}

export function toHeight(value: number): Height {
  assert(Number.isInteger(value) && value >= 0 && value <= U32_MAX, 'a height is a u32');
  return value as Height;
}

export function toNonce(value: number): Nonce {
  assert(Number.isInteger(value) && value >= 0 && value <= U32_MAX, 'a nonce is a u32');
  return value as Nonce;
}

export function toUnixSeconds(value: number): UnixSeconds {
  assert(Number.isInteger(value) && value >= 0 && value <= U32_MAX, 'header time is a u32');
  return value as UnixSeconds;
}

/** The height one above. */
export function nextHeight(height: Height): Height {
  return toHeight(height + 1);
}

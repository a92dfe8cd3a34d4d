/**
 * Owns: the text form of an address (bech32m with the network's prefix).
 * Does not own: how an address follows from a key (base/crypto). Layer 1. docs/protocol.md section
 * 3.
 */
import { bech32m } from '@scure/base';
import { hexToBytes } from '../base/bytes.ts';
import type { Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { Address } from '../base/types.ts';
import { addressFromBytes } from '../base/types.ts';

const ADDRESS_VERSION = 0;
const ADDRESS_SYMBOLS = 33;
const TEXT_SIZE_MAX = 90;

export function encodeAddress(address: Address, prefix: string): string {
  return bech32m.encode(prefix, [ADDRESS_VERSION, ...bech32m.toWords(hexToBytes(address))]);
}

/** Reads an address of one network: `address-malformed`. */
export function decodeAddress(text: string, prefix: string): Result<Address> {
  const malformed = reject('address-malformed');
  if (text.length > TEXT_SIZE_MAX) return malformed;
  const decoded = bech32m.decodeUnsafe(text);
  if (decoded?.prefix !== prefix || decoded.words.length !== ADDRESS_SYMBOLS) return malformed;
  if (decoded.words[0] !== ADDRESS_VERSION) return malformed;
  const bytes = bech32m.fromWordsUnsafe(decoded.words.slice(1));
  return bytes instanceof Uint8Array ? ok(addressFromBytes(bytes)) : malformed;
}

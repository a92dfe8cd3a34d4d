/**
 * Owns: addresses as 20 bytes and the bits of them that the accounts tree branches on.
 * Does not own: the tree (chain/accounts-tree). Layer 3.
 */
import { hexToBytes } from '../base/bytes.ts';
import type { Address } from '../base/types.ts';

export const ADDRESS_SIZE = 20;
/** Also what `firstDifference` answers for equal addresses. */
export const ADDRESS_BITS: number = 8 * ADDRESS_SIZE;

/** Which child of a branch: the one whose members have 0 at its bit, or 1. */
export type Side = 0 | 1;

export function addressToBytes(address: Address): Uint8Array {
  return hexToBytes(address);
}

/** The bit, counted from the top bit of byte 0. */
export function bitAt(address: Uint8Array, bit: number): Side {
  return ((address[bit >>> 3]! >>> (7 - (bit & 7))) & 1) as Side;
}

export function otherSide(side: Side): Side {
  return side === 0 ? 1 : 0;
}

/**
 * The first bit at which `address` and the 20 bytes at `offset` of `bytes` differ; 160 when they
 * are equal.
 */
export function firstDifference(address: Uint8Array, bytes: Uint8Array, offset = 0): number {
  for (let i = 0; i < ADDRESS_SIZE; i++) {
    const difference = address[i]! ^ bytes[offset + i]!;
    if (difference !== 0) return 8 * i + Math.clz32(difference) - 24;
  }
  return ADDRESS_BITS;
}

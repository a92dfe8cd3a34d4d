/**
 * Owns: hashing, signing and the portable verification; the only importer of noble.
 * Does not own: the fast verifiers (io/verify) or what is signed (codec/transaction). Layer 0.
 * docs/protocol.md sections 2 and 3.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import * as secp256k1 from '@noble/secp256k1';
import { assert } from './assert.ts';
import { asciiToBytes, concatBytes } from './bytes.ts';
import type { Address, Hash, PublicKey, Signature } from './types.ts';
import { addressFromBytes, toPublicKey, toSignature } from './types.ts';

secp256k1.hashes.sha256 = nobleSha256;
secp256k1.hashes.hmacSha256 = (key, message) => hmac(nobleSha256, key, message);

type Sha256 = (data: Uint8Array) => Uint8Array;
let sha256Implementation: Sha256 = nobleSha256;

/**
 * Replaces the SHA-256 in use by a faster one that answers the same (the runtime has one of native
 * code). The new function must answer a fresh array each time.
 */
export function installSha256(implementation: Sha256): void {
  const sample = asciiToBytes('cairn');
  const expected = nobleSha256(sample);
  const answer = implementation(sample);
  assert(
    expected.every((byte, i) => answer[i] === byte),
    'the installed SHA-256 is SHA-256',
  );
  sha256Implementation = implementation;
}

export function sha256(data: Uint8Array): Hash {
  return sha256Implementation(data) as Hash;
}

/** Hashes twice, as block ids are made. */
export function doubleSha256(data: Uint8Array): Hash {
  return sha256(sha256(data));
}

/** A hash function bound to a tag, as in BIP340: docs/protocol.md section 2. */
export function createTaggedHash(tag: string): (...parts: readonly Uint8Array[]) => Hash {
  const tagHash = nobleSha256(asciiToBytes(tag));
  const prefix = concatBytes(tagHash, tagHash);
  return (...parts) => sha256(concatBytes(prefix, ...parts));
}

const hashAddress = createTaggedHash('cairn/address');

/** The address of a public key: docs/protocol.md section 3. */
export function publicKeyToAddress(key: PublicKey): Address {
  return addressFromBytes(hashAddress(key).subarray(0, 20));
}

/** Whether 32 bytes are a secret key: 1 to n - 1. */
export function isSecretKey(secret: Uint8Array): boolean {
  return secret.length === 32 && secp256k1.utils.isValidSecretKey(secret);
}

export function secretToPublicKey(secret: Uint8Array): PublicKey {
  return toPublicKey(secp256k1.getPublicKey(secret, true));
}

/**
 * Signs a 32-byte digest: RFC 6979 nonces, with 32 bytes of extra entropy mixed in when given
 * (a broken entropy source then still repeats no nonce). Verifies its own result before it answers.
 */
export function signDigest(options: {
  readonly digest: Hash;
  readonly secret: Uint8Array;
  readonly entropy?: Uint8Array;
}): Signature {
  const signature = secp256k1.sign(options.digest, options.secret, {
    prehash: false,
    lowS: true,
    format: 'compact',
    extraEntropy: options.entropy ?? false,
  });
  const signed = toSignature(signature);
  const key = secretToPublicKey(options.secret);
  assert(verifyDigest(signed, options.digest, key), 'a fresh signature verifies');
  return signed;
}

/**
 * Verifies a low-s compact signature with the portable back-end; anything odd is false, never an
 * error.
 */
export function verifyDigest(signature: Signature, digest: Hash, key: PublicKey): boolean {
  try {
    return secp256k1.verify(signature, digest, key, {
      prehash: false,
      lowS: true,
      format: 'compact',
    });
  } catch {
    return false;
  }
}

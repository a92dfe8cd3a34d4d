/** Keys, addresses and their text forms are those of the vectors; bech32m is that of BIP350. */
import { bech32m } from '@scure/base';
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/core/base/bytes.ts';
import { isSecretKey, publicKeyToAddress, secretToPublicKey } from '../../src/core/base/crypto.ts';
import { decodeAddress, encodeAddress } from '../../src/core/codec/address.ts';
import { readVectors, toAddress } from '../kit/vectors.ts';

interface KeyVector {
  readonly name: string;
  readonly secret: string;
  readonly publicKey: string;
  readonly address: string;
  readonly text: string;
}

interface AddressVectors {
  readonly valid: readonly { prefix: string; address: string; text: string }[];
  readonly invalid: readonly { prefix: string; text: string; why: string }[];
}

interface ChecksumVectors {
  readonly valid_bech32m: readonly string[];
  readonly invalid_bech32m: readonly { readonly string: string; readonly reason: string }[];
}

const { keys } = readVectors('keys.json') as { keys: readonly KeyVector[] };
const addresses = readVectors('addresses.json') as AddressVectors;
const checksums = readVectors('public/bech32m.json') as ChecksumVectors;

describe('keys (docs/protocol.md section 3)', () => {
  test.each(keys)('$name', (key) => {
    const secret = hexToBytes(key.secret);
    expect(isSecretKey(secret)).toBe(true);
    const publicKey = secretToPublicKey(secret);
    expect(bytesToHex(publicKey)).toBe(key.publicKey);
    const address = publicKeyToAddress(publicKey);
    expect(address).toBe(key.address);
    expect(encodeAddress(address, 'crn')).toBe(key.text);
  });
});

describe('addresses (docs/protocol.md section 3)', () => {
  test.each(addresses.valid)('$text', ({ prefix, address, text }) => {
    expect(decodeAddress(text, prefix)).toEqual({ ok: true, value: address });
    expect(encodeAddress(toAddress(address), prefix)).toBe(text.toLowerCase());
  });

  test.each(addresses.invalid)('refused: $why', ({ prefix, text }) => {
    expect(decodeAddress(text, prefix)).toMatchObject({ ok: false, code: 'address-malformed' });
  });
});

describe('bech32m of BIP350, as the library answers that addresses rest on', () => {
  test.each(checksums.valid_bech32m)('%s', (text) => {
    const decoded = bech32m.decodeUnsafe(text, 90);
    expect(decoded && bech32m.encode(decoded.prefix, decoded.words, 90)).toBe(text.toLowerCase());
  });

  test.each(checksums.invalid_bech32m)('refused: $reason', ({ string }) => {
    expect(bech32m.decodeUnsafe(string, 90)).toBeUndefined();
    expect(decodeAddress(string, 'crn').ok).toBe(false);
  });
});

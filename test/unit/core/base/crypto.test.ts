/**
 * Hashes against Node's; signing is deterministic, low s, and never repeats a nonce; odd keys are
 * just false.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToHex, concatBytes, hexToBytes } from '../../../../src/core/base/bytes.ts';
import {
  createTaggedHash,
  doubleSha256,
  installSha256,
  isSecretKey,
  secretToPublicKey,
  sha256,
  signDigest,
  verifyDigest,
} from '../../../../src/core/base/crypto.ts';
import type { Hash, PublicKey, Signature } from '../../../../src/core/base/types.ts';

const nodeSha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(concatBytes(...parts))
      .digest(),
  );

const ORDER = 0xffffffff_ffffffff_ffffffff_fffffffe_baaedce6_af48a03b_bfd25e8c_d0364141n;
const FIELD = 0xffffffff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_fffffffe_fffffc2fn;
const bytesOf = (value: bigint): Uint8Array => hexToBytes(value.toString(16).padStart(64, '0'));
const secret = bytesOf(12345n);
const digestOf = (n: number): Hash => sha256(Uint8Array.of(n, n >> 8));

describe('hashes (docs/protocol.md section 2)', () => {
  test('are those of Node', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(sha256(a)).toEqual(nodeSha256(a));
        expect(doubleSha256(a)).toEqual(nodeSha256(nodeSha256(a)));
        const tag = nodeSha256(Buffer.from('cairn/test'));
        expect(createTaggedHash('cairn/test')(a, b)).toEqual(nodeSha256(tag, tag, a, b));
      }),
    );
  });

  test('only SHA-256 can be installed as SHA-256', () => {
    expect(() => installSha256((data) => nodeSha256(data, data))).toThrow('is SHA-256');
    expect(sha256(Uint8Array.of())).toEqual(nodeSha256());
    installSha256(nodeSha256);
    expect(sha256(Uint8Array.of(1))).toEqual(nodeSha256(Uint8Array.of(1)));
  });
});

describe('keys and signatures (docs/protocol.md section 3)', () => {
  test.each([
    [0n, false],
    [1n, true],
    [ORDER - 1n, true],
    [ORDER, false],
    [2n ** 256n - 1n, false],
  ])('%d as a secret: %s', (value, valid) => {
    expect(isSecretKey(bytesOf(value))).toBe(valid);
  });

  test('a secret of another length is none', () => {
    expect([31, 33, 0].map((size) => isSecretKey(new Uint8Array(size).fill(1)))).not.toContain(
      true,
    );
  });

  test('signatures are deterministic, of low s, and verify for their digest and key alone', () => {
    const key = secretToPublicKey(secret);
    const otherKey = secretToPublicKey(bytesOf(54321n));
    for (let n = 0; n < 30; n++) {
      const digest = digestOf(n);
      const signature = signDigest({ digest, secret });
      expect(signDigest({ digest, secret })).toEqual(signature);
      expect(BigInt(`0x${bytesToHex(signature.subarray(32))}`) <= ORDER / 2n).toBe(true);
      expect(verifyDigest(signature, digest, key)).toBe(true);
      expect(verifyDigest(signature, digestOf(n + 1), key)).toBe(false);
      expect(verifyDigest(signature, digest, otherKey)).toBe(false);
    }
  });

  test('no R repeats, with good entropy or with a broken source of it (attacks row 31)', () => {
    const zeros = new Uint8Array(32);
    const points = new Set<string>();
    const COUNT = 60;
    for (let n = 0; n < COUNT; n++) {
      const digest = digestOf(n);
      for (const options of [{}, { entropy: zeros }, { entropy: digestOf(n + COUNT) }]) {
        const signature = signDigest({ digest, secret, ...options });
        points.add(bytesToHex(signature.subarray(0, 32)));
      }
    }
    expect(points.size).toBe(3 * COUNT);
  });

  test('impossible keys and signatures are false, never an error (attacks rows 26 and 27)', () => {
    const digest = digestOf(1);
    const good = signDigest({ digest, secret });
    const key = secretToPublicKey(secret);
    const x = (value: bigint): Uint8Array => concatBytes(Uint8Array.of(2), bytesOf(value));
    const keys = [x(0n), x(5n), x(FIELD), x(2n ** 256n - 1n), new Uint8Array(33), key.slice(1)];
    for (const prefix of [0, 1, 4, 5, 6, 7, 255])
      keys.push(concatBytes(Uint8Array.of(prefix), key.slice(1)));
    for (const odd of keys) expect(verifyDigest(good, digest, odd as PublicKey)).toBe(false);
    const r = good.slice(0, 32);
    const s = good.slice(32);
    const highS = bytesOf(ORDER - BigInt(`0x${bytesToHex(s)}`));
    const signatures = [
      concatBytes(r, highS),
      ...[0n, ORDER, 2n ** 256n - 1n].flatMap((edge) => [
        concatBytes(bytesOf(edge), s),
        concatBytes(r, bytesOf(edge)),
      ]),
      good.slice(0, 63),
      concatBytes(good, Uint8Array.of(0)),
      new Uint8Array(0),
    ];
    for (const odd of signatures) expect(verifyDigest(odd as Signature, digest, key)).toBe(false);
  });
});

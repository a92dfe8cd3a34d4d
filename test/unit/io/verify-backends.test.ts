/** Owns: that all three judges of signatures load here and agree on every vector. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hexToBytes } from '../../../src/core/base/bytes.ts';
import { secretToPublicKey, sha256, signDigest } from '../../../src/core/base/crypto.ts';
import type { Hash, PublicKey, Signature } from '../../../src/core/base/types.ts';
import type { VerifyBackend } from '../../../src/io/verify/backend.ts';
import { BACKEND_NAMES, loadBackend, loadBestBackend } from '../../../src/io/verify/backend.ts';

interface WycheproofGroup {
  readonly publicKey: { readonly uncompressed: string };
  readonly tests: readonly {
    readonly tcId: number;
    readonly msg: string;
    readonly sig: string;
    readonly result: 'valid' | 'invalid';
  }[];
}

interface Row {
  readonly name: string;
  readonly signature: Signature;
  readonly digest: Hash;
  readonly key: PublicKey;
  readonly expected: boolean;
}

const ORDER = 0xffffffff_ffffffff_ffffffff_fffffffe_baaedce6_af48a03b_bfd25e8c_d0364141n;
const FIELD = 0xffffffff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_fffffffe_fffffc2fn;

const bytesOf = (value: bigint): Uint8Array => hexToBytes(value.toString(16).padStart(64, '0'));
const isHighS = (signature: string): boolean =>
  signature.length === 128 && BigInt(`0x${signature.slice(64)}`) > ORDER / 2n;

function compress(uncompressed: string): PublicKey {
  const bytes = hexToBytes(uncompressed);
  const prefix = (bytes[64]! & 1) === 0 ? 2 : 3;
  return Uint8Array.of(prefix, ...bytes.subarray(1, 33)) as PublicKey;
}

function wycheproofRows(): Row[] {
  const file = '../../vectors/public/wycheproof_ecdsa_secp256k1_p1363.json';
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const { testGroups } = JSON.parse(text) as { readonly testGroups: readonly WycheproofGroup[] };
  return testGroups.flatMap(({ publicKey, tests }) =>
    tests.map(({ tcId, msg, sig, result }) => ({
      name: `wycheproof ${tcId}`,
      signature: hexToBytes(sig) as Signature,
      digest: new Uint8Array(createHash('sha256').update(hexToBytes(msg)).digest()) as Hash,
      key: compress(publicKey.uncompressed),
      expected: result === 'valid' && !isHighS(sig),
    })),
  );
}

/** One good signature, and every way of bending it that a verifier must refuse. */
function ownRows(): Row[] {
  const secret = bytesOf(7n);
  const digest = sha256(Uint8Array.of(1));
  const signature = signDigest({ digest, secret });
  const key = secretToPublicKey(secret);
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const sValue = BigInt(`0x${Buffer.from(s).toString('hex')}`);
  const join = (left: Uint8Array, right: Uint8Array): Uint8Array =>
    Uint8Array.of(...left, ...right);
  const bent: Record<string, Partial<Record<'signature' | 'digest' | 'key', Uint8Array>>> = {
    'high s': { signature: join(r, bytesOf(ORDER - sValue)) },
    'r = 0': { signature: join(bytesOf(0n), s) },
    's = 0': { signature: join(r, bytesOf(0n)) },
    'r = n': { signature: join(bytesOf(ORDER), s) },
    's = n': { signature: join(r, bytesOf(ORDER)) },
    'other digest': { digest: sha256(Uint8Array.of(2)) },
    'other key': { key: secretToPublicKey(bytesOf(8n)) },
    'other parity': { key: Uint8Array.of(key[0]! ^ 1, ...key.subarray(1)) },
    'x not on the curve': { key: Uint8Array.of(2, ...bytesOf(5n)) },
    'x = p': { key: Uint8Array.of(2, ...bytesOf(FIELD)) },
    'x = 0': { key: Uint8Array.of(2, ...bytesOf(0n)) },
    'key prefix 00': { key: Uint8Array.of(0, ...key.subarray(1)) },
    'key prefix 04': { key: Uint8Array.of(4, ...key.subarray(1)) },
    'key prefix 06': { key: Uint8Array.of(6, ...key.subarray(1)) },
    'short key': { key: key.subarray(0, 32) },
    'long signature': { signature: join(signature, Uint8Array.of(0)) },
    'short digest': { digest: digest.subarray(1) },
  };
  const good: Row = { name: 'good', signature, digest, key, expected: true };
  const refused = Object.entries(bent).map(([name, change]) => ({
    ...good,
    ...(change as Partial<Row>),
    name,
    expected: false,
  }));
  return [good, ...refused];
}

const backends = await Promise.all(BACKEND_NAMES.map(loadBackend));
const verdictsOf = ({ verify }: VerifyBackend, rows: readonly Row[]): [string, boolean][] =>
  rows.map(({ name, signature, digest, key }) => [name, verify(signature, digest, key)]);

describe.each(backends)('$name', (backend) => {
  test('gives the expected verdict on every public vector', () => {
    const rows = wycheproofRows();
    const verdicts = verdictsOf(backend, rows);
    expect(verdicts).toEqual(rows.map(({ name, expected }) => [name, expected]));
    expect(verdicts.filter(([, verdict]) => verdict).length).toBe(95);
    expect(verdicts.filter(([, verdict]) => !verdict).length).toBe(157);
  });

  test('accepts the good signature and refuses every bent one', () => {
    const rows = ownRows();
    const expected = rows.map((row) => [row.name, row.expected]);
    expect(verdictsOf(backend, rows)).toEqual(expected);
  });
});

test('the native judge is the best one', async () => {
  expect((await loadBestBackend()).name).toBe('native');
});

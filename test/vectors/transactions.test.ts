/**
 * Transactions encode, sign and decode as the vectors say; signatures are judged as Wycheproof
 * does.
 */
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/core/base/bytes.ts';
import { secretToPublicKey, sha256, signDigest, verifyDigest } from '../../src/core/base/crypto.ts';
import type { PublicKey, Signature } from '../../src/core/base/types.ts';
import { toAmount, toNonce } from '../../src/core/base/types.ts';
import {
  decodeTransaction,
  encodeTransaction,
  encodeUnsigned,
  hashForSigning,
  signingDigest,
  transactionSize,
} from '../../src/core/codec/transaction.ts';
import type { OutputVector } from '../kit/vectors.ts';
import { readVectors, toOutput, vectorNetwork } from '../kit/vectors.ts';

interface TransactionVector {
  readonly name: string;
  readonly network: string;
  readonly secret: string;
  readonly publicKey: string;
  readonly sender: string;
  readonly nonce: number;
  readonly fee: string;
  readonly outputs: readonly OutputVector[];
  readonly memo: string;
  readonly cost: string;
  readonly digest: string;
  readonly signature: string;
  readonly id: string;
  readonly size: number;
  readonly bytes: string;
}

const vectors = readVectors('transactions.json') as readonly TransactionVector[];

describe.each(vectors)('$name', (vector) => {
  const secret = hexToBytes(vector.secret);
  const outputs = vector.outputs.map(toOutput);
  const fields = {
    senderKey: secretToPublicKey(secret),
    nonce: toNonce(vector.nonce),
    fee: toAmount(BigInt(vector.fee)),
    outputs,
    memo: hexToBytes(vector.memo),
  };
  const { id: networkId } = vectorNetwork(vector.network);

  test('is built from its fields', () => {
    const digest = hashForSigning(encodeUnsigned(fields), networkId);
    const signature = signDigest({ digest, secret });
    const bytes = encodeTransaction(fields, signature);
    expect([digest, signature, bytes].map(bytesToHex)).toEqual([
      vector.digest,
      vector.signature,
      vector.bytes,
    ]);
    const form = { outputCount: outputs.length, memoSizeBytes: fields.memo.length };
    expect([bytes.length, transactionSize(form)]).toEqual([vector.size, vector.size]);
  });

  test('is read back into them', () => {
    const bytes = hexToBytes(vector.bytes);
    const decoded = decodeTransaction(bytes);
    if (!decoded.ok) throw new Error(decoded.code);
    expect(decoded.value).toEqual({
      ...fields,
      id: vector.id,
      bytes,
      sender: vector.sender,
      cost: BigInt(vector.cost),
      signature: hexToBytes(vector.signature),
    });
    const digest = signingDigest(decoded.value, networkId);
    expect(bytesToHex(digest)).toBe(vector.digest);
    expect(verifyDigest(decoded.value.signature, digest, fields.senderKey)).toBe(true);
  });
});

interface WycheproofGroup {
  readonly publicKey: { readonly uncompressed: string };
  readonly tests: readonly {
    readonly tcId: number;
    readonly msg: string;
    readonly sig: string;
    readonly result: string;
  }[];
}

const HALF_ORDER = 0x7fffffff_ffffffff_ffffffff_ffffffff_5d576e73_57a4501d_dfe92f46_681b20a0n;

/** The one byte string that stands for a point here: 02 or 03, then x. */
function compress(uncompressed: string): PublicKey {
  const isOdd = parseInt(uncompressed.slice(-2), 16) % 2 === 1;
  return hexToBytes((isOdd ? '03' : '02') + uncompressed.slice(2, 66)) as PublicKey;
}

test('every Wycheproof case is judged as strict low s demands', () => {
  const { testGroups } = readVectors('public/wycheproof_ecdsa_secp256k1_p1363.json') as {
    testGroups: readonly WycheproofGroup[];
  };
  const accepted: number[] = [];
  for (const { publicKey, tests } of testGroups) {
    const key = compress(publicKey.uncompressed);
    for (const { tcId, msg, sig, result } of tests) {
      const signature = hexToBytes(sig) as Signature;
      const verdict = verifyDigest(signature, sha256(hexToBytes(msg)), key);
      const isLowS = BigInt(`0x0${sig.slice(64)}`) <= HALF_ORDER;
      expect([tcId, verdict]).toEqual([tcId, result === 'valid' && isLowS]);
      if (verdict) accepted.push(tcId);
    }
  }
  expect(accepted).toHaveLength(95);
});

/**
 * No number slips (attacks row 24): every integer field holds its whole range exactly, and nothing
 * beyond it.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  U32_MAX,
  U64_MAX,
  blockIdFromBytes,
  toAmount,
  toHash,
  toHeight,
  toNonce,
  toPublicKey,
  toSignature,
  toUnixSeconds,
  toWork,
} from '../../../../src/core/base/types.ts';
import { createCoinbase, decodeBlock, encodeBlock } from '../../../../src/core/codec/block.ts';
import { encodeHeader } from '../../../../src/core/codec/header.ts';
import { decodeMessage, encodeMessage } from '../../../../src/core/codec/messages.ts';
import { decodeWith } from '../../../../src/core/codec/reader.ts';
import { decodeTransaction, encodeTransaction } from '../../../../src/core/codec/transaction.ts';
import { Writer } from '../../../../src/core/codec/writer.ts';
import { encodeAccountRecord } from '../../../../src/core/rules/accounts-root.ts';
import * as arbitrary from '../../../kit/arbitraries.ts';
import { toAddress } from '../../../kit/vectors.ts';

const EDGES_64 = [0n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n].flatMap((edge) => [
  edge - 1n,
  edge,
  edge + 1n,
]);
const U64_EDGES = [...EDGES_64.slice(1), U64_MAX - 1n, U64_MAX];
const U32_EDGES = [0, 1, 0x7fff_ffff, 0x8000_0000, U32_MAX - 1, U32_MAX];
const BEYOND_U32 = [-1, 0.5, U32_MAX + 1, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, Infinity, NaN];

const address = toAddress('07'.repeat(20));
const hash = toHash(new Uint8Array(32));
const id = blockIdFromBytes(hash);
const header = encodeHeader({
  version: 1,
  parent: id,
  commitment: hash,
  time: toUnixSeconds(0),
  bits: 0,
  nonce: 0,
});

function roundTrip<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false },
): T {
  if (!result.ok) throw new Error('own bytes do not parse');
  return result.value;
}

describe('amounts', () => {
  test.each(U64_EDGES)('%d is kept exactly in every field', (units) => {
    const amount = toAmount(units);
    const outputs = [
      { address, amount },
      { address, amount },
    ];
    const fields = {
      senderKey: toPublicKey(new Uint8Array(33)),
      nonce: toNonce(0),
      fee: amount,
      outputs,
      memo: new Uint8Array(0),
    };
    const signature = toSignature(new Uint8Array(64));
    const transaction = roundTrip(decodeTransaction(encodeTransaction(fields, signature)));
    expect(transaction).toMatchObject({ fee: units, outputs, cost: 3n * units });

    const coinbase = createCoinbase({ height: toHeight(0), outputs, extra: new Uint8Array(0) });
    const roots = { transactionsRoot: hash, accountsRoot: hash, historyRoot: hash };
    const body = { ...roots, height: toHeight(0), count: 1, coinbase, transactions: [] };
    expect(roundTrip(decodeBlock(encodeBlock(body, header))).coinbase.outputs).toEqual(outputs);

    const record = encodeAccountRecord({ address, balance: amount, nonce: toNonce(0) });
    expect(Buffer.from(record).readBigUInt64LE(20)).toBe(units);
  });

  test('work of 256 bits is kept exactly in messages', () => {
    const works = [...U64_EDGES, 2n ** 64n, 2n ** 255n + 1n, 2n ** 256n - 1n];
    for (const value of works) {
      const tip = { height: toHeight(0), id, work: toWork(value) };
      const bytes = encodeMessage({ kind: 'new-tip', tip, header });
      expect(roundTrip(decodeMessage(bytes))).toMatchObject({ tip: { work: value } });
    }
  });
});

describe('32-bit fields', () => {
  test.each(U32_EDGES)('%d is kept in every field', (value) => {
    const height = toHeight(value);
    const coinbase = createCoinbase({ height, outputs: [], extra: new Uint8Array(0) });
    const body = {
      ...{ transactionsRoot: hash, accountsRoot: hash, historyRoot: hash },
      ...{ height, count: 1, coinbase, transactions: [] },
    };
    const fields = { version: value, time: toUnixSeconds(value), bits: value, nonce: value };
    const bytes = encodeHeader({ ...fields, parent: id, commitment: hash });
    const block = roundTrip(decodeBlock(encodeBlock(body, bytes)));
    expect(block).toMatchObject({ height: value, header: fields });
    expect(block.coinbase.height).toBe(value);
  });

  test.each(BEYOND_U32)('%d is no u32: to write it is our bug', (value) => {
    for (const brand of [toHeight, toNonce, toUnixSeconds])
      expect(() => brand(value)).toThrow('u32');
    expect(() => new Writer().u32(value)).toThrow('u32');
    expect(() => new Writer().u16(value)).toThrow('u16');
    expect(() => new Writer().u8(value)).toThrow('u8');
  });
});

describe('reader and writer', () => {
  test('fields come back in order, exactly, whatever their values', () => {
    const fields = fc.record({
      a: fc.integer({ min: 0, max: 0xff }),
      b: fc.integer({ min: 0, max: 0xffff }),
      c: arbitrary.u32,
      d: arbitrary.u64,
      e: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
      f: fc.string({ unit: 'binary-ascii', maxLength: 255 }),
      g: fc.array(arbitrary.u32),
      h: arbitrary.address,
      i: arbitrary.blockId,
    });
    fc.assert(
      fc.property(fields, fc.nat(40), (value, capacity) => {
        const writer = new Writer(capacity)
          .u8(value.a)
          .u16(value.b)
          .u32(value.c)
          .u64(value.d)
          .u256(value.e)
          .string(value.f)
          .u16(value.g.length);
        writer
          .list(value.g, (item) => writer.u32(item))
          .address(value.h)
          .blockId(value.i);
        const read = decodeWith(writer.finish(), 'tx-malformed', (reader) => ({
          a: reader.u8(),
          b: reader.u16(),
          c: reader.u32(),
          d: reader.u64(),
          e: reader.u256(),
          f: reader.string(),
          g: reader.list(reader.u16(), () => reader.u32()),
          h: reader.address(),
          i: reader.blockId(),
        }));
        expect(read).toEqual({ ok: true, value });
      }),
    );
  });

  test('what does not fit is our bug, what is missing or left over is a verdict', () => {
    for (const value of [-1n, U64_MAX + 1n]) expect(() => new Writer().u64(value)).toThrow('u64');
    for (const value of [-1n, 2n ** 256n]) expect(() => new Writer().u256(value)).toThrow('fits');
    expect(() => new Writer().string('x'.repeat(256))).toThrow('u8');
    const bytes = Uint8Array.of(1, 2, 3);
    const verdict = { ok: false, code: 'tx-malformed', facts: { size: 3 } };
    expect(decodeWith(bytes, 'tx-malformed', (reader) => reader.u32())).toEqual(verdict);
    expect(decodeWith(bytes, 'tx-malformed', (reader) => reader.u16())).toEqual(verdict);
    const broken = (): never => {
      throw new TypeError('our bug');
    };
    expect(() => decodeWith(bytes, 'tx-malformed', broken)).toThrow('our bug');
  });

  test('a finished array is not touched by what is written later', () => {
    const writer = new Writer(1).u8(1);
    const first = writer.finish();
    writer.u8(2);
    expect([...first]).toEqual([1]);
    expect([...writer.finish()]).toEqual([1, 2]);
  });
});

/**
 * One value, one encoding (attacks row 22): whatever is changed in valid bytes, they are refused or
 * mean another value with another id.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../../../src/core/base/bytes.ts';
import { decodeBlock, encodeBlock } from '../../../../src/core/codec/block.ts';
import { decodeHeader, encodeHeader } from '../../../../src/core/codec/header.ts';
import { decodeMessage, encodeMessage } from '../../../../src/core/codec/messages.ts';
import { decodeTransaction, encodeTransaction } from '../../../../src/core/codec/transaction.ts';
import { checkBodyBinding } from '../../../../src/core/rules/block.ts';
import * as arbitrary from '../../../kit/arbitraries.ts';
import { readVectors, vectorBlocks } from '../../../kit/vectors.ts';

/** Every change of one byte by these, at every place. */
const FLIPS = [0x01, 0x80, 0xff];

function* singleByteChanges(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) {
    for (const flip of FLIPS) yield bytes.with(at, bytes[at]! ^ flip);
    yield Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]);
    yield Uint8Array.from([...bytes.subarray(0, at), 0, ...bytes.subarray(at)]);
  }
  yield Uint8Array.of(...bytes, 0);
}

function valueOf<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error('valid bytes do not parse');
  return result.value;
}

const hexBytes = (rows: readonly { readonly bytes: string }[]): Uint8Array[] =>
  rows.map(({ bytes }) => hexToBytes(bytes));
const transactions = hexBytes(readVectors('transactions.json') as { bytes: string }[])
  .filter(({ length }) => length < 1000)
  .slice(0, 6);
const blocks = hexBytes(vectorBlocks('easy')).slice(0, 5);
const messages = hexBytes(readVectors('messages.json') as { bytes: string }[]);

describe('single-byte changes', () => {
  test('of a transaction are refused or change its id', () => {
    for (const bytes of transactions) {
      const { id } = valueOf(decodeTransaction(bytes));
      let parsed = 0;
      for (const changed of singleByteChanges(bytes)) {
        const decoded = decodeTransaction(changed);
        if (!decoded.ok) continue;
        parsed += 1;
        expect(decoded.value.id).not.toBe(id);
      }
      expect(parsed).toBeGreaterThan(bytes.length);
    }
  });

  test('of a header are refused or change its id', () => {
    for (const block of blocks) {
      const bytes = block.subarray(0, 80);
      const { id } = valueOf(decodeHeader(bytes));
      for (const changed of singleByteChanges(bytes)) {
        const decoded = decodeHeader(changed);
        expect(decoded.ok).toBe(changed.length === 80);
        if (decoded.ok) expect(decoded.value.id).not.toBe(id);
      }
    }
  });

  test('of a block are refused, unbind its body or change its id', () => {
    for (const bytes of blocks) {
      const original = valueOf(decodeBlock(bytes));
      expect(checkBodyBinding(original).ok).toBe(true);
      for (const changed of singleByteChanges(bytes)) {
        const decoded = decodeBlock(changed);
        if (!decoded.ok || decoded.value.header.id !== original.header.id) continue;
        expect(checkBodyBinding(decoded.value).ok).toBe(false);
      }
    }
  });

  test('of a message are refused or are the only encoding of another message', () => {
    let parsed = 0;
    for (const bytes of messages) {
      for (const changed of singleByteChanges(bytes)) {
        const decoded = decodeMessage(changed);
        if (!decoded.ok || decoded.value.kind === 'unknown') continue;
        parsed += 1;
        expect(bytesToHex(encodeMessage(decoded.value))).toBe(bytesToHex(changed));
      }
    }
    expect(parsed).toBeGreaterThan(1000);
  });
});

describe('any bytes', () => {
  const anyBytes = fc.uint8Array({ maxLength: 400 });

  test('never throw, and what parses has no other encoding', () => {
    fc.assert(
      fc.property(anyBytes, fc.boolean(), (noise, isVersioned) => {
        const bytes = isVersioned ? Uint8Array.of(1, ...noise) : noise;
        const transaction = decodeTransaction(bytes);
        if (transaction.ok) {
          const { value } = transaction;
          expect(encodeTransaction(value, value.signature)).toEqual(bytes);
        }
        const block = decodeBlock(bytes);
        if (block.ok) expect(encodeBlock(block.value, bytes.subarray(0, 80))).toEqual(bytes);
        const message = decodeMessage(bytes);
        if (message.ok && message.value.kind !== 'unknown') {
          expect(encodeMessage(message.value)).toEqual(bytes);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of a message of each kind never throw, and what parses has no other encoding', () => {
    const kinds = messages.map((bytes) => bytes[0]!);
    const spliced = fc.tuple(fc.constantFrom(...messages), fc.nat(), anyBytes);
    const noise = fc.tuple(fc.constantFrom(...kinds), anyBytes);
    fc.assert(
      fc.property(
        fc.oneof(
          noise.map(([kind, payload]) => Uint8Array.of(kind, ...payload)),
          spliced.map(([bytes, at, tail]) =>
            Uint8Array.of(...bytes.subarray(0, at % bytes.length), ...tail),
          ),
        ),
        (bytes) => {
          const decoded = decodeMessage(bytes);
          if (!decoded.ok || decoded.value.kind === 'unknown') return;
          expect(bytesToHex(encodeMessage(decoded.value))).toBe(bytesToHex(bytes));
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('round trips', () => {
  test('of headers', () => {
    fc.assert(
      fc.property(arbitrary.headerFields, (fields) => {
        const bytes = encodeHeader(fields);
        expect(bytes).toHaveLength(80);
        expect(valueOf(decodeHeader(bytes))).toMatchObject({ ...fields, bytes });
      }),
    );
  });

  test('of transactions', () => {
    fc.assert(
      fc.property(arbitrary.transaction, ({ bytes, ...fields }) => {
        expect(encodeTransaction(fields, fields.signature)).toEqual(bytes);
        expect(valueOf(decodeTransaction(bytes))).toEqual({ ...fields, bytes });
      }),
    );
  });

  test('of blocks', () => {
    fc.assert(
      fc.property(arbitrary.headerFields, arbitrary.body, (fields, body) => {
        const header = encodeHeader(fields);
        const bytes = encodeBlock(body, header);
        const decoded = valueOf(decodeBlock(bytes));
        expect(decoded).toMatchObject({ ...body, bytes });
        expect(decoded.header).toMatchObject({ ...fields, bytes: header });
      }),
    );
  });
});

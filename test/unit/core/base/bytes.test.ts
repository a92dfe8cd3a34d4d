/** Bytes, hex, order and little-endian numbers, held against Node's Buffer. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asciiToBytes,
  bigintToLittleEndian,
  bytesToAscii,
  bytesToHex,
  compareBytes,
  concatBytes,
  equalBytes,
  hexToBytes,
  isHex,
  littleEndianToBigint,
} from '../../../../src/core/base/bytes.ts';

const bytes = fc.uint8Array({ maxLength: 70 });
const plain = (array: Uint8Array): number[] => [...array];

describe('bytes', () => {
  test('hex is that of Buffer, both ways', () => {
    fc.assert(
      fc.property(bytes, (array) => {
        const hex = Buffer.from(array).toString('hex');
        expect(bytesToHex(array)).toBe(hex);
        expect(isHex(hex)).toBe(true);
        expect(plain(hexToBytes(hex))).toEqual(plain(array));
      }),
    );
  });

  test.each(['0', 'abc', 'AB', '0x', 'gg', 'ab ', 'ab\n', '１１'])('%j is no hex', (text) => {
    expect(isHex(text)).toBe(false);
  });

  test('order and equality are those of Buffer', () => {
    const alike = fc.uint8Array({ maxLength: 3, max: 2 });
    fc.assert(
      fc.property(fc.oneof(bytes, alike), fc.oneof(bytes, alike), (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      }),
    );
  });

  test('joining copies', () => {
    const part = Uint8Array.of(1, 2);
    const joined = concatBytes(part, Uint8Array.of(), Uint8Array.of(3));
    part[0] = 9;
    expect(plain(joined)).toEqual([1, 2, 3]);
    expect(plain(concatBytes())).toEqual([]);
  });

  test('ASCII goes both ways, anything else is our bug', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(bytesToAscii(asciiToBytes(text))).toBe(text);
      }),
    );
    expect(() => asciiToBytes('ü')).toThrow('ASCII');
  });

  test('little-endian numbers go both ways and must fit', () => {
    fc.assert(
      fc.property(bytes, (array) => {
        const value = littleEndianToBigint(array);
        expect(value).toBe(array.reduceRight((sum, byte) => 256n * sum + BigInt(byte), 0n));
        if (array.length > 0) {
          expect(plain(bigintToLittleEndian(value, array.length))).toEqual(plain(array));
        }
      }),
    );
    expect(plain(bigintToLittleEndian(2n ** 53n + 1n, 8))).toEqual([1, 0, 0, 0, 0, 0, 32, 0]);
    for (const value of [256n, -1n]) expect(() => bigintToLittleEndian(value, 1)).toThrow('fits');
  });

  test('a number is read from a view without touching what surrounds it', () => {
    const whole = Uint8Array.of(7, 1, 2, 7);
    expect(littleEndianToBigint(whole.subarray(1, 3))).toBe(0x201n);
    expect(plain(whole)).toEqual([7, 1, 2, 7]);
  });
});

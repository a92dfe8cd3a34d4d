/** Typing errors in addresses are caught (attacks row 33). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../src/core/base/random.ts';
import { decodeAddress, encodeAddress } from '../../../../src/core/codec/address.ts';
import * as arbitrary from '../../../kit/arbitraries.ts';
import { toAddress } from '../../../kit/vectors.ts';

const SYMBOLS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

describe('addresses (docs/protocol.md section 3)', () => {
  test('survive being written and read, in either case, on their own network only', () => {
    fc.assert(
      fc.property(arbitrary.address, fc.stringMatching(/^[a-z]{1,16}$/), (address, prefix) => {
        const text = encodeAddress(address, prefix);
        expect(decodeAddress(text, prefix)).toEqual({ ok: true, value: address });
        expect(decodeAddress(text.toUpperCase(), prefix)).toEqual({ ok: true, value: address });
        expect(decodeAddress(text, `${prefix}x`).ok).toBe(false);
        const mixed = text.slice(0, -1) + text.slice(-1).toUpperCase();
        if (mixed !== text) expect(decodeAddress(mixed, prefix).ok).toBe(false);
      }),
    );
  });

  test('none of 100,000 texts with one to four wrong symbols is accepted', () => {
    const random = createRandom(new Uint8Array(16).fill(5));
    const text = encodeAddress(toAddress('0123456789abcdef0123456789abcdef01234567'), 'crn');
    const accepted: string[] = [];
    for (let i = 0; i < 100_000; i++) {
      const symbols = Array.from(text);
      for (let errors = 1 + random.below(4); errors > 0; errors--) {
        symbols[4 + random.below(text.length - 4)] = SYMBOLS[random.below(32)]!;
      }
      const wrong = symbols.join('');
      if (wrong !== text && decodeAddress(wrong, 'crn').ok) accepted.push(wrong);
    }
    expect(accepted).toEqual([]);
  });

  test('a text of any length is answered at once', () => {
    expect(decodeAddress(`crn1${'q'.repeat(1_000_000)}`, 'crn').ok).toBe(false);
  });
});

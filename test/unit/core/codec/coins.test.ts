import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { U64_MAX, toAmount } from '../../../../src/core/base/types.ts';
import { formatCoins, parseCoins } from '../../../../src/core/codec/coins.ts';

describe('coins (docs/protocol.md section 4)', () => {
  test.each([
    ['0', 0n],
    ['12', 1_200_000_000n],
    ['12.00000001', 1_200_000_001n],
    ['0.1', 10_000_000n],
    ['1.50', 150_000_000n],
    ['184467440737.09551615', U64_MAX],
  ])('%s is %d base units', (text, units) => {
    expect(parseCoins(text)).toBe(units);
  });

  test.each([
    ...['', '-1', '+1', '01', '00', '.5', '1.', '1.123456789', '1e3', ' 1', '1 ', '1,0', '0x1'],
    ...['184467440737.09551616', '1000000000000', '9'.repeat(1000), '１', '1\n', 'NaN'],
  ])('%j is refused', (text) => {
    expect(parseCoins(text)).toBeUndefined();
  });

  test.each([
    [0n, '0'],
    [1n, '0.00000001'],
    [150_000_000n, '1.5'],
    [500_000_000n, '5'],
    [U64_MAX, '184467440737.09551615'],
  ])('%d base units are written %s', (units, text) => {
    expect(formatCoins(toAmount(units))).toBe(text);
  });

  test('every amount survives being written and read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: U64_MAX }), (units) => {
        expect(parseCoins(formatCoins(toAmount(units)))).toBe(units);
      }),
    );
  });
});

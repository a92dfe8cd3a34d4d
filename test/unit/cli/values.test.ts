import { describe, expect, test } from 'vitest';
import { CliError } from '../../../cli/errors.ts';
import { pickFields } from '../../../cli/fields.ts';
import { showAddress, showCoins, showCount, showSpan } from '../../../cli/format.ts';
import { parseAmount, parseCount, parseMiningPlan, parseSpan } from '../../../cli/values.ts';

/** The exit code with which something is refused. */
function exitOf(work: () => unknown): number | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof CliError) return error.details.exit;
    throw error;
  }
  return undefined;
}

describe('amounts', () => {
  test.each([
    ['5', 500_000_000n],
    ['1.5', 150_000_000n],
    ['0.00000001', 1n],
  ])('%s', (text, units) => {
    expect(parseAmount(text)).toBe(units);
  });

  test.each(['0', '0.0', '-5', '0.000000001', '1e5', '0x10', '5.', '.5', '', ' 5', '1,5', 'NaN'])(
    '%j is wrong usage',
    (text) => {
      expect(exitOf(() => parseAmount(text))).toBe(2);
    },
  );
});

describe('times, counts and plans', () => {
  test.each([
    ['500ms', 500],
    ['5s', 5000],
    ['5', 5000],
    ['2m', 120_000],
    ['0.5s', 500],
  ])('%s is %i ms', (text, spanMs) => {
    expect(parseSpan('--timeout', text)).toBe(spanMs);
  });

  test.each(['0', '-1s', '5 s', 'soon', '999h'])('%j is no time', (text) => {
    expect(exitOf(() => parseSpan('--timeout', text))).toBe(2);
  });

  test.each(['0', '11', '1.5', '-1', 'two', ''])('%j is no count from 1 to 10', (text) => {
    expect(exitOf(() => parseCount('N', text, { min: 1, max: 10 }))).toBe(2);
  });

  test('mining plans', () => {
    expect(parseMiningPlan('--mine', '5s')).toEqual({ mode: 'interval', seconds: 5 });
    expect(parseMiningPlan('--mine', 'on-tx')).toEqual({ mode: 'on-tx' });
    expect(exitOf(() => parseMiningPlan('--mine', 'ontx'))).toBe(2);
    expect(exitOf(() => parseMiningPlan('--mine', '1ms'))).toBe(2);
  });
});

describe('what a person is shown', () => {
  test('coins have a decimal', () => {
    expect([showCoins('5'), showCoins('1.25')]).toEqual(['5.0', '1.25']);
  });

  test('addresses keep their ends', () => {
    const address = 'crn1q0fzf7vct9stsqnnnlas63g7algaxgvgefjs8sg';
    expect(showAddress(address)).toBe('crn1q…s8sg');
  });

  test('large numbers and spans are short', () => {
    expect([showCount(950), showCount(8125n), showCount(12_300_000)]).toEqual([
      ...['950', '8.1 k', '12.3 M'],
    ]);
    expect([80, 2100, 14_000, 180_000].map(showSpan)).toEqual([
      ...['0.08 s', '2.1 s', '14 s', '3 min'],
    ]);
  });
});

describe('fields of an answer', () => {
  const answer = { height: 5, tip: 'aa', peers: 2 };

  test('are picked in the order named', () => {
    expect(JSON.stringify(pickFields(answer, ['peers', 'height']))).toBe('{"peers":2,"height":5}');
  });

  test('that are unknown are wrong usage, with the nearest one', () => {
    expect(() => pickFields(answer, ['heigth'])).toThrow('there is no field "heigth"');
    expect(exitOf(() => pickFields(answer, ['heigth']))).toBe(2);
  });
});

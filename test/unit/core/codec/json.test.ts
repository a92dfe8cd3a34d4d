import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStrictJson } from '../../../../src/core/codec/json.ts';

const parseLoosely = (text: string): unknown => JSON.parse(text);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('strict JSON', () => {
  test('what JSON.stringify writes is read as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        expect(parseStrictJson(text, 32)).toEqual({ kind: 'value', value: parseLoosely(text) });
      }),
    );
  });

  test.each(['', '{', '{"a":1,}', '{}{}', '{a:1}', "{'a':1}", 'NaN', '\uFEFF{}', '[1,]', '"\n"'])(
    '%j is malformed',
    (text) => {
      expect(parseStrictJson(text, 32)).toEqual({ kind: 'malformed' });
    },
  );

  test.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['[{"b":{"c":1,"d":[{"x":"}"}],"c":2}}]', 'c'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"":1,"":2}', ''],
    ['{"\\"":"\\\\","\\"" :0}', '"'],
  ])('%s repeats a key', (text, key) => {
    expect(parseStrictJson(text, 32)).toEqual({ kind: 'key-repeated', key });
  });

  test.each(['{"a":{"a":1}}', '[{"a":1},{"a":1}]', '{"a":"a","b":":"}', '{"a":1,"A":2}'])(
    '%s repeats none',
    (text) => {
      expect(parseStrictJson(text, 32)).toEqual({ kind: 'value', value: parseLoosely(text) });
    },
  );

  test('nesting stops at the stated depth, however deep the text goes', () => {
    expect(parseStrictJson(nested(32), 32).kind).toBe('value');
    expect(parseStrictJson(nested(33), 32).kind).toBe('too-deep');
    expect(parseStrictJson(nested(500_000), 32).kind).toBe('too-deep');
    expect(parseStrictJson('['.repeat(1_000_000), 32).kind).toBe('malformed');
  });

  test('a key named __proto__ is data and pollutes nothing', () => {
    const parsed = parseStrictJson('{"__proto__":{"polluted":true}}', 32);
    expect(parsed.kind === 'value' && Object.keys(parsed.value as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

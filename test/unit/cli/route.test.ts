import { describe, expect, test } from 'vitest';
import { route } from '../../../cli/route.ts';

/** The command found and what is left for it, or the word to give help for. */
function routed(...argv: readonly string[]): readonly [string, readonly string[]] {
  const found = route(argv);
  return found.kind === 'help' ? [`help ${found.word ?? ''}`, []] : [found.entry.words, found.rest];
}

describe('the command meant', () => {
  test('is one word or two', () => {
    expect(routed('chain')).toEqual(['chain', []]);
    expect(routed('chain', 'tips')).toEqual(['chain tips', []]);
    expect(routed('mine', '3')).toEqual(['mine', ['3']]);
    expect(routed('mine', 'auto', 'off')).toEqual(['mine auto', ['off']]);
  });

  test('may follow options that hold everywhere, with their values', () => {
    expect(routed('--node', '2', 'chain', '--json', 'tips')).toEqual([
      'chain tips',
      ['--node', '2', '--json'],
    ]);
    expect(routed('-p', 'chain', 'ps')).toEqual(['ps', ['-p', 'chain']]);
    expect(routed('--json', 'block', '5')).toEqual(['block', ['--json', '5']]);
  });

  test('is help without words, for a lone first word, or when asked for', () => {
    expect(routed()).toEqual(['help ', []]);
    expect(routed('tx')).toEqual(['help tx', []]);
    expect(routed('help', 'send')).toEqual(['send', ['--help']]);
  });

  test.each([
    ['sned', 'did you mean "send"'],
    ['chian', 'did you mean "chain"'],
    ['explode', 'there is no command "explode"'],
  ])('%s is refused', (word, words) => {
    expect(() => route([word])).toThrow(words);
  });

  test('a wrong second word is refused where one is needed', () => {
    expect(() => route(['tx', 'shwo'])).toThrow('did you mean "tx show"');
  });
});

import { describe, expect, test } from 'vitest';
import { editDistance, suggest } from '../../../cli/suggestions.ts';

test.each([
  ['send', 'send', 0],
  ['sned', 'send', 1],
  ['sen', 'send', 1],
  ['', 'up', 2],
  ['kitten', 'sitting', 3],
])('%s is %s after %i changes', (left, right, distance) => {
  expect(editDistance(left, right)).toBe(distance);
});

describe('a suggestion', () => {
  const words = ['send', 'split', 'start', 'stop', 'up', 'down', 'chain tips'];

  test.each([
    ['sedn', 'send'],
    ['strat', 'start'],
    ['chain tip', 'chain tips'],
    ['spl', 'split'],
  ])('for %s is %s', (word, meant) => {
    expect(suggest(word, words)).toBe(meant);
  });

  test('is not made when nothing is near', () => {
    expect(suggest('explode', words)).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Topology } from '../../../src/lab/topology.ts';
import {
  TOPOLOGIES,
  cutFrom,
  dialledBy,
  linksBetween,
  parseGroups,
  topologyLinks,
} from '../../../src/lab/topology.ts';

const shown = (topology: Topology, count: number): string =>
  topologyLinks(topology, count)
    .map((link) => link.join('-'))
    .join(' ');

describe('links', () => {
  test.each<[Topology, number, string]>([
    ['mesh', 4, '1-2 1-3 1-4 2-3 2-4 3-4'],
    ['line', 4, '1-2 2-3 3-4'],
    ['ring', 4, '1-2 1-4 2-3 3-4'],
    ['ring', 2, '1-2'],
    ['star', 4, '1-2 1-3 1-4'],
    ['mesh', 1, ''],
  ])('of a %s of %i', (topology, count, links) => {
    expect(shown(topology, count)).toBe(links);
  });

  test('join all nodes, and each is dialled by its higher end only', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TOPOLOGIES),
        fc.integer({ min: 1, max: 20 }),
        (topology, count) => {
          const links = topologyLinks(topology, count);
          const ids = Array.from({ length: count }, (_, index) => index + 1);
          const dialled = ids.flatMap((id) => dialledBy(links, id).map((low) => `${low}-${id}`));
          expect(dialled.sort()).toEqual(links.map((link) => link.join('-')).sort());
          const reached = new Set([1]);
          for (let round = 0; round < count; round++) {
            for (const [low, high] of links) {
              if (reached.has(low)) reached.add(high);
              if (reached.has(high)) reached.add(low);
            }
          }
          expect(reached.size).toBe(count);
        },
      ),
    );
  });
});

describe('a split', () => {
  test('names its sides; the nodes not named are one more', () => {
    expect(parseGroups(['1', '2,3'], 3)).toEqual([[1], [2, 3]]);
    expect(parseGroups(['2'], 4)).toEqual([[2], [1, 3, 4]]);
  });

  test.each([
    [['1,2,3'], 'two sides'],
    [['1', '1,2'], 'cannot be on two sides'],
    [['1', '4'], 'no node "4"'],
    [['a'], 'no node "a"'],
    [['1,'], 'no node ""'],
  ])('of %j is refused', (groups, words) => {
    expect(() => parseGroups(groups, 3)).toThrow(words);
  });

  test('cuts exactly the links between sides', () => {
    const groups = [[1], [2, 3]];
    expect(cutFrom(groups, 1)).toEqual([2, 3]);
    expect(cutFrom(groups, 3)).toEqual([1]);
    expect(cutFrom([], 3)).toEqual([]);
    expect(linksBetween(groups, topologyLinks('mesh', 3))).toEqual([
      [1, 2],
      [1, 3],
    ]);
    expect(linksBetween(groups, topologyLinks('line', 3))).toEqual([[1, 2]]);
  });
});

/**
 * The arrows between folders and the places of libraries hold, and the check itself can fail:
 * a fixture with planted violations is found out, rule by rule.
 */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkLayers } from '../../.config/layers.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test('every module is seen and no arrow is broken', async () => {
  const { modulesSeen, modulesPresent, violations } = await checkLayers(at('../..'));
  expect(violations).toEqual([]);
  expect(modulesSeen).toBeGreaterThan(0);
  expect(modulesSeen).toBe(modulesPresent);
});

test('planted violations are found, and nothing beside them', async () => {
  const { violations } = await checkLayers(at('./fixtures/broken-layers'));
  const lines = violations.map((line) => line.replace(/(\.\.\/)*(node_modules\/ws)\S+(?=:)/, '$2'));
  expect(lines.sort()).toEqual([
    'cli/main.ts -> src/api/server.ts: arrows of ^cli/',
    'src/core/base/cycle-a.ts -> src/core/base/cycle-b.ts: no-cycle',
    'src/core/chain/chain.ts -> fs: no platform in the pure and portable layers',
    'src/core/chain/chain.ts -> node_modules/ws: place of ws',
    'src/core/chain/chain.ts -> src/core/net/peer.ts: arrows of ^src/core/chain/',
  ]);
});

test('a tree without modules is told from a clean one', async () => {
  expect(await checkLayers(at('./fixtures/no-such-tree'))).toMatchObject({ modulesSeen: 0 });
});

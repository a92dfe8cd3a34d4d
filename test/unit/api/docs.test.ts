/** What is generated of docs is what the schemas say now. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeApi } from '../../../src/api/openrpc.ts';
import { REST_PATHS } from '../../../src/api/rest.ts';
import { packageVersion } from '../../../src/lab/home.ts';

// @ts-expect-error a build script has no types
const script = (await import('../../../.config/build-docs.js')) as {
  readonly renderDocs: (api: object) => Promise<Readonly<Record<string, string>>>;
};

test('docs/api.md and docs/openrpc.json are current: npm run docs', async () => {
  const api = { describeApi, restPaths: REST_PATHS, version: packageVersion() };
  const files = await script.renderDocs(api);
  expect(Object.keys(files)).toEqual(['api.md', 'openrpc.json']);
  for (const [name, text] of Object.entries(files)) {
    expect(readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')).toBe(text);
  }
});

test('every link of the page leads to a heading', () => {
  const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
  const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replaceAll('.', '').replaceAll(' ', '-'),
  );
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!);
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
});

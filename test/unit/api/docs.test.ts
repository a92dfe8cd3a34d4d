/** What is generated of docs is what the schemas say now. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLI_ANSWERS, SILENT_COMMANDS, describeAnswers } from '../../../cli/answers.ts';
import { COMMANDS } from '../../../cli/command-table.ts';
import { describeApi } from '../../../src/api/openrpc.ts';
import { REST_PATHS } from '../../../src/api/rest.ts';
import { packageVersion } from '../../../src/lab/home.ts';

// @ts-expect-error a build script has no types
const script = (await import('../../../.config/build-docs.js')) as {
  readonly renderDocs: (api: object) => Promise<Readonly<Record<string, string>>>;
};

test('the generated docs are current: npm run docs', async () => {
  const version = packageVersion();
  const api = { describeApi, describeAnswers, restPaths: REST_PATHS, version };
  const files = await script.renderDocs(api);
  expect(Object.keys(files)).toEqual(['api.md', 'openrpc.json', 'cli.schema.json']);
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

test('every command has a published answer', () => {
  const published = [...Object.keys(CLI_ANSWERS), ...SILENT_COMMANDS];
  expect(published.sort()).toEqual(COMMANDS.map(({ words }) => words).sort());
});

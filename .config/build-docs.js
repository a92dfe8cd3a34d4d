/**
 * Writes what is generated of docs: `npm run docs` after a build. A test compares.
 * Owns: which files those are. Does not own: their content (api-page, src/api/openrpc, cli/answers).
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { renderApi } from './api-page.js';

const docs = new URL('../docs/', import.meta.url);

/** The generated files by name, made of what the sources export. */
export async function renderDocs({ describeApi, describeAnswers, restPaths, version }) {
  const document = describeApi({ version, lab: true, rpcUrl: 'http://127.0.0.1:7401' });
  return {
    'api.md': renderApi(document, restPaths),
    'openrpc.json': await toJson(document),
    'cli.schema.json': await toJson(describeAnswers(version)),
  };
}

function toJson(value) {
  return prettier.format(JSON.stringify(value), { parser: 'json', printWidth: 100 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { describeApi } = await import('../dist/src/api/openrpc.js');
  const { REST_PATHS: restPaths } = await import('../dist/src/api/rest.js');
  const { describeAnswers } = await import('../dist/cli/answers.js');
  const { packageVersion } = await import('../dist/src/lab/home.js');
  const version = packageVersion();
  const files = await renderDocs({ describeApi, describeAnswers, restPaths, version });
  for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, docs), text);
}

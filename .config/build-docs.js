/**
 * Writes what is generated of docs: `npm run docs` after a build. A test compares.
 * Owns: which files those are. Does not own: their content (api-page, src/api/openrpc).
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { renderApi } from './api-page.js';

const docs = new URL('../docs/', import.meta.url);

/** The generated files by name, for the API that `describe` and `restPaths` tell of. */
export async function renderDocs({ describeApi, restPaths, version }) {
  const document = describeApi({ version, lab: true, rpcUrl: 'http://127.0.0.1:7401' });
  const json = await prettier.format(JSON.stringify(document), { parser: 'json', printWidth: 100 });
  return { 'api.md': renderApi(document, restPaths), 'openrpc.json': json };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { describeApi } = await import('../dist/src/api/openrpc.js');
  const { REST_PATHS } = await import('../dist/src/api/rest.js');
  const { packageVersion } = await import('../dist/src/lab/home.js');
  const version = packageVersion();
  const files = await renderDocs({ describeApi, restPaths: REST_PATHS, version });
  for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, docs), text);
}

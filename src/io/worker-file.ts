/**
 * Owns: where the compiled file of a worker thread lies. Worker threads run JavaScript only, so
 * from TypeScript sources (tests) they are taken from `dist`, which is built before.
 * Does not own: starting workers.
 */

/** The file of a worker that lies beside the module with this `import.meta.url`. */
export function workerFile(moduleUrl: string, name: string): URL {
  const beside = new URL(`./${name}`, moduleUrl).href;
  if (!moduleUrl.endsWith('.ts')) return new URL(`${beside}.js`);
  const sources = beside.lastIndexOf('/src/');
  return new URL(`${beside.slice(0, sources)}/dist${beside.slice(sources)}.js`);
}

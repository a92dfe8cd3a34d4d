/**
 * Owns: where Cairn keeps things on this computer, and where the program itself lies.
 * Does not own: what is inside a network's folder (registry) or a node's (io).
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';

/** The folder of all data: `CAIRN_HOME`, else the platform's per-user data folder. */
export function dataHome(): string {
  const moved = process.env['CAIRN_HOME'];
  return moved === undefined || moved === ''
    ? envPaths('cairn', { suffix: '' }).data
    : resolve(moved);
}

/** The folder with package.json: the same from the sources and from dist. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The version of the package. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** The command line that runs this program again, without arguments. */
export function programCommand(): readonly [string, string] {
  return [process.execPath, join(packageRoot(), 'dist', 'cli', 'main.js')];
}

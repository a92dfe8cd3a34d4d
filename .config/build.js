/**
 * Builds dist from src, cli and bench: once, quickly (incremental), and only when asked.
 * Owns: what "built" and "out of date" mean. Does not own: compiler flags (tsconfig files).
 *
 * `--if-possible` is for npm's `prepare`: an install without development dependencies has no
 * compiler, and must not fail for that.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const project = join(top, '.config', 'tsconfig.build.json');
const compiler = join(top, 'node_modules', 'typescript', 'bin', 'tsc');
const stamp = join(top, 'dist', '.tsbuildinfo');
const sources = ['src', 'cli', 'bench', 'tsconfig.json', '.config/tsconfig.build.json'];

/** Runs the compiler; returns its exit code. */
export function build() {
  const startedAt = new Date();
  const { status, error } = spawnSync(process.execPath, [compiler, '-p', project], {
    cwd: top,
    stdio: 'inherit',
  });
  if (error) throw error;
  // The compiler leaves its stamp alone when nothing changed in meaning; a source that changed while
  // it ran must still count as newer.
  if (existsSync(stamp)) utimesSync(stamp, startedAt, startedAt);
  return status ?? 1;
}

/** True when a source is newer than the last build, or was removed since. */
export function isStale() {
  if (!existsSync(stamp)) return true;
  const builtMs = statSync(stamp).mtimeMs;
  return sources.some((name) => newestMs(join(top, name)) > builtMs);
}

function newestMs(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isPrepare = process.argv.includes('--if-possible');
  // `npx cairn` in a clone runs `prepare` again the first time: nothing to do then.
  if (isPrepare && !isStale()) console.log('dist is up to date');
  else if (existsSync(compiler)) process.exitCode = build();
  else if (isPrepare) console.log('no compiler here: dist not built');
  else throw new Error('typescript is not installed: run npm ci');
}

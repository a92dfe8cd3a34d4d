/**
 * Style that no other tool holds, as a test: what is not enforced, drifts. Each rule carries a
 * planted breach, so that a rule that stopped finding anything fails too.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

interface Rule {
  readonly name: string;
  readonly files: RegExp;
  /** The breaches in one file, each a short description; none when it is tidy. */
  readonly breaches: (text: string, path: string) => readonly string[];
  /** A text (and where needed a path) that breaks the rule. */
  readonly planted: { readonly text: string; readonly path?: string };
}

const columnsMax = 100;
const linesMax = 500;
const impure = new RegExp(
  '(?<![\\w.#\'"`-])' +
    '(Date|console|process|Buffer|performance|Text(En|De)coder|set(Timeout|Interval))[.(]',
);
const word = (...parts: readonly string[]): string => parts.join('');

const rules: readonly Rule[] = [
  {
    name: `lines are at most ${columnsMax} columns`,
    files: /\.ts$/,
    breaches: (text) => linesWhere(text, (line) => line.length > columnsMax),
    planted: { text: 'x'.repeat(columnsMax + 1) },
  },
  {
    name: `files are at most ${linesMax} lines`,
    files: /^(src|cli|test|bench)\/.*\.ts$/,
    breaches: (text) => {
      const lines = text.trimEnd().split('\n').length;
      return lines > linesMax ? [`${lines} lines`] : [];
    },
    planted: { text: 'x\n'.repeat(linesMax + 1) },
  },
  {
    name: 'nothing is left to do later',
    files: /\.(ts|js)$/,
    breaches: (text) =>
      linesMatching(text, new RegExp(`\\b(${word('TO', 'DO')}|${word('FIX', 'ME')})\\b`)),
    planted: { text: `// ${word('TO', 'DO')}: later` },
  },
  {
    name: 'every file of src and cli begins by saying what it owns',
    files: /^(src|cli)\/.*\.ts$/,
    breaches: (text) => (/^(#!.*\n)?\/\*\*/.test(text) ? [] : ['no head comment']),
    planted: { text: 'export const x = 1;' },
  },
  {
    name: 'what is exported has a name',
    files: /\.ts$/,
    breaches: (text) => linesMatching(text, /^export default\b/),
    planted: { text: 'export default 1;' },
  },
  {
    name: 'src/index.ts is the only barrel',
    files: /^(src|cli|test|bench)\/(?!index\.ts$).*\.ts$/,
    breaches: (text, path) => [
      ...(path.endsWith('/index.ts') ? ['a file named index.ts'] : []),
      ...linesMatching(text, /^export (type )?(\*|\{[^}]*\}) from\b/),
    ],
    planted: { text: "export * from './x.ts';", path: 'src/core/index.ts' },
  },
  {
    name: 'core names nothing that differs between two runs, and switches no check off',
    files: /^src\/core\/.*\.ts$/,
    breaches: (text) => [
      ...linesMatching(withoutComments(text), impure),
      ...linesMatching(withoutComments(text), /\bMath\.random\b|(?<![\w.])(async|await)\s/),
      ...linesMatching(text, /(eslint-disable|@ts-(ignore|expect-error|nocheck))/),
    ],
    planted: { text: 'const now = Date.now();' },
  },
  {
    name: 'no path of one machine, no registry host',
    files: /\.(ts|js|json|md|yml|sh)$|^\.ci\/|^\.npmrc$/,
    breaches: (text) =>
      linesMatching(
        text,
        /(?<![\w./*}-])\/(work|root|home|tmp|Users)\/|registry\.(npm|yarn)\w*\.\w+/,
      ),
    planted: { text: `const path = '${word('/', 'tmp/x')}';` },
  },
  {
    name: 'the lock file names no host',
    files: /^package-lock\.json$/,
    breaches: (text) => linesMatching(text, /"resolved": "http/),
    planted: { text: '"resolved": "https://example.org/x.tgz"' },
  },
];

const top = fileURLToPath(new URL('../..', import.meta.url));
const paths = listFiles(top);
const texts = new Map(paths.map((path) => [path, readFileSync(join(top, path), 'utf8')]));

describe.each(rules)('$name', ({ files, breaches, planted }) => {
  test('in every file', () => {
    const found = paths
      .filter((path) => files.test(path))
      .flatMap((path) => breaches(texts.get(path)!, path).map((breach) => `${path}: ${breach}`));
    expect(found).toEqual([]);
  });

  test('and a planted breach is found', () => {
    expect(breaches(planted.text, planted.path ?? 'src/x.ts')).not.toEqual([]);
  });
});

test('the tree is seen', () => {
  expect(paths.filter((path) => path.startsWith('src/core/')).length).toBeGreaterThan(5);
});

test('every file of core is imported by the program', () => {
  const program = paths.filter((path) => /^(src|cli|bench)\/.*\.ts$/.test(path));
  const imported = new Set(program.flatMap((path) => importsOf(path, texts.get(path)!)));
  const dead = program.filter((path) => path.startsWith('src/core/') && !imported.has(path));
  expect(dead).toEqual([]);
});

function linesWhere(text: string, isBreach: (line: string) => boolean): string[] {
  return text.split('\n').flatMap((line, index) => {
    return isBreach(line) ? [`line ${index + 1}: ${line.trim().slice(0, 60)}`] : [];
  });
}

function linesMatching(text: string, pattern: RegExp): string[] {
  return linesWhere(text, (line) => pattern.test(line));
}

/** Blanks comments, keeping line numbers. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/(?<!:)\/\/.*$/gm, '');
}

function importsOf(path: string, text: string): string[] {
  const specifiers = text.matchAll(/(?:from|import|import\()\s*'(\.{1,2}\/[^']+)'/g);
  return [...specifiers].map(([, specifier]) => slashed(join(dirname(path), specifier!)));
}

/** Every file a reader would count as ours, relative to the top, with forward slashes. */
function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (/^(node_modules|dist|coverage|\.git|fixtures)$/.test(entry.name)) return [];
    if (entry.isDirectory()) return listFiles(path);
    return entry.isFile() ? [slashed(relative(top, path))] : [];
  });
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}

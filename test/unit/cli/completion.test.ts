/** Completion as shells do it: bash runs the script, the others' is read. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Completable } from '../../../cli/completion.ts';
import { completionScript } from '../../../cli/completion.ts';

const flag = { kind: 'flag', summary: "it's so" } as const;
const commands: readonly Completable[] = [
  { words: 'up', summary: 'start', options: { fresh: { ...flag, alias: 'f' }, nodes: flag } },
  { words: 'mine', summary: 'mine now', options: { to: { kind: 'text', summary: 'who' } } },
  { words: 'mine auto', summary: 'mine alone', options: { cpu: flag } },
  { words: 'node start', summary: 'run', options: { secret: { ...flag, hidden: true } } },
];

function completeInBash(...words: readonly string[]): readonly string[] {
  const script = `${completionScript('bash', commands)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cairn; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['-c', script, 'bash', 'cairn', ...words], {
    encoding: 'utf8',
  });
  return output.split('\n').filter(Boolean);
}

test('bash completes words, second words and the options of the command', () => {
  expect(completeInBash('')).toEqual(['up', 'mine', 'node']);
  expect(completeInBash('u')).toEqual(['up']);
  expect(completeInBash('node', '')).toEqual(['start']);
  expect(completeInBash('mine', 'a')).toEqual(['auto']);
  expect(completeInBash('up', '--fr')).toEqual(['--fresh']);
  expect(completeInBash('mine', '--t')).toEqual(['--to', '--timeout']);
  expect(completeInBash('mine', 'auto', '5s', '--c')).toEqual(['--cpu']);
  expect(completeInBash('mine', '5', '--t')).toEqual(['--to', '--timeout']);
  expect(completeInBash('node', 'start', '--s')).toEqual([]);
  expect(completeInBash('--json', 'no')).toEqual(['node']);
});

test('zsh loads what the function of bash needs', () => {
  const script = completionScript('zsh', commands);
  expect(script).toMatch(/^autoload -Uz compinit bashcompinit\ncompinit && bashcompinit\n_cairn/);
});

test('fish gets a line per word and option, quoted', () => {
  const lines = completionScript('fish', commands).split('\n');
  expect(lines).toContain("complete -c cairn -n '__fish_use_subcommand' -a mine -d 'mine now'");
  expect(lines).toContain(
    "complete -c cairn -n '__fish_seen_subcommand_from mine' -a auto -d 'mine alone'",
  );
  expect(lines).toContain(
    "complete -c cairn -n '__fish_seen_subcommand_from up' -l fresh -s f -d 'it\\'s so'",
  );
  expect(lines.join('\n')).not.toContain('secret');
});

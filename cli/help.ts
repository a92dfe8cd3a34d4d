/**
 * Owns: the overview of commands.
 * Does not own: one command's own help, which its table of options gives (arguments).
 */
import type { CommandEntry } from './command-table.ts';
import { COMMANDS, HIDDEN_GROUP } from './command-table.ts';
import { showTable } from './format.ts';

/** All commands, or those that begin with `word`. */
export function helpLines(word: string | undefined): readonly string[] {
  const shown = COMMANDS.filter(
    ({ group, words }) =>
      group !== HIDDEN_GROUP && (word === undefined || words.split(' ')[0] === word),
  );
  if (word !== undefined) return [`cairn ${word} ...`, '', ...rows(shown)];
  const groups = [...new Set(shown.map(({ group }) => group))];
  const table = rows(shown);
  return [
    'cairn: a proof-of-work ledger network on your computer',
    '',
    ...groups.flatMap((group) => [
      group,
      ...shown.flatMap((entry, index) => (entry.group === group ? [table[index]!] : [])),
      '',
    ]),
    'Everywhere: --json[=a,b]  -q  -v  --node N|URL  -p NET  --timeout TIME  --yes  --no-color',
    'More on one: cairn COMMAND --help          First: cairn up',
  ];
}

function rows(entries: readonly CommandEntry[]): readonly string[] {
  return showTable(
    entries.map(({ words, positionals, summary }) => [`${words} ${positionals}`.trim(), summary]),
  );
}

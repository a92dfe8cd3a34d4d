/**
 * Owns: the overview of commands, and the help of one command from its table of options; pure.
 * Does not own: the tables (command-table, command, commands/*).
 */
import type { Command, OptionSpecs } from './command.ts';
import { GLOBAL_OPTIONS } from './command.ts';
import type { CommandEntry } from './command-table.ts';
import { COMMANDS, HIDDEN_GROUP } from './command-table.ts';
import { showTable } from './format.ts';

/** All commands, or those that begin with `word`. */
export function overviewLines(word: string | undefined): readonly string[] {
  const shown = COMMANDS.filter(
    ({ group, words }) =>
      group !== HIDDEN_GROUP && (word === undefined || words.split(' ')[0] === word),
  );
  const table = showTable(shown.map((entry) => [usageOf(entry), entry.summary]));
  if (word !== undefined) return [`cairn ${word} ...`, '', ...table];
  const groups = [...new Set(shown.map(({ group }) => group))];
  return [
    'cairn: a proof-of-work ledger network on your computer',
    '',
    ...groups.flatMap((group) => [
      group,
      ...table.filter((_, index) => shown[index]!.group === group),
      '',
    ]),
    'Everywhere: --json[=a,b]  -q  -v  --node N|URL  -p NET  --timeout TIME  --yes  --no-color',
    'More on one: cairn COMMAND --help          First: cairn up',
  ];
}

/** How one command is called, and what it understands. */
export function commandLines(entry: CommandEntry, command: Command): readonly string[] {
  const own = optionRows(command.options);
  const shared = optionRows(GLOBAL_OPTIONS);
  const table = showTable([...own, ...shared]);
  return [
    `cairn ${usageOf(entry)}${own.length === 0 ? '' : ' [options]'}`,
    `  ${entry.summary}`,
    '',
    ...(own.length === 0 ? [] : ['Options', ...table.slice(0, own.length), '']),
    ...['Everywhere', ...table.slice(own.length)],
  ];
}

/** The words and positionals of a command. */
export function usageOf({ words, positionals }: CommandEntry): string {
  return `${words} ${positionals}`.trim();
}

function optionRows(specs: OptionSpecs): readonly (readonly string[])[] {
  return Object.entries(specs)
    .filter(([, { hidden }]) => hidden !== true)
    .map(([name, { alias, value, summary }]) => {
      const short = alias === undefined ? '   ' : `-${alias},`;
      return [`${short} --${name}${value === undefined ? '' : ` ${value}`}`, summary];
    });
}

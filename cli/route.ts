/**
 * Owns: finding the command that an argument list means, before anything of it is loaded; pure.
 * Does not own: its options (arguments).
 */
import { GLOBAL_OPTIONS } from './command.ts';
import type { CommandEntry } from './command-table.ts';
import { COMMANDS, HIDDEN_GROUP } from './command-table.ts';
import { usageError } from './errors.ts';
import { suggest } from './suggestions.ts';

export type Route =
  | { readonly kind: 'command'; readonly entry: CommandEntry; readonly rest: readonly string[] }
  /** Help for a word that begins several commands, or for all. */
  | { readonly kind: 'help'; readonly word: string | undefined };

/** Finds the command; an unknown word is wrong usage, with the nearest known one. */
export function route(argv: readonly string[]): Route {
  const [first, second] = leadingWords(argv);
  if (first === undefined) return { kind: 'help', word: undefined };
  if (argv[first] === 'help') return routeHelp(argv, first);
  const word = argv[first]!;
  const next = second === undefined ? undefined : argv[second];
  const long = next === undefined ? undefined : findEntry(`${word} ${next}`);
  if (long !== undefined) return command(long, argv, [first, second!]);
  const short = findEntry(word);
  if (short !== undefined) return command(short, argv, [first]);
  const under = COMMANDS.filter(({ words }) => words.startsWith(`${word} `));
  if (under.length === 0) throw unknownCommand(word);
  if (next === undefined) return { kind: 'help', word };
  throw unknownCommand(`${word} ${next}`);
}

function command(entry: CommandEntry, argv: readonly string[], taken: readonly number[]): Route {
  return { kind: 'command', entry, rest: argv.filter((_, index) => !taken.includes(index)) };
}

/** `help send` is `send --help`. */
function routeHelp(argv: readonly string[], at: number): Route {
  const rest = argv.filter((_, index) => index !== at);
  return leadingWords(rest)[0] === undefined
    ? { kind: 'help', word: undefined }
    : route([...rest, '--help']);
}

function findEntry(words: string): CommandEntry | undefined {
  return COMMANDS.find((entry) => entry.words === words);
}

/** Where the first two words stand; options that hold everywhere may come before and between. */
function leadingWords(argv: readonly string[]): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at < argv.length && found.length < 2; at++) {
    const token = argv[at]!;
    if (token === '--') break;
    if (!token.startsWith('-')) found.push(at);
    else if (takesNext(token)) at++;
    else if (found.length > 0 && !isGlobal(token)) break;
  }
  return found;
}

function globalOf(token: string): readonly [string, { readonly kind: string }] | undefined {
  const name = token.replace(/^-+/, '').replace(/=.*$/, '');
  return Object.entries(GLOBAL_OPTIONS).find(([long, { alias }]) =>
    token.startsWith('--') ? long === name : alias === name,
  );
}

function isGlobal(token: string): boolean {
  return globalOf(token) !== undefined;
}

/** `--json` alone never takes the word after it. */
function takesNext(token: string): boolean {
  const [name, spec] = globalOf(token) ?? [];
  return spec?.kind === 'text' && name !== 'json' && !token.includes('=');
}

function unknownCommand(words: string): Error {
  const known = COMMANDS.filter(({ group }) => group !== HIDDEN_GROUP).map((entry) => entry.words);
  const firsts = known.map((text) => text.split(' ')[0]!);
  const meant = suggest(words, [...new Set([...known, ...firsts])]);
  const hint = meant === undefined ? 'cairn help' : `cairn ${meant}`;
  const question = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return usageError(`there is no command "${words}"${question}`, hint);
}

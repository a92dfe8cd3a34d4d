/**
 * Owns: parsing a command's options and positionals by its table, and refusing what it does not
 * know.
 * Does not own: which command it is (route) or what values mean (values).
 */
import yargs from 'yargs';
import type { Options } from 'yargs';
import type { Command, Context, OptionSpec, OptionSpecs, Value } from './command.ts';
import { GLOBAL_OPTIONS } from './command.ts';
import type { CommandEntry } from './command-table.ts';
import { COMMANDS } from './command-table.ts';
import { usageError } from './errors.ts';
import { usageOf } from './help.ts';
import type { Output } from './output.ts';
import { suggest } from './suggestions.ts';
import { parseSpan } from './values.ts';

/** Standard input; the parser would read it as an empty word. */
const DASH = '-';
/** No argument of a process can hold this letter. */
const DASH_STAND_IN = '\0';

type Values = Readonly<Record<string, Value>>;

export interface Parsed {
  readonly values: Values;
  readonly context: Context;
}

/** Parses what follows the command's words. */
export async function parseArguments(options: {
  readonly entry: CommandEntry;
  readonly command: Command;
  readonly rest: readonly string[];
  readonly output: Output;
  readonly home: string;
}): Promise<Parsed> {
  const { entry, command, rest } = options;
  const specs: OptionSpecs = { ...command.options, ...GLOBAL_OPTIONS };
  const values = await runParser(createParser(entry, specs), entry, rest);
  checkKnown(values, entry, specs);
  return { values, context: toContext(values, options) };
}

function createParser(entry: CommandEntry, specs: OptionSpecs): ReturnType<typeof yargs> {
  const build = (builder: ReturnType<typeof yargs>): void => {
    for (const name of positionalNames(entry)) builder.positional(name, { type: 'string' });
    for (const [name, spec] of Object.entries(specs)) builder.option(name, toYargs(name, spec));
  };
  return yargs([])
    .command(`$0 ${entry.positionals}`.trim(), '', build, () => undefined)
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'boolean-negation': false,
      'dot-notation': false,
      'greedy-arrays': false,
    })
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .fail(false);
}

function toYargs(name: string, spec: OptionSpec): Options {
  return {
    type: spec.kind === 'flag' ? 'boolean' : 'string',
    ...(spec.kind === 'list' && { array: true }),
    ...(spec.alias !== undefined && { alias: spec.alias }),
    ...(spec.kind !== 'flag' && name !== 'json' && { requiresArg: true }),
  };
}

function positionalNames(entry: CommandEntry): readonly string[] {
  return [...entry.positionals.matchAll(/[a-z]+/g)].map(([name]) => name);
}

async function runParser(
  parser: ReturnType<typeof yargs>,
  entry: CommandEntry,
  rest: readonly string[],
): Promise<Values> {
  // `--json` takes a value only as `--json=a,b`: the word after it is a positional.
  const end = rest.indexOf('--');
  const tokens = rest.map((token, index) => {
    if (token === DASH) return DASH_STAND_IN;
    return token === '--json' && (end === -1 || index < end) ? '--json=' : token;
  });
  try {
    const values = (await parser.parseAsync(tokens)) as Values;
    return Object.fromEntries(Object.entries(values).map(([name, it]) => [name, withDash(it)]));
  } catch (error) {
    throw usageError(explain(error, entry), `cairn ${usageOf(entry)}`);
  }
}

function withDash(value: Value): Value {
  if (Array.isArray(value))
    return (value as readonly string[]).map((item) => withDash(item) as string);
  return value === DASH_STAND_IN ? DASH : value;
}

function explain(error: unknown, entry: CommandEntry): string {
  const text = error instanceof Error ? error.message : String(error);
  const following = /^Not enough arguments following: (.+)$/.exec(text)?.[1];
  if (following !== undefined) return `--${following} needs a value`;
  const got = Number(/^Not enough non-option arguments: got (\d+)/.exec(text)?.[1] ?? NaN);
  const missing = positionalNames(entry)[got];
  return missing === undefined ? text : `"cairn ${entry.words}" needs <${missing}>`;
}

/** Refuses options and words that the command does not have. */
function checkKnown(values: Values, entry: CommandEntry, specs: OptionSpecs): void {
  const extra = (values['_'] as readonly string[])[0];
  if (extra !== undefined) throw uselessWord(extra, entry);
  const names = Object.keys(specs);
  const aliases = Object.values(specs).flatMap(({ alias }) => alias ?? []);
  const known = ['_', '$0', ...positionalNames(entry), ...names, ...aliases].flatMap((name) => [
    name,
    toCamelCase(name),
  ]);
  for (const [name, value] of Object.entries(values)) {
    if (!known.includes(name)) throw unknownOption(name, entry, specs);
    if (Array.isArray(value) && specs[name] !== undefined && specs[name].kind !== 'list') {
      throw usageError(`--${name} is given twice`);
    }
  }
}

function uselessWord(word: string, entry: CommandEntry): Error {
  const longer = COMMANDS.map(({ words }) => words).filter((words) =>
    words.startsWith(`${entry.words} `),
  );
  const meant = suggest(`${entry.words} ${word}`, longer);
  const question = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return usageError(
    `"cairn ${entry.words}" has no use for "${word}"${question}`,
    `cairn ${meant ?? usageOf(entry)}`,
  );
}

function unknownOption(name: string, entry: CommandEntry, specs: OptionSpecs): Error {
  const shown = name.length === 1 ? `-${name}` : `--${name}`;
  const visible = Object.entries(specs).filter(([, { hidden }]) => hidden !== true);
  const meant = suggest(
    name,
    visible.map(([long]) => long),
  );
  const question = meant === undefined ? '' : `; did you mean --${meant}?`;
  return usageError(
    `"cairn ${entry.words}" has no option ${shown}${question}`,
    meant === undefined ? `cairn ${entry.words} --help` : `--${meant}`,
  );
}

function toCamelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function toContext(
  values: Values,
  options: { readonly output: Output; readonly home: string },
): Context {
  const text = (name: string): string | undefined =>
    typeof values[name] === 'string' ? values[name] : undefined;
  const timeout = text('timeout');
  return {
    output: options.output,
    home: options.home,
    network: text('network') ?? 'default',
    node: text('node'),
    timeoutMs: timeout === undefined ? undefined : parseSpan('--timeout', timeout),
    yes: values['yes'] === true,
    input: values['no-input'] !== true && process.stdin.isTTY,
  };
}

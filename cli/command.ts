/**
 * Owns: what a command is: its options, its positionals, its work, and what it is handed.
 * Does not own: the list of commands (command-table) or parsing (arguments).
 */
import type { ExitCode } from './errors.ts';
import type { Output } from './output.ts';

export interface OptionSpec {
  readonly kind: 'flag' | 'text' | 'list';
  readonly summary: string;
  /** One letter. */
  readonly alias?: string;
  /** How the value is called in help. */
  readonly value?: string;
  /** Understood, but not shown. */
  readonly hidden?: boolean;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** A parsed value: text stays text, so that `1.5` is what was typed. */
export type Value = string | boolean | readonly string[] | undefined;

/** Every command module exports one, with `A` its own positionals and options in camel case. */
export interface Command<A extends object = object> {
  readonly options: OptionSpecs;
  run(context: Context, args: A): Promise<ExitCode | undefined>;
}

/** What every command can see: the options that hold everywhere, and the way out. */
export interface Context {
  readonly output: Output;
  /** The folder of all data. */
  readonly home: string;
  /** `-p`: the local network. */
  readonly network: string;
  /** `--node`: a number or a URL; undefined for the lowest-numbered running one. */
  readonly node: string | undefined;
  readonly timeoutMs: number | undefined;
  /** Answers every question with yes. */
  readonly yes: boolean;
  /** Whether a person may be asked. */
  readonly input: boolean;
}

export const GLOBAL_OPTIONS: OptionSpecs = {
  json: { kind: 'text', value: 'a,b', summary: 'answer as JSON; --json=a,b picks fields' },
  quiet: { kind: 'flag', alias: 'q', summary: 'no messages, only answers' },
  verbose: { kind: 'flag', alias: 'v', summary: 'causes of errors too' },
  node: { kind: 'text', value: 'N|URL', summary: 'the node to ask (lowest-numbered running one)' },
  network: { kind: 'text', alias: 'p', value: 'NET', summary: 'the local network ("default")' },
  timeout: { kind: 'text', value: 'TIME', summary: 'how long to wait, such as 30s' },
  yes: { kind: 'flag', summary: 'answer yes to every question' },
  'no-input': { kind: 'flag', summary: 'never ask' },
  'no-color': { kind: 'flag', summary: 'no colour (as NO_COLOR)' },
  help: { kind: 'flag', alias: 'h', summary: 'this text' },
};

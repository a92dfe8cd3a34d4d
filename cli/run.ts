/**
 * Owns: one run of the command line, from arguments to exit code.
 * Does not own: any command.
 */
import { dataHome, packageVersion } from '../src/lab/home.ts';
import { CliError, EXIT } from './errors.ts';
import type { OutputOptions } from './output.ts';
import { Output } from './output.ts';
import { route } from './route.ts';

/** Runs one command line; answers the exit code, having explained any failure. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const output = new Output(readOutputOptions(argv));
  try {
    return await dispatch(argv, output);
  } catch (error) {
    const explained = await explain(error);
    output.error(explained);
    return explained.details.exit;
  }
}

/** Without file handles not even the program can be loaded, its explanations included. */
async function explain(error: unknown): Promise<CliError> {
  try {
    if (isOutOfFiles(error)) throw error;
    const { toCliError } = await import('./explain.ts');
    return toCliError(error, dataHome());
  } catch (failure) {
    if (!isOutOfFiles(failure)) throw failure;
    return new CliError('the process may not open more files', {
      code: 'too-many-files',
      exit: EXIT.failed,
      hint: 'ulimit -n 1024, then the same again',
      cause: failure,
    });
  }
}

function isOutOfFiles(error: unknown): boolean {
  return /^E[MN]FILE$/.test(String((error as NodeJS.ErrnoException | undefined)?.code));
}

async function dispatch(argv: readonly string[], output: Output): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-V') {
    const version = packageVersion();
    output.answer({ version }, () => [version]);
    return 0;
  }
  const found = route(argv);
  if (found.kind === 'help') {
    const { overviewLines } = await import('./help.ts');
    print(overviewLines(found.word));
    return 0;
  }
  const { entry, rest } = found;
  const command = await entry.load();
  if (asksForHelp(rest)) {
    const { commandLines } = await import('./help.ts');
    print(commandLines(entry, command));
    return 0;
  }
  const { parseArguments } = await import('./arguments.ts');
  const home = dataHome();
  const { values, context } = await parseArguments({ entry, command, rest, output, home });
  return (await command.run(context, values)) ?? 0;
}

function asksForHelp(tokens: readonly string[]): boolean {
  const end = tokens.indexOf('--');
  return tokens.slice(0, end === -1 ? undefined : end).some((token) => /^(-h|--help)$/.test(token));
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

/** Read before all else: even a wrong command line is answered in the form asked for. */
function readOutputOptions(argv: readonly string[]): OutputOptions {
  const end = argv.indexOf('--');
  const tokens = end === -1 ? argv : argv.slice(0, end);
  const has = (...names: readonly string[]): boolean =>
    tokens.some((token) => names.includes(token));
  const json = tokens.find((token) => token === '--json' || token.startsWith('--json='));
  const noColor = process.env['NO_COLOR'];
  return {
    json: json === undefined ? undefined : json.slice('--json='.length).split(',').filter(Boolean),
    quiet: has('-q', '--quiet'),
    verbose: has('-v', '--verbose'),
    color: !has('--no-color') && (noColor === undefined || noColor === ''),
  };
}

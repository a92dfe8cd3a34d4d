/**
 * Owns: secrets and decisions that only the person can give: asked for on a terminal, or read from
 * a file or standard input.
 * Does not own: what they open (wallets). No secret is ever taken from an option's value or from
 * the environment, where other processes could read it.
 */
import { readFileSync } from 'node:fs';
import type { Context, OptionSpecs } from './command.ts';
import { CliError, EXIT, usageError } from './errors.ts';

/** The option of every command that opens a wallet. */
export const PASSPHRASE_OPTION: OptionSpecs = {
  'passphrase-file': { kind: 'text', value: 'PATH|-', summary: "the wallet's passphrase, unasked" },
};

const STANDARD_INPUT = '-';

/** The passphrase of a wallet that is there. */
export async function askPassphrase(
  context: Context,
  name: string,
  file: string | undefined,
): Promise<string> {
  if (file !== undefined) return readSecret(file);
  if (!mayAsk(context)) throw needed(`the wallet "${name}" needs its passphrase`);
  return (await askHidden(`Passphrase of "${name}"`)) ?? '';
}

/** A new passphrase, typed twice; empty when the person wants none. */
export async function askNewPassphrase(
  context: Context,
  name: string,
  options: { readonly file: string | undefined; readonly flag: string },
): Promise<string> {
  const { file, flag } = options;
  if (file !== undefined) return readSecret(file);
  if (!mayAsk(context)) throw needed(`the wallet "${name}" needs a passphrase`, flag);
  const first = (await askHidden(`New passphrase for "${name}" (Enter for none)`)) ?? '';
  if (first !== '') {
    await askHidden('The same again', (again) => (again === first ? undefined : 'not the same'));
  }
  return first;
}

/** The words of a mnemonic, as typed or as they stand in a file. */
export async function askMnemonic(context: Context, file: string | undefined): Promise<string> {
  if (file !== undefined) return readSecret(file);
  if (!mayAsk(context)) throw needed('restoring needs the mnemonic', '--mnemonic-file');
  return (await askHidden('The words of the mnemonic, in order')) ?? '';
}

/** Goes on only when the person agrees, or said `--yes` before. */
export async function confirm(context: Context, question: string): Promise<void> {
  if (context.yes) return;
  if (!mayAsk(context)) throw usageError(`${question} Nobody can be asked here`, '--yes');
  const prompts = await import('@clack/prompts');
  const output = process.stderr;
  const answer = await prompts.confirm({ message: question, initialValue: false, output });
  if (answer === true) return;
  throw interrupted();
}

/** Refuses what would read standard input twice. */
export function assertOneStandardInput(files: readonly (string | undefined)[]): void {
  if (files.filter((file) => file === STANDARD_INPUT).length > 1) {
    throw usageError('only one of the files can be standard input (-)');
  }
}

/** A person sits here if both sides of the conversation are a terminal. */
function mayAsk(context: Context): boolean {
  return context.input && process.stderr.isTTY;
}

/** Typed characters are hidden; undefined when nothing was typed. */
async function askHidden(
  message: string,
  check: (text: string) => string | undefined = () => undefined,
): Promise<string | undefined> {
  const { password, isCancel } = await import('@clack/prompts');
  const validate = (text: string | undefined): string | undefined => check(text ?? '');
  const answer = await password({ message, validate, output: process.stderr });
  if (isCancel(answer)) throw interrupted();
  return answer;
}

/** The whole file but the line break at its end. */
function readSecret(file: string): string {
  try {
    const text = readFileSync(file === STANDARD_INPUT ? 0 : file, 'utf8');
    return text.replace(/\r?\n$/, '');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`the file of the secret cannot be read: ${reason}`, {
      ...{ code: 'secret-unreadable', exit: EXIT.failed, cause },
      hint: 'name a file, or - for standard input',
    });
  }
}

function needed(what: string, flag = '--passphrase-file'): CliError {
  return new CliError(`${what}, and nobody can be asked here`, {
    ...{ code: 'passphrase-needed', exit: EXIT.notAllowed },
    hint: `${flag} PATH, or ${flag} - for standard input`,
  });
}

function interrupted(): CliError {
  return new CliError('nothing was changed', { code: 'interrupted', exit: EXIT.interrupted });
}

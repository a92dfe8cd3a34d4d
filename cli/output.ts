/**
 * Owns: what goes to stdout and to stderr, colour, and the progress line.
 * Does not own: the text itself (commands, format) or errors' words (errors).
 *
 * Data goes to stdout, messages to stderr; `-q` silences messages.
 */
import { styleText } from 'node:util';
import type { CliError } from './errors.ts';
import { errorToJson, errorToLines } from './errors.ts';
import { pickFields } from './fields.ts';

export interface OutputOptions {
  /** The fields asked for, empty for all; undefined for text. */
  readonly json: readonly string[] | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

type Style = 'dim' | 'red' | 'green' | 'yellow' | 'bold';

const PROGRESS_DELAY_MS = 300;
const PROGRESS_STEP_MS = 100;
const CLEAR_LINE = '\r\x1b[K';

export class Output {
  readonly options: OutputOptions;

  constructor(options: OutputOptions) {
    this.options = options;
  }

  get isJson(): boolean {
    return this.options.json !== undefined;
  }

  /** Prints an answer: as JSON when asked for, else as the given lines. */
  answer(data: object, lines: () => readonly string[]): void {
    const { json } = this.options;
    if (json === undefined) for (const line of lines()) this.#write(process.stdout, line);
    else {
      const picked = json.length === 0 ? data : pickFields(data, json);
      this.#write(process.stdout, JSON.stringify(picked));
    }
  }

  /** A whole file: its text as it is, the line ended on a terminal only. */
  file(text: string): void {
    process.stdout.write(process.stdout.isTTY ? `${text}\n` : text);
  }

  /** One line of data while a command goes on; nothing with `--json`, whose answer comes whole. */
  line(text: string): void {
    if (!this.isJson) this.#write(process.stdout, text);
  }

  /** A message to the person. */
  note(text: string): void {
    if (!this.options.quiet && !this.isJson) this.#write(process.stderr, text);
  }

  /** What one would do next, dimly. */
  next(...commands: readonly string[]): void {
    this.note(this.#style(process.stderr, 'dim', `  next: ${commands.join('   ·   ')}`));
  }

  error(error: CliError): void {
    if (this.isJson) {
      this.#write(process.stderr, JSON.stringify(errorToJson(error)));
      return;
    }
    for (const line of errorToLines(error)) {
      const style = line.startsWith('error:') ? 'red' : undefined;
      this.#write(
        process.stderr,
        style === undefined ? line : this.#style(process.stderr, style, line),
      );
    }
    if (this.options.verbose && error.cause instanceof Error) {
      this.#write(process.stderr, error.cause.stack ?? error.cause.message);
    }
  }

  /** Styles text for stdout. */
  style(style: Style, text: string): string {
    return this.#style(process.stdout, style, text);
  }

  /** Whether somebody sees what is being waited for. */
  get showsProgress(): boolean {
    return process.stderr.isTTY && !this.options.quiet && !this.isJson;
  }

  /** Shows what is being waited for, on a terminal only and not before it takes long. */
  async during<T>(text: () => string, work: Promise<T>): Promise<T> {
    if (!this.showsProgress) return work;
    const startedMs = performance.now();
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startedMs;
      if (elapsedMs < PROGRESS_DELAY_MS) return;
      process.stderr.write(`${CLEAR_LINE}  ${text()}   ${(elapsedMs / 1000).toFixed(1)} s`);
    }, PROGRESS_STEP_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      if (performance.now() - startedMs >= PROGRESS_DELAY_MS) process.stderr.write(CLEAR_LINE);
    }
  }

  #style(stream: NodeJS.WriteStream, style: Style, text: string): string {
    return this.options.color && stream.isTTY ? styleText(style, text) : text;
  }

  #write(stream: NodeJS.WriteStream, text: string): void {
    stream.write(`${text}\n`);
  }
}

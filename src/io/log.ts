/**
 * Owns: the log of a node: JSON lines in files that rotate by size, and a cap per kind of line, so
 * that nobody fills the disk from outside.
 * Does not own: what is worth logging (runtime's subscribers) or what a terminal shows (cli).
 */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { pino } from 'pino';

const LOG_FILE_BYTES_MAX = 10_000_000;
/** The current file and its predecessors `.1`, `.2`. */
const LOG_FILES_MAX = 3;
/** Lines of one kind per minute; the rest is counted and told once. */
export const LOG_LINES_PER_KIND = 60;

const WINDOW_MS = 60_000;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

export interface LogOptions {
  readonly path: string;
  readonly level?: LogLevel;
  readonly fileBytesMax?: number;
  readonly linesPerKind?: number;
  readonly clock?: () => number;
}

interface Window {
  readonly startedMs: number;
  lines: number;
}

export class Log {
  readonly #file: RotatingFile;
  readonly #logger: Logger;
  readonly #linesPerKind: number;
  readonly #clock: () => number;
  /** By kind: kinds are names in the program, so the map is as small as the program. */
  readonly #windows = new Map<string, Window>();

  constructor(options: LogOptions) {
    this.#file = new RotatingFile(options.path, options.fileBytesMax ?? LOG_FILE_BYTES_MAX);
    this.#linesPerKind = options.linesPerKind ?? LOG_LINES_PER_KIND;
    this.#clock = options.clock ?? Date.now;
    const settings = { level: options.level ?? 'info', base: null, messageKey: 'kind' };
    this.#logger = pino(settings, this.#file);
  }

  /** Writes a line; `kind` is a name in the program, kebab-case, never text from outside. */
  write(level: LogLevel, kind: string, fields: LogFields = {}): void {
    const nowMs = this.#clock();
    let window = this.#windows.get(kind);
    if (window === undefined || nowMs - window.startedMs >= WINDOW_MS) {
      const left = (window?.lines ?? 0) - this.#linesPerKind;
      if (left > 0) this.#logger.warn({ of: kind, count: left }, 'lines-left-out');
      window = { startedMs: nowMs, lines: 0 };
      this.#windows.set(kind, window);
    }
    window.lines++;
    if (window.lines <= this.#linesPerKind) this.#logger[level](fields, kind);
  }

  close(): void {
    this.#file.close();
  }
}

/** Appends to a file; a full one becomes `.1`, that `.2`, and the oldest goes. */
class RotatingFile {
  readonly #path: string;
  readonly #bytesMax: number;
  #descriptor: number;
  #bytes: number;

  constructor(path: string, bytesMax: number) {
    this.#path = path;
    this.#bytesMax = bytesMax;
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, 'a');
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  write(line: string): void {
    const size = Buffer.byteLength(line);
    if (this.#bytes > 0 && this.#bytes + size > this.#bytesMax) this.#rotate();
    this.#bytes += size;
    try {
      writeSync(this.#descriptor, line);
    } catch {
      // A full disk must not end a node that could still serve: its store decides that.
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    rmSync(`${this.#path}.${LOG_FILES_MAX - 1}`, { force: true });
    for (let number = LOG_FILES_MAX - 2; number >= 1; number--) {
      this.#rename(`${this.#path}.${number}`, `${this.#path}.${number + 1}`);
    }
    this.#rename(this.#path, `${this.#path}.1`);
    this.#descriptor = openSync(this.#path, 'a');
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  #rename(from: string, to: string): void {
    try {
      renameSync(from, to);
    } catch {
      // Not there yet, or taken away by the operator.
    }
  }
}

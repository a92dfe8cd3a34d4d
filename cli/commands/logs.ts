/** Owns: `cairn logs`. Does not own: writing them (the nodes). */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { requireNode } from '../../src/lab/nodes.ts';
import { NODES_MAX } from '../../src/lab/ports.ts';
import { nodePlace, requireNetwork } from '../../src/lab/registry.ts';
import type { Command } from '../command.ts';
import { parseCount } from '../values.ts';

interface LogsArguments {
  readonly nodes?: readonly string[];
  readonly follow?: boolean;
  readonly lines?: string;
}

const LINES_DEFAULT = '50';
const FOLLOW_POLL_MS = 200;
/** As pino numbers them. */
const LEVEL_WARN = 40;

export const logs: Command<LogsArguments> = {
  options: {
    follow: { kind: 'flag', alias: 'f', summary: 'go on printing what comes' },
    lines: { kind: 'text', alias: 'n', value: 'N', summary: `lines per node (${LINES_DEFAULT})` },
  },

  async run({ home, network, output }, args) {
    const record = requireNetwork(home, network);
    const named = (args.nodes ?? []).map((text) =>
      parseCount('NODE', text, { min: 1, max: NODES_MAX }),
    );
    const ids = named.length > 0 ? named : record.nodes.map(({ id }) => id);
    const count = parseCount('--lines', args.lines ?? LINES_DEFAULT, { min: 0, max: 100_000 });
    const files = ids.map((id) => {
      const { logFile } = nodePlace(home, record, requireNode(record, id).id);
      return { id, logFile, offset: existsSync(logFile) ? statSync(logFile).size : 0 };
    });
    for (const { id, logFile } of files) {
      if (!existsSync(logFile)) continue;
      const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').filter(Boolean);
      print(id, count === 0 ? [] : lines.slice(-count), output.isJson);
    }
    while (args.follow === true) {
      await delay(FOLLOW_POLL_MS);
      for (const file of files) {
        const { text, offset } = readNew(file.logFile, file.offset);
        file.offset = offset;
        print(file.id, text.split('\n').filter(Boolean), output.isJson);
      }
    }
    return undefined;
  },
};

function print(id: number, lines: readonly string[], isJson: boolean): void {
  for (const line of lines) {
    process.stdout.write(isJson ? `${line}\n` : `node ${id} | ${toText(line)}\n`);
  }
}

/** A line of the log in words; what is none stays as it is. */
function toText(line: string): string {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(line) as typeof fields;
  } catch {
    return line;
  }
  const { time, level, kind, ...facts } = fields;
  const at = typeof time === 'number' ? new Date(time).toISOString().slice(11, 23) : '';
  const shown = Object.entries(facts).map(([name, value]) =>
    typeof value === 'string' ? `${name}=${value}` : `${name}=${JSON.stringify(value)}`,
  );
  const warns = typeof level === 'number' && level >= LEVEL_WARN ? 'WARN ' : '';
  return `${at}  ${warns}${String(kind)}  ${shown.join(' ')}`.trimEnd();
}

/** Whole lines written since `offset`; a file that became shorter is read from its start. */
function readNew(path: string, offset: number): { readonly text: string; readonly offset: number } {
  if (!existsSync(path)) return { text: '', offset: 0 };
  const { size } = statSync(path);
  const start = size < offset ? 0 : offset;
  const bytes = Buffer.alloc(size - start);
  const file = openSync(path, 'r');
  const read = readSync(file, bytes, 0, bytes.length, start);
  closeSync(file);
  const end = bytes.subarray(0, read).lastIndexOf('\n') + 1;
  return { text: bytes.toString('utf8', 0, end), offset: start + end };
}

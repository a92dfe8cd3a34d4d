/**
 * Owns: running the built command line in a data folder and on ports of its own, and leaving
 * nothing behind.
 * Does not own: what any command does.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { z } from 'zod';
import { CLI_ANSWERS, CLI_ERROR } from '../../cli/answers.ts';
import { route } from '../../cli/route.ts';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Below the ports that systems hand out by themselves. */
const PORT_BASE_MIN = 20_000;
const PORT_BLOCKS = 50;
const PORT_BLOCK_SIZE = 200;
/** Between two questions to a node, so that asking does not keep it from its work. */
const POLL_MS = 10;

export interface CairnRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

/** The object that `--json` puts on stderr. */
export interface CairnError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

type CairnChild = ChildProcessByStdio<null, Readable, Readable>;

/** `cairn` as a person at one computer has it. */
export class Cairn {
  readonly home: string = mkdtempSync(join(tmpdir(), 'cairn-test-'));
  readonly portBase: number = PORT_BASE_MIN + (process.pid % PORT_BLOCKS) * PORT_BLOCK_SIZE;
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv = {}) {
    const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
    this.#env = { ...inherited, ...env, CAIRN_HOME: this.home };
  }

  /** Starts a command and leaves it running. */
  spawn(...args: readonly string[]): CairnChild {
    const ports = args[0] === 'up' ? ['--port-base', String(this.portBase)] : [];
    const chosen = args.includes('--port-base') ? [] : ports;
    return spawn(process.execPath, [program, ...args, ...chosen], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs a command to its end. */
  async run(...args: readonly string[]): Promise<CairnRun> {
    const startedMs = performance.now();
    const child = this.spawn(...args);
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout: stdout(), stderr: stderr(), elapsedMs: performance.now() - startedMs };
  }

  /** Runs a command that must succeed; answers its JSON, which is of the published shape. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, '--json');
    expect({ args, code, stderr }).toMatchObject({ code: 0 });
    const answer: unknown = JSON.parse(stdout);
    const found = route(args);
    const schema = found.kind === 'command' ? CLI_ANSWERS[found.entry.words] : undefined;
    expect({ args, faults: faultsOf(answer, schema) }).toEqual({ args, faults: [] });
    return answer as T;
  }

  /** Runs a command that must fail; answers the exit code and the error of `--json`. */
  async failure(
    ...args: readonly string[]
  ): Promise<CairnError & { readonly exit: number | null }> {
    const { code, stderr, stdout } = await this.run(...args, '--json');
    expect({ args, stdout }).toEqual({ args, stdout: '' });
    const failure: unknown = JSON.parse(stderr);
    expect({ args, faults: faultsOf(failure, CLI_ERROR) }).toEqual({ args, faults: [] });
    const { error } = failure as { readonly error: CairnError };
    return { ...error, exit: code };
  }

  /** Ends every network of this home, whatever state it is in, and removes the home. */
  async close(): Promise<void> {
    for (const name of this.#networks()) {
      await this.run('down', '-p', name);
      for (const pid of this.#recordedPids(name)) killIfThere(pid);
    }
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  #networks(): readonly string[] {
    const folder = join(this.home, 'networks');
    if (!existsSync(folder)) return [];
    return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'network.json')));
  }

  #recordedPids(name: string): readonly number[] {
    const path = join(this.home, 'networks', name, 'network.json');
    const text = readFileSync(path, 'utf8');
    return [...text.matchAll(/"pid": (\d+)/g)].map(([, pid]) => Number(pid));
  }
}

/** Resolves when a stream has shown `text`; fails when it ends without. */
export function waitForText(stream: Readable, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(text)) resolve(seen);
    });
    stream.on('end', () => reject(new Error(`the stream ended without "${text}": ${seen}`)));
  });
}

/** Asks again until the answer is as wished; fails with the last answer after `timeoutMs`. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWished: (answer: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isWished(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(`not in ${timeoutMs} ms; last: ${JSON.stringify(answer)}`);
    }
    await delay(POLL_MS);
  }
}

export function isProcessRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}

/** Where an answer is not what is published for its command. */
function faultsOf(answer: unknown, schema: z.ZodType | undefined): readonly string[] {
  if (schema === undefined) return ['nothing is published'];
  const { error } = schema.safeParse(answer);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended: that is what is wanted.
  }
}

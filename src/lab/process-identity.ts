/**
 * Owns: telling whether a recorded process still runs: its id together with its start time.
 * Does not own: starting and stopping processes (node-control, network).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A process id alone may name another process later; with its start time it cannot. */
export interface ProcessRecord {
  readonly pid: number;
  /** Opaque: only ever compared. */
  readonly startedAt: string;
}

/** The identity of a running process; undefined when there is none. */
export function identifyProcess(pid: number): ProcessRecord | undefined {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isRunning(record: ProcessRecord): boolean {
  return identifyProcess(record.pid)?.startedAt === record.startedAt;
}

/** Sends a signal if the recorded process still runs. */
export function signalProcess(record: ProcessRecord, signal: NodeJS.Signals): void {
  if (!isRunning(record)) return;
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits for the end of a process; answers whether it came in time. */
export async function waitForEnd(record: ProcessRecord, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isRunning(record)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

const POLL_MS = 10;
/** The fields of /proc/PID/stat after the name in brackets, which may itself hold brackets. */
const STATE_FIELD = 0;
const START_FIELD = 19;

function startOnLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended: only its parent has not asked yet.
  return /[ZX]/.test(fields[STATE_FIELD] ?? 'X') ? undefined : fields[START_FIELD];
}

function startElsewhere(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    if (process.platform === 'win32') return 'unknown';
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return started.trim() === '' ? undefined : started.trim();
  } catch {
    return undefined;
  }
}

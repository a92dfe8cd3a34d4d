/**
 * Owns: ending together with another process, however that one ends.
 * Does not own: what ending means to the caller.
 */
import { identifyProcess, isRunning } from './process-identity.ts';

const POLL_MS = 250;

/** Calls `onGone` once when the process has ended, at once if it had. Keeps no process alive. */
export function watchOwner(pid: number, onGone: () => void): void {
  const owner = identifyProcess(pid);
  const timer = setInterval(() => {
    if (owner !== undefined && isRunning(owner)) return;
    clearInterval(timer);
    onGone();
  }, POLL_MS);
  timer.unref();
}

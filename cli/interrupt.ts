/**
 * Owns: what Ctrl-C does to long work: the first ends it in order and says so, the second at once.
 * Does not own: the work.
 */
import type { Context } from './command.ts';
import { EXIT } from './errors.ts';

/** Runs work that a signal ends early. */
export async function interruptible<T>(
  { output }: Context,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(EXIT.interrupted);
    output.note('stopping in order; once more Ctrl-C ends it at once');
    abort.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(abort.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

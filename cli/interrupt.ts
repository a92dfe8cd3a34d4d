/**
 * Owns: what Ctrl-C does to long work: the first ends it in order and says so, the second at once.
 * Does not own: the work.
 */
import type { Context } from './command.ts';
import { EXIT } from './errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes a Ctrl-C on to its child, which the terminal has given it already. */
const ECHO_MS = 300;

/** Calls back at the first signal; a second one ends the process. Answers how to stop listening. */
export function onInterrupt(first: (signal: NodeJS.Signals) => void): () => void {
  let firstMs: number | undefined;
  const listen = (signal: NodeJS.Signals): void => {
    if (firstMs === undefined) {
      firstMs = performance.now();
      first(signal);
    } else if (performance.now() - firstMs > ECHO_MS) process.exit(EXIT.interrupted);
  };
  for (const signal of SIGNALS) process.on(signal, listen);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listen);
  };
}

/** Runs work that a signal ends early. */
export async function interruptible<T>(
  { output }: Context,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const release = onInterrupt(() => {
    output.note('stopping in order; once more Ctrl-C ends it at once');
    abort.abort();
  });
  try {
    return await work(abort.signal);
  } finally {
    release();
  }
}

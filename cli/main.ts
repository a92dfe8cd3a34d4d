#!/usr/bin/env node
/**
 * Owns: being the program `cairn`.
 * Does not own: anything else (run).
 */
import { runCli } from './run.ts';

// A reader that has seen enough (`cairn logs | head`) is no failure, and a terminal that has gone
// must not keep a foreground network from ending in order.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  if (error.code !== 'EIO') throw error;
});
process.stderr.on('error', () => undefined);
process.exitCode = await runCli(process.argv.slice(2));

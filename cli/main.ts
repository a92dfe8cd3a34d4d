#!/usr/bin/env node
/**
 * Owns: being the program `cairn`.
 * Does not own: anything else (run).
 */
import { runCli } from './run.ts';

// A reader that has seen enough (`cairn logs | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await runCli(process.argv.slice(2));

/**
 * Test projects: `fast` is everything that runs inside one process; `process` starts real nodes and
 * runs after it, two files at a time: networks wait more than they compute.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './reporter.js';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const slow = ['test/e2e/**/*.test.ts', 'test/attacks/**/*.test.ts'];

export default defineConfig({
  root: top,
  cacheDir: 'node_modules/.cache/vite',
  test: {
    reporters: [new SummaryReporter()],
    globalSetup: '.config/vitest.setup.js',
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...slow, 'test/tidy/fixtures/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: slow,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

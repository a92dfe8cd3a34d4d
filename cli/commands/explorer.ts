/** Owns: `cairn explorer`. Does not own: the page (lab, explorer). */
import { spawn } from 'node:child_process';
import { labError } from '../../src/lab/errors.ts';
import { labUrl, requireNetwork } from '../../src/lab/registry.ts';
import type { Command } from '../command.ts';

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' };

export const explorer: Command<{ readonly print?: boolean }> = {
  options: { print: { kind: 'flag', summary: 'print the link, open nothing' } },

  async run({ home, network, output }, { print = false }) {
    const record = requireNetwork(home, network);
    if (record.lab === null) {
      throw labError('network-stopped', `network "${network}" has no lab process to serve a page`, {
        hint: 'cairn up',
      });
    }
    const url = `${labUrl(record)}/`;
    output.answer({ url }, () => [url]);
    if (!print && process.stdout.isTTY) open(url);
    return undefined;
  },
};

/** The link is printed already: where nothing can open it, nothing is lost. */
function open(url: string): void {
  const opener = spawn(OPENERS[process.platform] ?? 'xdg-open', [url], {
    stdio: 'ignore',
    detached: true,
  });
  opener.on('error', () => undefined);
  opener.unref();
}

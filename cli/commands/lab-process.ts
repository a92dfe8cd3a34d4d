/** Owns: the hidden command that `up -d` leaves running. Does not own: what it does (lab). */
import { findDevAccount } from '../../src/client/dev-accounts.ts';
import { required } from '../../src/core/base/assert.ts';
import { startLab } from '../../src/lab/lab-process.ts';
import type { Command } from '../command.ts';

export const labProcess: Command = {
  options: {},

  async run({ home, network, output }) {
    const ended = new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
    const to = required(findDevAccount('erin'), 'erin is a dev account').address;
    const report = (text: string): void => output.note(`${new Date().toISOString()} ${text}`);
    const lab = await startLab({ home, name: network, to, report });
    await ended;
    await lab.stop();
    return undefined;
  },
};

/** Owns: `cairn delay`. Does not own: slow links (lab). */
import { LINK_DELAY_MS_MAX } from '../../src/api/schemas/fields.ts';
import { delayLink } from '../../src/lab/delays.ts';
import type { Command } from '../command.ts';
import { usageError } from '../errors.ts';
import { parseSpan } from '../values.ts';

export const delay: Command<{ readonly link: string; readonly time: string }> = {
  options: {},

  async run({ home, network, output }, args) {
    const delayMs = parseDelay(args.time);
    const slow = await delayLink({ home, name: network, link: args.link, delayMs });
    const link = slow.link.join('-');
    output.answer(slow, () => [
      delayMs === 0
        ? `link ${link} is as fast as it was`
        : `link ${link}: ${delayMs} ms in each direction`,
    ]);
    output.next(...(delayMs === 0 ? [] : [`cairn delay ${link} off`]), 'cairn ps', 'cairn peers');
    return undefined;
  },
};

function parseDelay(text: string): number {
  if (text === 'off') return 0;
  const delayMs = Math.round(parseSpan('TIME', text));
  if (delayMs >= 1 && delayMs <= LINK_DELAY_MS_MAX) return delayMs;
  throw usageError(`a delay is from 1ms to ${LINK_DELAY_MS_MAX}ms, or off, not "${text}"`);
}

/** Owns: `cairn tx push`: gives a signed transaction to a node; doing it again changes nothing. */
import { bytesToHex } from '../../src/core/base/bytes.ts';
import type { Command } from '../command.ts';
import { usageError } from '../errors.ts';
import { decodePayment, readHex } from '../offline.ts';
import { follow, followedLine, submit } from '../submission.ts';
import { resolveTarget } from '../target.ts';
import { parseCount } from '../values.ts';
import { WAIT_RANGE } from './send.ts';

interface TxPushArguments {
  readonly raw: string;
  readonly wait?: string;
}

export const txPush: Command<TxPushArguments> = {
  options: { wait: { kind: 'text', value: 'N', summary: 'return after N confirmations' } },

  async run(context, args) {
    const { output } = context;
    const startedMs = performance.now();
    const wait = parseCount('--wait', args.wait ?? '0', WAIT_RANGE);
    const bytes = readHex(args.raw);
    const { transaction, isSigned } = decodePayment(bytes);
    if (!isSigned) throw usageError('this is not signed', 'cairn tx sign HEX --from NAME');
    const { id } = transaction;
    const { client, label } = resolveTarget(context);
    const { reason } = await submit(client, { id, raw: bytesToHex(bytes) });
    output.line(`pushed tx ${id} to ${label}${reason === null ? '' : `: it waits, ${reason}`}`);
    if (wait > 0) {
      const followed = await follow(context, client, { id, confirmations: wait });
      output.answer({ id, ...followed }, () => [followedLine(followed, startedMs)]);
      return undefined;
    }
    const { status, block, confirmations } = await client.call('tx.get', { id });
    output.answer({ id, status, block, confirmations }, () => []);
    output.next(`cairn tx show ${id}`);
    return undefined;
  },
};

/** Owns: `cairn tx show`. Does not own: the answer (the node). */
import type { TransactionJson } from '../../src/api/schemas/results.ts';
import type { Command } from '../command.ts';
import { usageError } from '../errors.ts';
import { plural, showAddress, showCoins } from '../format.ts';
import { resolveTarget } from '../target.ts';

export const txShow: Command<{ readonly id: string }> = {
  options: {},

  async run(context, { id: text }) {
    const id = text.toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(id)) {
      throw usageError(`"${text}" is no transaction id: 64 hex digits`, 'cairn mempool');
    }
    const { client } = resolveTarget(context);
    const data = await client.call('tx.get', { id });
    context.output.answer(data, () => lines(data));
    return undefined;
  },
};

function lines(data: TransactionJson): readonly string[] {
  const { id, status, reason, block, from } = data;
  const where =
    block === null
      ? ''
      : ` in block ${block.height}, ${plural(data.confirmations, 'confirmation')}`;
  const head = [id, `  ${status}${where}${reason === null ? '' : `: ${reason}`}`];
  if (from === null) return head;
  return [
    ...head,
    `  from   ${from}   nonce ${data.nonce ?? ''}   fee ${data.fee ?? ''}`,
    ...data.outputs.map(({ address, amount }) => {
      return `  pays   ${showCoins(amount)} to ${showAddress(address)}   ${address}`;
    }),
    ...(data.memo === null || data.memo === '' ? [] : [`  memo   ${JSON.stringify(data.memo)}`]),
  ];
}

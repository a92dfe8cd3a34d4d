/** Owns: `cairn mempool`. Does not own: the answer (the node). */
import type { Command } from '../command.ts';
import { plural, showAddress, showId, showTable } from '../format.ts';
import { resolveTarget } from '../target.ts';
import { parseCount } from '../values.ts';

const LIMIT_DEFAULT = '100';

export const mempool: Command<{ readonly limit?: string }> = {
  options: {
    limit: { kind: 'text', alias: 'n', value: 'N', summary: `how many to list (${LIMIT_DEFAULT})` },
  },

  async run(context, args) {
    const { client, label } = resolveTarget(context);
    const limit = parseCount('--limit', args.limit ?? LIMIT_DEFAULT, { min: 1, max: 10_000 });
    const data = await client.call('mempool.get', { limit });
    context.output.answer(data, () => {
      const size = `${plural(data.count, 'transaction')}, ${plural(data.bytes, 'byte')}`;
      const head = `mempool of ${label}: ${size}   minimum fee ${data.minimumFee}`;
      if (data.transactions.length === 0) return [head];
      const rows = data.transactions.map(({ id, from, nonce, fee, state, reason }) => [
        ...[`${showId(id)}…`, showAddress(from), String(nonce), fee],
        reason === null ? state : `${state}: ${reason}`,
      ]);
      return [head, ...showTable([['ID', 'FROM', 'NONCE', 'FEE', 'STATE'], ...rows])];
    });
    return undefined;
  },
};

/** Owns: `cairn wallet history`: what changed an account, the newest first. */
import type { AccountMovementJson } from '../../src/api/schemas/results.ts';
import type { Command } from '../command.ts';
import { showAddress, showCoins, showTable } from '../format.ts';
import { resolveTarget } from '../target.ts';
import { parseCount } from '../values.ts';
import { resolveAccounts } from './wallet-balance.ts';

interface WalletHistoryArguments {
  readonly name?: string;
  readonly limit?: string;
}

interface Row extends AccountMovementJson {
  /** Which account of the wallet. */
  readonly account: string;
}

const LIMIT_RANGE = { min: 1, max: 100 } as const;

export const walletHistory: Command<WalletHistoryArguments> = {
  options: {
    limit: { kind: 'text', alias: 'n', value: 'N', summary: 'how many of the newest (20)' },
  },

  async run(context, args) {
    const limit = parseCount('--limit', args.limit ?? '20', LIMIT_RANGE);
    const { client } = resolveTarget(context);
    const status = await client.call('node.status', {});
    const { name, accounts } = resolveAccounts(context, args.name, status);
    const histories = await Promise.all(
      accounts.map(async ({ name: account, address }) => {
        const { entries, next } = await client.call('account.history', { address, limit });
        return { rows: entries.map((entry): Row => ({ account, ...entry })), next };
      }),
    );
    const rows = histories.flatMap((history) => history.rows);
    const entries = rows.sort((a, b) => b.block.height - a.block.height).slice(0, limit);
    const more = rows.length > limit || histories.some(({ next }) => next !== null);
    context.output.answer({ name, entries, more }, () => showTable(entries.map(toCells)));
    if (entries.length === 0) context.output.note('nothing is confirmed yet');
    if (more) context.output.note(`older ones are there: -n up to ${LIMIT_RANGE.max}`);
    return undefined;
  },
};

function toCells(row: Row): readonly string[] {
  const { account, kind, change, block, time, id, from, outputs, memo } = row;
  const rise = change.startsWith('-') ? change : `+${change}`;
  const other = kind === 'sent' ? outputs[0]?.address : kind === 'received' ? from : undefined;
  return [
    new Date(time * 1000).toISOString().slice(0, 16).replace('T', ' '),
    `block ${block.height}`,
    account,
    kind,
    showCoins(rise),
    other === undefined || other === null ? '' : showAddress(other),
    id === null ? '' : id.slice(0, 12),
    memo === null || memo === '' ? '' : JSON.stringify(memo),
  ];
}

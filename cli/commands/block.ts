/** Owns: `cairn block`. Does not own: the answer (the node). */
import type { BlockJson } from '../../src/api/schemas/results.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { plural, showAddress, showCoins, showCount, showId } from '../format.ts';
import { resolveTarget } from '../target.ts';

const HEIGHT_MAX = 0xffff_ffff;

interface BlockArguments {
  readonly block: string;
  readonly raw?: boolean;
}

export const block: Command<BlockArguments> = {
  options: { raw: { kind: 'flag', summary: 'the bytes too, as hex' } },

  async run(context, { block: text, raw = false }) {
    const { client } = resolveTarget(context);
    const data = await client.call('block.get', { block: parseBlock(text), raw });
    context.output.answer(data, () => lines(data));
    return undefined;
  },
};

/** A height or an id. What cannot be either is as unknown as an id that no block has. */
export function parseBlock(text: string): number | string {
  if (/^[0-9]{1,10}$/.test(text) && Number(text) <= HEIGHT_MAX) return Number(text);
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new CliError(`there is no block "${text}"`, {
    ...{ code: 'block-unknown', exit: EXIT.failed },
    hint: 'cairn block HEIGHT, or an id of 64 hex digits',
  });
}

function lines(data: BlockJson): readonly string[] {
  const paid = (data.coinbase?.outputs ?? []).map(
    ({ address, amount }) => `${showCoins(amount)} to ${showAddress(address)}`,
  );
  return [
    `block ${data.height}   ${data.id}`,
    `  previous       ${data.previous}`,
    `  time           ${new Date(data.time * 1000).toISOString()}`,
    `  bits           ${data.bits}   nonce ${data.nonce}   work ${showCount(BigInt(data.work))}`,
    `  roots          transactions ${data.roots.transactions}`,
    `                 accounts     ${data.roots.accounts}`,
    `                 history      ${data.roots.history}`,
    `  coinbase       ${paid.length === 0 ? 'nothing' : paid.join(', ')}`,
    `  confirmations  ${data.confirmations}   ${plural(data.transactions.length, 'transaction')}`,
    ...data.transactions.map(({ id, from, outputs, fee }) => {
      const to = outputs.map(
        ({ address, amount }) => `${showCoins(amount)} to ${showAddress(address)}`,
      );
      return `    ${showId(id)}…  ${showAddress(from)} pays ${to.join(', ')}   fee ${fee}`;
    }),
    ...(data.raw === undefined ? [] : [data.raw]),
  ];
}

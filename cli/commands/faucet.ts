/** Owns: `cairn faucet`: a payment from the account that the dev network funds for everybody. */
import { resolveAccount } from '../accounts.ts';
import type { Command } from '../command.ts';
import { openDevPayer } from '../payer.ts';
import { resolveTarget } from '../target.ts';
import { parseAmount, parseCount } from '../values.ts';
import { sendNow } from './send.ts';

interface FaucetArguments {
  readonly to: string;
  readonly amount?: string;
  readonly wait?: string;
}

const AMOUNT_DEFAULT = '100';
const FAUCET = 'faucet';

export const faucet: Command<FaucetArguments> = {
  options: { wait: { kind: 'text', value: 'N', summary: 'return after N confirmations' } },

  async run(context, args) {
    const amount = parseAmount(args.amount ?? AMOUNT_DEFAULT);
    const wait = parseCount('--wait', args.wait ?? '0', { min: 0, max: 10_000 });
    const { client, label } = resolveTarget(context);
    const status = await client.call('node.status', {});
    const from = openDevPayer(FAUCET, status);
    const { home } = context;
    const to = resolveAccount(args.to, { home, network: status });
    const payment = { home, client, status, from, to, amount, fee: undefined, memo: '' };
    await sendNow(context, payment, { label, wait });
    return undefined;
  },
};

/** Owns: `cairn faucet`: a payment from the account that the dev network funds for everybody. */
import { resolveAccount } from '../accounts.ts';
import { assertDevNetwork } from '../accounts.ts';
import type { Command } from '../command.ts';
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
    assertDevNetwork(FAUCET, status);
    const to = resolveAccount(args.to, status);
    const { home } = context;
    const payment = { home, client, status, from: FAUCET, to, amount, fee: undefined, memo: '' };
    await sendNow(context, payment, { label, wait });
    return undefined;
  },
};

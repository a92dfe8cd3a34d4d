/** Owns: `cairn send`. Does not own: paying (payment). */
import { formatCoins } from '../../src/core/codec/coins.ts';
import { resolveAccount } from '../accounts.ts';
import type { Command, Context } from '../command.ts';
import { showCoins } from '../format.ts';
import type { Payment } from '../payment.ts';
import { openPayer } from '../payer.ts';
import { pay, preparePayment } from '../payment.ts';
import { PASSPHRASE_OPTION } from '../prompts.ts';
import { follow, followedLine } from '../submission.ts';
import { resolveTarget } from '../target.ts';
import { parseAmount, parseCount, parseFee } from '../values.ts';

interface SendArguments {
  readonly to: string;
  readonly amount: string;
  readonly from?: string;
  readonly fee?: string;
  readonly memo?: string;
  readonly wait?: string;
  readonly dryRun?: boolean;
  readonly passphraseFile?: string;
}

export const WAIT_RANGE = { min: 0, max: 10_000 } as const;
const ID_SHOWN = 12;

export const send: Command<SendArguments> = {
  options: {
    from: { kind: 'text', value: 'NAME', summary: 'who pays: a wallet or a dev account' },
    fee: { kind: 'text', value: 'COINS', summary: 'instead of the smallest that nodes relay' },
    memo: { kind: 'text', value: 'TEXT', summary: 'up to 255 bytes, public and for ever' },
    wait: { kind: 'text', value: 'N', summary: 'return after N confirmations' },
    'dry-run': { kind: 'flag', summary: 'sign and show, send nothing' },
    ...PASSPHRASE_OPTION,
  },

  async run(context, args) {
    const amount = parseAmount(args.amount);
    const wait = args.wait === undefined ? 0 : parseCount('--wait', args.wait, WAIT_RANGE);
    const fee = args.fee === undefined ? undefined : parseFee(args.fee);
    const { client, label } = resolveTarget(context);
    const status = await client.call('node.status', {});
    const { home } = context;
    const to = resolveAccount(args.to, { home, network: status });
    const { passphraseFile } = args;
    const from = await openPayer(context, args.from, { network: status, passphraseFile });
    const payment = { home, client, status, from, to, amount, fee, memo: args.memo ?? '' };
    if (args.dryRun === true) await showOnly(context, payment);
    else await sendNow(context, payment, { label, wait });
    return undefined;
  },
};

/** Pays, tells of it, and waits for as many confirmations as asked for. */
export async function sendNow(
  context: Context,
  payment: Payment,
  how: { readonly label: string; readonly wait: number },
): Promise<void> {
  const { output } = context;
  const startedMs = performance.now();
  const { prepared, submitted } = await pay(payment);
  const { id } = submitted;
  const amount = formatCoins(payment.amount);
  const fee = formatCoins(prepared.fee);
  const parties = `from ${payment.from.name} to ${payment.to.name}`;
  const relayed = `(accepted by ${how.label}, relayed to ${submitted.announcedTo})`;
  const shownFee = `fee ${showCoins(fee)}`;
  output.line(
    `sent ${showCoins(amount)} ${parties}   ${shownFee}   tx ${id.slice(0, ID_SHOWN)}…  ${relayed}`,
  );
  if (submitted.status === 'waiting') output.note(`it waits: ${submitted.reason ?? 'no reason'}`);
  const facts = { id, amount, fee };
  if (how.wait === 0) {
    output.answer({ ...facts, status: submitted.status, block: null, confirmations: 0 }, () => []);
    output.next(`cairn tx show ${id}`, 'cairn mine');
    return;
  }
  const followed = await follow(context, payment.client, { id, confirmations: how.wait });
  output.answer({ ...facts, ...followed }, () => [followedLine(followed, startedMs)]);
}

async function showOnly(context: Context, payment: Payment): Promise<void> {
  const { transaction, raw, nonce, fee } = await preparePayment(payment);
  const amount = formatCoins(payment.amount);
  const facts = { id: transaction.id, amount, fee: formatCoins(fee), nonce, raw };
  context.output.answer({ ...facts, status: 'unsent', block: null, confirmations: 0 }, () => [
    `would send ${showCoins(amount)} from ${payment.from.name} to ${payment.to.name}`,
    `  fee ${showCoins(facts.fee)}   nonce ${nonce}   tx ${transaction.id}`,
    `  ${raw}`,
  ]);
}

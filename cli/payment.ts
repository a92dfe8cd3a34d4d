/**
 * Owns: paying from a dev account: one payment at a time per account, and a retry when a nonce was
 * taken.
 * Does not own: signing (client) or the words around it (commands).
 */
import { join } from 'node:path';
import type { StatusJson, SubmittedJson } from '../src/api/schemas/results.ts';
import type { Client } from '../src/client/client.ts';
import { DEV_NETWORK } from '../src/client/dev-accounts.ts';
import { RpcError } from '../src/client/rpc-error.ts';
import type { SignedTransfer } from '../src/client/transfer.ts';
import { signTransfer } from '../src/client/transfer.ts';
import { required } from '../src/core/base/assert.ts';
import type { Amount } from '../src/core/base/types.ts';
import { parseBlockId, toAmount } from '../src/core/base/types.ts';
import { decodeAddress } from '../src/core/codec/address.ts';
import { formatCoins, parseCoins } from '../src/core/codec/coins.ts';
import { withLock } from '../src/lab/lock.ts';
import type { NamedAccount } from './accounts.ts';
import { CliError, EXIT } from './errors.ts';
import { showCoins } from './format.ts';
import type { Payer } from './payer.ts';
import { submit } from './submission.ts';
import { parseMemo } from './values.ts';

const LOCK_TIMEOUT_MS = 30_000;
const ATTEMPTS_MAX = 8;
/** Another payment of the same account came between asking for the nonce and using it. */
const NONCE_CLASHES = new Set(['tx-nonce-used', 'tx-replacement-underpriced']);

export interface Payment {
  readonly home: string;
  readonly client: Client;
  readonly status: StatusJson;
  readonly from: Payer;
  readonly to: NamedAccount;
  readonly amount: Amount;
  /** The node's minimum when left out. */
  readonly fee: Amount | undefined;
  readonly memo: string;
}

export interface PreparedPayment extends SignedTransfer {
  readonly fee: Amount;
  readonly nonce: number;
}

/** Signs and submits; two payments at once from one account, here or elsewhere, both succeed. */
export async function pay(
  payment: Payment,
): Promise<{ readonly prepared: PreparedPayment; readonly submitted: SubmittedJson }> {
  const { home, client, status, from } = payment;
  const lock = join(home, 'locks', `${status.networkId.slice(0, 16)}-${from.address}.lock`);
  return withLock(lock, LOCK_TIMEOUT_MS, async () => {
    for (let attempt = 1; ; attempt++) {
      const prepared = await preparePayment(payment);
      try {
        const { raw, transaction } = prepared;
        const submitted = await submit(client, { raw, id: transaction.id });
        return { prepared, submitted };
      } catch (error) {
        const isClash = error instanceof RpcError && NONCE_CLASHES.has(error.code);
        if (!isClash || attempt === ATTEMPTS_MAX) throw error;
      }
    }
  });
}

/** Asks the node for nonce, fee and balance, and signs; nothing is sent. */
export async function preparePayment(payment: Payment): Promise<PreparedPayment> {
  const { client, status, from, to, amount } = payment;
  const memo = parseMemo(payment.memo);
  const [account, minimum] = await Promise.all([
    client.call('account.get', { address: from.address }),
    client.call('tx.minimumFee', { outputs: 1, memoBytes: memo.length }),
  ]);
  const fee = payment.fee ?? readCoins(minimum.fee);
  checkMinimum(amount, status.minimumOutput);
  checkFunds({ payment, fee, balance: readCoins(account.pending.balance) });
  const recipient = decodeAddress(to.address, status.prefix);
  const networkId = parseBlockId(status.networkId);
  if (!recipient.ok || networkId === undefined) throw new Error('the node names no network');
  const { nonce } = account.pending;
  const outputs = [{ address: recipient.value, amount }];
  const signed = signTransfer({ networkId, nonce, fee, outputs, memo }, from.signer);
  return { ...signed, fee, nonce };
}

function checkMinimum(amount: Amount, minimumText: string): void {
  const minimum = readCoins(minimumText);
  if (amount >= minimum) return;
  throw new CliError(
    `${showCoins(formatCoins(amount))} is less than the smallest payment, ${minimumText}`,
    {
      ...{ code: 'tx-output-below-minimum', exit: EXIT.refused },
      hint: `${minimumText} or more`,
      data: { amount: formatCoins(amount), minimum: minimumText },
    },
  );
}

/** A node may let an unfunded payment wait; a person who types it wants to know at once. */
function checkFunds(facts: {
  readonly payment: Payment;
  readonly fee: Amount;
  readonly balance: Amount;
}): void {
  const { payment, fee, balance } = facts;
  const { from, amount, status } = payment;
  const needed = toAmount(amount + fee);
  if (balance >= needed) return;
  const [has, needs, pays, costs] = [balance, needed, amount, fee].map((units) =>
    showCoins(formatCoins(units)),
  );
  throw new CliError(`${from.name} has ${has}, needs ${needs} (${pays} + fee ${costs})`, {
    ...{ code: 'tx-insufficient-funds', exit: EXIT.refused },
    hint:
      status.network === DEV_NETWORK
        ? `cairn faucet ${from.name} ${formatCoins(amount)}`
        : `cairn account ${from.name}`,
    data: { balance: formatCoins(balance), needed: formatCoins(needed), fee: formatCoins(fee) },
  });
}

function readCoins(text: string): Amount {
  return required(parseCoins(text), 'a node writes amounts in coins');
}

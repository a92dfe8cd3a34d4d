/**
 * Owns: handing a signed payment to a node so that it arrives once, and following it until it is
 * confirmed.
 * Does not own: building and signing it (payment, tx-build) or the words around it (commands).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { BlockRefJson, SubmittedJson, TransactionJson } from '../src/api/schemas/results.ts';
import type { Client } from '../src/client/client.ts';
import { RpcError } from '../src/client/rpc-error.ts';
import { waitForTransaction } from '../src/client/wait.ts';
import type { Context } from './command.ts';
import { CliError, EXIT } from './errors.ts';
import { interruptible } from './interrupt.ts';
import { plural, showId, showSpan } from './format.ts';

const ATTEMPTS_MAX = 5;
const RETRY_MS = 100;
const WAIT_TIMEOUT_MS = 120_000;
/** The answer is missing: whether the payment arrived is not known. */
const LOST: readonly string[] = ['node-unreachable', 'call-timed-out'];

/** A payment as it goes over the wire. */
export interface SignedPayment {
  readonly id: string;
  readonly raw: string;
}

/**
 * Submits; when the answer is lost, submits the very same bytes again, which cannot pay twice.
 * Throws what the node refuses, or an error that carries the bytes when it stays silent.
 */
export async function submit(client: Client, payment: SignedPayment): Promise<SubmittedJson> {
  const { id, raw } = payment;
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.call('tx.submit', { raw });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const isOurs = error.code === 'tx-known' || (attempt > 1 && error.code === 'tx-nonce-used');
      const known = isOurs ? await findKnown(client, id) : undefined;
      if (known !== undefined) return known;
      if (!LOST.includes(error.code)) throw error;
      if (attempt === ATTEMPTS_MAX) throw unsure(error, payment);
      await delay(RETRY_MS * 2 ** attempt);
    }
  }
}

/** What the node says of a payment that has arrived before; undefined when it has not. */
async function findKnown(client: Client, id: string): Promise<SubmittedJson | undefined> {
  const { status, reason } = await client.call('tx.get', { id });
  switch (status) {
    case 'confirmed':
    case 'pending':
      return { id, status: 'pending', reason: null, announcedTo: 0 };
    case 'waiting':
      return { id, status, reason, announcedTo: 0 };
    case 'replaced':
    case 'dropped':
    case 'unknown':
      return undefined;
  }
}

function unsure(error: RpcError, { id, raw }: SignedPayment): CliError {
  return new CliError(`${error.message}: whether the payment arrived is not known`, {
    code: error.code,
    exit: error.code === 'call-timed-out' ? EXIT.timeout : EXIT.unreachable,
    notes: ['pushing it again cannot pay twice; sending anew could'],
    hint: `cairn tx push ${raw}`,
    data: { ...error.data, id, raw },
    cause: error,
  });
}

/** What is told of a followed payment: the part of the answer that `send` and `tx push` share. */
export interface Followed {
  readonly status: TransactionJson['status'];
  readonly block: BlockRefJson | null;
  readonly confirmations: number;
  /** The blocks that confirmed it and were reorganised out, in that order. */
  readonly reorganisedOut: readonly BlockRefJson[];
}

/** Waits for confirmations, and says so when a reorg takes them back. */
export async function follow(
  context: Context,
  client: Client,
  payment: { readonly id: string; readonly confirmations: number },
): Promise<Followed> {
  const { output, timeoutMs = WAIT_TIMEOUT_MS } = context;
  const { id, confirmations } = payment;
  const reorganisedOut: BlockRefJson[] = [];
  const onReorganisedOut = (from: BlockRefJson, now: TransactionJson): void => {
    reorganisedOut.push(from);
    output.line(`block ${from.height} (${showId(from.id)}…) was reorganised out: ${now.status}`);
  };
  const done = await interruptible(context, async (signal) => {
    const how = { confirmations, timeoutMs, signal, onReorganisedOut };
    const waiting = output.during(
      () => `waiting for ${plural(confirmations, 'confirmation')}`,
      waitForTransaction(client, id, how),
    );
    return waiting.catch((error: unknown) => {
      throw signal.aborted ? interrupted(id) : error;
    });
  });
  return {
    status: done.status,
    block: done.block,
    confirmations: done.confirmations,
    reorganisedOut,
  };
}

function interrupted(id: string): CliError {
  return new CliError('interrupted: the payment goes on without being waited for', {
    code: 'interrupted',
    exit: EXIT.interrupted,
    hint: `cairn tx show ${id}`,
    data: { id },
  });
}

/** The line that ends a wait. */
export function followedLine({ block, confirmations }: Followed, startedMs: number): string {
  const place = `in block ${block?.height ?? '?'} (${showId(block?.id ?? '')}…)`;
  const depth = confirmations > 1 ? `, ${plural(confirmations, 'confirmation')},` : '';
  return `confirmed ${place}${depth} after ${showSpan(performance.now() - startedMs)}`;
}

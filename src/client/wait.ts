/**
 * Owns: waiting for a transaction's confirmations by asking again and again.
 * Does not own: the calls (client/caller).
 */
import type { BlockRefJson, TransactionJson } from '../api/schemas/results.ts';
import type { Caller } from './caller.ts';
import { RpcError } from './rpc-error.ts';

const POLL_MS = 200;

export interface WaitOptions {
  readonly confirmations: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Hears of every answer on the way. */
  readonly onProgress?: ((transaction: TransactionJson) => void) | undefined;
  /** Hears that the block which confirmed it was reorganised out; the waiting goes on. */
  readonly onReorganisedOut?: ((from: BlockRefJson, now: TransactionJson) => void) | undefined;
}

/**
 * Resolves when the transaction has that many confirmations. Throws `RpcError`: `wait-timed-out`,
 * or `tx-replaced` and `tx-dropped` when it will not be confirmed.
 */
export async function waitForTransaction(
  client: Caller,
  id: string,
  options: WaitOptions,
): Promise<TransactionJson> {
  const { confirmations, timeoutMs, signal, onProgress, onReorganisedOut } = options;
  const endMs = performance.now() + timeoutMs;
  let block: BlockRefJson | null = null;
  for (;;) {
    const transaction = await client.call('tx.get', { id }, { signal });
    onProgress?.(transaction);
    if (block !== null && transaction.block?.id !== block.id)
      onReorganisedOut?.(block, transaction);
    ({ block } = transaction);
    if (transaction.confirmations >= confirmations) return transaction;
    const { status } = transaction;
    if (status === 'replaced' || status === 'dropped') throw endedAs(transaction, status);
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) throw timedOut(transaction, options);
    await sleep(Math.min(POLL_MS, leftMs), signal);
  }
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

function endedAs({ id, reason }: TransactionJson, status: 'replaced' | 'dropped'): RpcError {
  return new RpcError({
    code: `tx-${status}`,
    message: `the transaction was ${status}${reason === null ? '' : `: ${reason}`}`,
    data: { id, ...(reason !== null && { reason }) },
  });
}

function timedOut(
  { id, status, confirmations }: TransactionJson,
  options: { readonly confirmations: number; readonly timeoutMs: number },
): RpcError {
  const seconds = options.timeoutMs / 1000;
  const reached = `${confirmations} of ${options.confirmations} confirmations`;
  return new RpcError({
    code: 'wait-timed-out',
    message: `${reached} after ${seconds} s (${status})`,
    hint: 'it may still be confirmed: cairn tx show shows it',
    data: { id, status, confirmations },
  });
}

/**
 * Owns: what a terminal shows while a node mines: how fast, and how long a block takes.
 * Does not own: the line itself (output) or the mining (the node).
 */
import type { StatusJson } from '../src/api/schemas/results.ts';
import type { Client } from '../src/client/client.ts';
import { showCount, showSpan } from './format.ts';

const POLL_MS = 1000;

/** `mining 2 of 4   1.2 MH/s, a block in about 3.1 s`; less while nothing is known. */
export function showMining(
  done: number,
  count: number,
  status: Pick<StatusJson, 'mining' | 'difficulty'> | undefined,
): string {
  const hashRate = status?.mining.hashRate ?? 0;
  const text = `mining ${done + 1} of ${count}`;
  if (status === undefined || hashRate === 0) return text;
  const blockMs = (Number(status.difficulty) / hashRate) * 1000;
  return `${text}   ${showRate(hashRate)}, a block in about ${showSpan(blockMs)}`;
}

/** `1.2 MH/s` */
export function showRate(hashesPerSecond: number): string {
  const count = showCount(Math.round(hashesPerSecond));
  return count.includes(' ') ? `${count}H/s` : `${count} H/s`;
}

/** Asks the node again and again what it does; answers its last answer, and how to end that. */
export function followStatus(client: Client): {
  readonly last: () => StatusJson | undefined;
  readonly stop: () => void;
} {
  let last: StatusJson | undefined;
  const timer = setInterval(() => {
    void client.call('node.status', {}, { timeoutMs: POLL_MS }).then(
      (status) => (last = status),
      () => undefined,
    );
  }, POLL_MS);
  return { last: () => last, stop: () => clearInterval(timer) };
}

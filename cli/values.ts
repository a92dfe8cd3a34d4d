/**
 * Owns: what texts on the command line mean: counts, spans of time, amounts, mining plans; pure.
 * Does not own: which texts they are (arguments) or accounts (accounts).
 */
import type { Amount } from '../src/core/base/types.ts';
import { parseCoins } from '../src/core/codec/coins.ts';
import type { MiningPlan } from '../src/lab/registry.ts';
import { CliError, EXIT, usageError } from './errors.ts';

const SPAN_FORM = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|min|h)?$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};
const SPAN_MS_MAX = 7 * 24 * 3_600_000;
const MINING_SECONDS_MIN = 0.1;
const MEMO_BYTES_MAX = 255;

/** A whole number in a range. `name` is how the person called it. */
export function parseCount(
  name: string,
  text: string,
  range: { readonly min: number; readonly max: number },
): number {
  const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= range.min && value <= range.max) return value;
  throw usageError(`${name} is a whole number from ${range.min} to ${range.max}, not "${text}"`);
}

/** A span in milliseconds; a bare number means seconds. */
export function parseSpan(name: string, text: string): number {
  const [, amount, unit = 's'] = SPAN_FORM.exec(text) ?? [];
  const spanMs = Number(amount ?? NaN) * (UNIT_MS[unit] ?? NaN);
  if (spanMs > 0 && spanMs <= SPAN_MS_MAX) return spanMs;
  throw usageError(`${name} is a time such as 500ms, 5s or 2m, not "${text}"`);
}

/** A positive amount of coins with at most 8 decimals. */
export function parseAmount(text: string): Amount {
  const refuse = (why: string): CliError =>
    new CliError(`"${text}" is no amount: ${why}`, {
      code: 'amount-malformed',
      exit: EXIT.usage,
      hint: 'an amount such as 5 or 1.25',
    });
  if (text.startsWith('-')) throw refuse('it is negative');
  if (/\.[0-9]{9,}$/.test(text)) throw refuse('a coin has 8 decimals');
  const amount = parseCoins(text);
  if (amount === undefined) throw refuse('coins are written with digits and one point');
  if (amount === 0n) throw refuse('it is zero');
  return amount;
}

/** Coins for a fee; it may be zero, though no node relays that. */
export function parseFee(text: string): Amount {
  const fee = parseCoins(text);
  if (fee === undefined) throw usageError(`--fee is coins such as 0.0005, not "${text}"`);
  return fee;
}

/** A memo as the bytes that are signed. */
export function parseMemo(text: string): Uint8Array {
  const memo = new TextEncoder().encode(text);
  if (memo.length <= MEMO_BYTES_MAX) return memo;
  throw usageError(`a memo has at most ${MEMO_BYTES_MAX} bytes, not ${memo.length}`);
}

/** `5s`, `on-tx`, `continuous` or `off`. */
export function parseMiningPlan(name: string, text: string): MiningPlan {
  if (text === 'on-tx' || text === 'continuous' || text === 'off') return { mode: text };
  if (!SPAN_FORM.test(text)) {
    throw usageError(`${name} is a time such as 5s, or on-tx, continuous or off, not "${text}"`);
  }
  const seconds = parseSpan(name, text) / 1000;
  if (seconds >= MINING_SECONDS_MIN) return { mode: 'interval', seconds };
  throw usageError(`${name} is at least ${MINING_SECONDS_MIN}s`);
}

/** A share of the processor in percent, as a fraction. */
export function parseShare(name: string, text: string): number {
  const percent = /^[0-9]{1,3}%?$/.test(text) ? Number(text.replace('%', '')) : 0;
  if (percent >= 1 && percent <= 100) return percent / 100;
  throw usageError(`${name} is a share from 1% to 100%, not "${text}"`);
}

/** How a plan is told. */
export function showMiningPlan(plan: MiningPlan): string {
  switch (plan.mode) {
    case 'interval':
      return `a block every ${plan.seconds} s`;
    case 'on-tx':
      return 'a block on each payment';
    case 'continuous':
      return 'one block after another';
    case 'off':
      return 'no automatic mining';
  }
}

/**
 * Owns: the decimal form of an amount in coins, as genesis files and the API write it.
 * Does not own: how many digits a person is shown (cli). Layer 1. docs/protocol.md section 4.
 */
import type { Amount } from '../base/types.ts';
import { U64_MAX, UNITS_PER_COIN, toAmount } from '../base/types.ts';

const DECIMALS = 8;
const COINS_FORM = /^(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,8}))?$/;

/**
 * Reads coins (`"12"`, `"12.00000001"`): undefined when the form is wrong or the amount exceeds
 * u64.
 */
export function parseCoins(text: string): Amount | undefined {
  const [, whole, fraction = ''] = COINS_FORM.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const units = BigInt(whole) * UNITS_PER_COIN + BigInt(fraction.padEnd(DECIMALS, '0'));
  return units <= U64_MAX ? toAmount(units) : undefined;
}

/** Writes an amount as the shortest decimal of coins: `"5"`, `"1.5"`, `"0.00000001"`. */
export function formatCoins(amount: Amount): string {
  const whole = amount / UNITS_PER_COIN;
  const fraction = (amount % UNITS_PER_COIN).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  return fraction === '' ? whole.toString() : `${whole.toString()}.${fraction}`;
}

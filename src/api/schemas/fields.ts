/**
 * Owns: the kinds of values that parameters and answers are made of, as schemas.
 * Does not own: which method takes or answers what (schemas/methods, schemas/answers).
 */
import { z } from 'zod';

const U32_MAX = 0xffff_ffff;
const ADDRESS_LENGTH_MAX = 90;

/** A block's or transaction's id. */
export const id: z.ZodType<string> = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');

/** Bech32m text; whether it is an address of the network shows when it is read. */
export const address: z.ZodType<string> = z.string().min(1).max(ADDRESS_LENGTH_MAX);

export const height: z.ZodType<number> = z.int().min(0).max(U32_MAX);

/** A whole number from 0. */
export const whole: z.ZodType<number> = z.int().min(0);

/** Whole bytes. */
export function hex(digitsMax?: number): z.ZodType<string> {
  const text = z.string().regex(/^(?:[0-9a-f]{2})*$/, 'must be whole bytes of lower-case hex');
  return digitsMax === undefined ? text : text.max(digitsMax);
}

/** Coins, as `parseCoins` of the SDK reads them. */
export const coins: z.ZodType<string> = z
  .string()
  .regex(/^[0-9]+(?:\.[0-9]{1,8})?$/)
  .describe('coins, a decimal string');

/** Work and difficulty: more than a JSON number holds. */
export const work: z.ZodType<string> = z
  .string()
  .regex(/^[0-9]+$/)
  .describe('expected hashes, a decimal string');

export const bits: z.ZodType<string> = z.string().regex(/^[0-9a-f]{8}$/);

export const seconds: z.ZodType<number> = z.int().min(0).describe('seconds since 1970');

/** A place on the connected chain: `height:index`. */
export const place: z.ZodType<string> = z
  .string()
  .regex(/^[0-9]{1,10}:[0-9]{1,10}$/, 'must be as a page before it answered');

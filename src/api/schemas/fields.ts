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
  .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')
  .meta({ title: 'id' });

/** Bech32m text; whether it is an address of the network shows when it is read. */
export const address: z.ZodType<string> = z
  .string()
  .min(1)
  .max(ADDRESS_LENGTH_MAX)
  .meta({ title: 'address' });

export const height: z.ZodType<number> = z.int().min(0).max(U32_MAX).meta({ title: 'height' });

/** A whole number from 0. */
export const whole: z.ZodType<number> = z.int().min(0);

/** Whole bytes. */
export function hex(digitsMax?: number): z.ZodType<string> {
  const text = z.string().regex(/^(?:[0-9a-f]{2})*$/, 'must be whole bytes of lower-case hex');
  const bounded = digitsMax === undefined ? text : text.max(digitsMax);
  return bounded.meta({ title: 'hex' });
}

/** Coins, as `parseCoins` of the SDK reads them. */
export const coins: z.ZodType<string> = z
  .string()
  .regex(/^[0-9]+(?:\.[0-9]{1,8})?$/)
  .meta({ title: 'coins' });

/** Work and difficulty: more than a JSON number holds. */
export const work: z.ZodType<string> = z
  .string()
  .regex(/^[0-9]+$/)
  .meta({ title: 'hashes' });

export const bits: z.ZodType<string> = z
  .string()
  .regex(/^[0-9a-f]{8}$/)
  .meta({ title: 'bits' });

export const seconds: z.ZodType<number> = z.int().min(0).meta({ title: 'seconds' });

/** A place on the connected chain: `height:index`. */
export const place: z.ZodType<string> = z
  .string()
  .regex(/^[0-9]{1,10}:[0-9]{1,10}$/, 'must be as a page before it answered');

/** A slow link (lab): a greeting over it, there and back, still comes well within its time. */
export const LINK_DELAY_MS_MAX = 2_000;

/**
 * Owns: the JSON form of a network's parameters and its checks G1 to G11.
 * Does not own: the binary form (rules/params) or the genesis block (rules/network). Layer 2.
 * docs/protocol.md sections 4 and 10.6.
 */
import { bytesToHex, hexToBytes } from '../base/bytes.ts';
import type { Result } from '../base/rejects.ts';
import { PASSED, ok, reject } from '../base/rejects.ts';
import type { Amount } from '../base/types.ts';
import { U32_MAX, toUnixSeconds } from '../base/types.ts';
import { decodeAddress, encodeAddress } from '../codec/address.ts';
import { formatCoins, parseCoins } from '../codec/coins.ts';
import type { Json } from '../codec/json.ts';
import { parseStrictJson } from '../codec/json.ts';
import type { Output } from '../codec/transaction.ts';
import type { Params } from './params.ts';
import { bitsToTarget, isCanonicalBits } from './work.ts';

const ALLOCATIONS_MAX = 100_000;
const RETARGET_HALF_LIFE_SECONDS_MIN = 600;
const FUTURE_SECONDS_MIN = 30;
const FUTURE_SECONDS_MAX = 86_400;
const FUTURE_SHARE_OF_HALF_LIFE = 20;
const HALVINGS = 64n;
const SUPPLY_MAX = (1n << 63n) - 1n;

type JsonObject = { readonly [key: string]: Json };
/** Reads one value of the file, or answers undefined when its type, form or range is wrong. */
type ReadValue<T> = (value: Json, prefix: string) => T | undefined;

const text =
  (form: RegExp): ReadValue<string> =>
  (value) =>
    typeof value === 'string' && form.test(value) ? value : undefined;

const integer =
  (min: number, max: number): ReadValue<number> =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : undefined;

/** Turns a reader's value into another type, leaving a refusal as it is. */
const mapped =
  <T, U>(read: ReadValue<T>, change: (value: T) => U): ReadValue<U> =>
  (value, prefix) => {
    const readable = read(value, prefix);
    return readable === undefined ? undefined : change(readable);
  };

const bits = mapped(text(/^[0-9a-f]{8}$/), (hex) => parseInt(hex, 16));
const coins: ReadValue<Amount> = (value) =>
  typeof value === 'string' ? parseCoins(value) : undefined;

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const allocation: ReadValue<Output> = (value, prefix) => {
  if (!isObject(value) || Object.keys(value).length !== 2) return undefined;
  const { address, amount } = value;
  if (typeof address !== 'string' || typeof amount !== 'string') return undefined;
  const decoded = decodeAddress(address, prefix);
  const units = parseCoins(amount);
  return decoded.ok && units !== undefined ? { address: decoded.value, amount: units } : undefined;
};

const allocations: ReadValue<readonly Output[]> = (value, prefix) => {
  if (!Array.isArray(value) || value.length > ALLOCATIONS_MAX) return undefined;
  const outputs: Output[] = [];
  for (const entry of value as readonly Json[]) {
    const output = allocation(entry, prefix);
    if (output === undefined) return undefined;
    outputs.push(output);
  }
  return outputs;
};

/** G4 for each key, in the order of the table of section 4. */
const READERS: { readonly [K in keyof Params]: ReadValue<Params[K]> } = {
  name: text(/^[a-z][a-z0-9-]{0,31}$/),
  salt: mapped(text(/^[0-9a-f]{16}$/), hexToBytes),
  prefix: text(/^[a-z]{1,16}$/),
  time: mapped(integer(0, U32_MAX), toUnixSeconds),
  bits,
  powLimit: bits,
  spacingSeconds: integer(1, 86_400),
  halfLifeSeconds: integer(1, U32_MAX),
  retarget: (value) => (typeof value === 'boolean' ? value : undefined),
  reward: coins,
  halvingBlocks: integer(1, U32_MAX),
  blockSizeMax: integer(10_000, 2_000_000),
  minimumOutput: (value, prefix) => {
    const amount = coins(value, prefix);
    return amount === 0n ? undefined : amount;
  },
  maxFutureSeconds: integer(0, U32_MAX),
  allocations,
};
const KEYS = Object.keys(READERS) as readonly (keyof Params)[];

/** Reads the text of a genesis file, checks G1 to G11: a code of docs/protocol.md section 10.6. */
export function parseGenesisFile(source: string): Result<Params> {
  const parsed = parseStrictJson(source, Infinity);
  if (parsed.kind === 'key-repeated') return reject('genesis-malformed', { key: parsed.key });
  if (parsed.kind !== 'value' || !isObject(parsed.value)) return reject('genesis-malformed');
  const file = parsed.value;
  const unknown = Object.keys(file).find((key) => !Object.hasOwn(READERS, key));
  if (unknown !== undefined) return reject('genesis-key-unknown', { key: unknown });
  const missing = KEYS.find((key) => !Object.hasOwn(file, key));
  if (missing !== undefined) return reject('genesis-key-missing', { key: missing });
  const read = readValues(file);
  if (!read.ok) return read;
  const related = checkRelations(read.value);
  return related.ok ? read : related;
}

function readValues(file: JsonObject): Result<Params> {
  const prefix = typeof file['prefix'] === 'string' ? file['prefix'] : '';
  const values: [keyof Params, unknown][] = [];
  for (const key of KEYS) {
    const value = READERS[key](file[key] ?? null, prefix);
    if (value === undefined) return reject('genesis-value-wrong', { key });
    values.push([key, value]);
  }
  // The type of READERS holds each key to the type that Params gives it.
  return ok(Object.fromEntries(values) as unknown as Params);
}

/** G5 to G11. */
function checkRelations(params: Params): Result<undefined> {
  for (const key of ['bits', 'powLimit'] as const) {
    if (!isCanonicalBits(params[key])) return reject('genesis-bits-malformed', { key });
  }
  if (bitsToTarget(params.bits) > bitsToTarget(params.powLimit)) {
    return reject('genesis-bits-above-limit', { key: 'bits' });
  }
  if (params.retarget && params.halfLifeSeconds < RETARGET_HALF_LIFE_SECONDS_MIN) {
    return reject('genesis-half-life-too-short', { key: 'halfLifeSeconds' });
  }
  const futureMax = params.retarget
    ? Math.floor(params.halfLifeSeconds / FUTURE_SHARE_OF_HALF_LIFE)
    : FUTURE_SECONDS_MAX;
  if (params.maxFutureSeconds < FUTURE_SECONDS_MIN || params.maxFutureSeconds > futureMax) {
    return reject('genesis-future-limit-wrong', { key: 'maxFutureSeconds' });
  }
  return checkSupply(params);
}

/** G9 to G11. */
function checkSupply(params: Params): Result<undefined> {
  const { allocations: outputs, minimumOutput } = params;
  if (new Set(outputs.map(({ address }) => address)).size < outputs.length) {
    return reject('genesis-allocation-repeated', { key: 'allocations' });
  }
  if (outputs.some(({ amount }) => amount < minimumOutput)) {
    return reject('genesis-allocation-below-minimum', { key: 'allocations' });
  }
  let supply = 0n;
  for (const { amount } of outputs) supply += amount;
  for (let k = 0n; k < HALVINGS; k++) supply += (params.reward >> k) * BigInt(params.halvingBlocks);
  return supply > SUPPLY_MAX ? reject('genesis-supply-too-large') : PASSED;
}

function bitsToText(compact: number): string {
  return compact.toString(16).padStart(8, '0');
}

/** Writes parameters as the text of a genesis file, keys in the order of section 4. */
export function formatGenesisFile(params: Params): string {
  const file: { readonly [K in keyof Params]: Json } = {
    name: params.name,
    salt: bytesToHex(params.salt),
    prefix: params.prefix,
    time: params.time,
    bits: bitsToText(params.bits),
    powLimit: bitsToText(params.powLimit),
    spacingSeconds: params.spacingSeconds,
    halfLifeSeconds: params.halfLifeSeconds,
    retarget: params.retarget,
    reward: formatCoins(params.reward),
    halvingBlocks: params.halvingBlocks,
    blockSizeMax: params.blockSizeMax,
    minimumOutput: formatCoins(params.minimumOutput),
    maxFutureSeconds: params.maxFutureSeconds,
    allocations: params.allocations.map(({ address, amount }) => ({
      address: encodeAddress(address, params.prefix),
      amount: formatCoins(amount),
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

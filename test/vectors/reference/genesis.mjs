/** Owns: section 4 and checks G1 to G11. */
import { ascii, cat, hex, number, shown, u32, u64, u8, unhex } from './bytes.mjs';
import { addressFromText, tagged } from './keys.mjs';
import { canonicalTarget, headerId, workOf } from './difficulty.mjs';
import { accountList, accountsRoot, merkleRoot } from './trees.mjs';
import { commitmentOf, encodeHeader } from './block.mjs';

const U64_MAX = 2n ** 64n - 1n;

/** Base units, or undefined. */
export function coins(text) {
  if (typeof text !== 'string' || !/^(0|[1-9][0-9]*)(\.[0-9]{1,8})?$/.test(text)) return undefined;
  const [whole, part = ''] = text.split('.');
  const units = BigInt(whole + part.padEnd(8, '0'));
  return units <= U64_MAX ? units : undefined;
}

const integer = (low, high) => (value) => Number.isInteger(value) && value >= low && value <= high;
const u32Range = integer(0, 0xffffffff);
const matches = (pattern) => (value) => typeof value === 'string' && pattern.test(value);

/** The keys in table order, each with its type, form and range (G4). */
const KEYS = {
  name: matches(/^[a-z][a-z0-9-]{0,31}$/),
  salt: matches(/^[0-9a-f]{16}$/),
  prefix: matches(/^[a-z]{1,16}$/),
  time: u32Range,
  bits: matches(/^[0-9a-f]{8}$/),
  powLimit: matches(/^[0-9a-f]{8}$/),
  spacingSeconds: integer(1, 86_400),
  halfLifeSeconds: integer(1, 0xffffffff),
  retarget: (value) => typeof value === 'boolean',
  reward: (value) => coins(value) !== undefined,
  halvingBlocks: integer(1, 0xffffffff),
  blockSizeMax: integer(10_000, 2_000_000),
  minimumOutput: (value) => coins(value) > 0n,
  maxFutureSeconds: u32Range,
  allocations: (list, { prefix }) =>
    Array.isArray(list) &&
    list.length <= 100_000 &&
    list.every((entry) => isAllocation(entry, prefix)),
};

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isAllocation = (entry, prefix) =>
  isObject(entry) &&
  Object.keys(entry).toSorted().join() === 'address,amount' &&
  typeof entry.address === 'string' &&
  addressFromText(prefix, entry.address) !== undefined &&
  coins(entry.amount) !== undefined;

/** True when an object in valid JSON text repeats a key, by walking its tokens. */
function repeatsKey(text) {
  const open = [];
  const tokens = text.match(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/gs) ?? [];
  for (const token of tokens) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const key = JSON.parse(token.slice(0, -1).trim());
      if (open.at(-1).has(key)) return true;
      open.at(-1).add(key);
    }
  }
  return false;
}

function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) && !repeatsKey(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

const fail = (code, key) => ({ code, ...(key && { facts: { key } }) });

/** JSON values as the rules use them. */
export const typed = (json) => ({
  ...json,
  salt: unhex(json.salt),
  bits: Number.parseInt(json.bits, 16),
  powLimit: Number.parseInt(json.powLimit, 16),
  reward: coins(json.reward),
  minimumOutput: coins(json.minimumOutput),
  allocations: json.allocations.map(({ address, amount }) => ({
    address: addressFromText(json.prefix, address),
    amount: coins(amount),
  })),
});

function supplyOf({ reward, halvingBlocks, allocations }) {
  const allocated = allocations.reduce((sum, { amount }) => sum + amount, 0n);
  let emitted = 0n;
  for (let k = 0n; k < 64n; k++) emitted += (reward >> k) * BigInt(halvingBlocks);
  return allocated + emitted;
}

/** G1 to G11 on the text of a genesis file. */
export function checkGenesis(text) {
  const json = parseObject(text);
  if (!json) return fail('genesis-malformed');
  const unknown = Object.keys(json).find((key) => !Object.hasOwn(KEYS, key));
  if (unknown) return fail('genesis-key-unknown', unknown);
  const missing = Object.keys(KEYS).find((key) => !Object.hasOwn(json, key));
  if (missing) return fail('genesis-key-missing', missing);
  const wrong = Object.keys(KEYS).find((key) => !KEYS[key](json[key], json));
  if (wrong) return fail('genesis-value-wrong', wrong);
  const parameters = typed(json);
  return checkRelations(parameters);
}

/** G5 to G11. */
function checkRelations(parameters) {
  const { retarget, halfLifeSeconds, maxFutureSeconds, allocations, minimumOutput } = parameters;
  for (const key of ['bits', 'powLimit']) {
    if (canonicalTarget(parameters[key]) === undefined) return fail('genesis-bits-malformed', key);
  }
  if (canonicalTarget(parameters.bits) > canonicalTarget(parameters.powLimit)) {
    return fail('genesis-bits-above-limit');
  }
  if (retarget && halfLifeSeconds < 600) return fail('genesis-half-life-too-short');
  const futureMax = retarget ? Math.floor(halfLifeSeconds / 20) : 86_400;
  if (maxFutureSeconds < 30 || maxFutureSeconds > futureMax)
    return fail('genesis-future-limit-wrong');
  const distinct = new Set(allocations.map(({ address }) => hex(address)));
  if (distinct.size !== allocations.length) return fail('genesis-allocation-repeated');
  if (allocations.some(({ amount }) => amount < minimumOutput)) {
    return fail('genesis-allocation-below-minimum');
  }
  return supplyOf(parameters) > 2n ** 63n - 1n ? fail('genesis-supply-too-large') : undefined;
}

export const encodeParameters = (p) =>
  cat(
    cat(u8(1), ascii(p.name), p.salt, ascii(p.prefix), u32(p.time), u32(p.bits), u32(p.powLimit)),
    cat(u32(p.spacingSeconds), u32(p.halfLifeSeconds), u8(p.retarget ? 1 : 0), u64(p.reward)),
    cat(u32(p.halvingBlocks), u32(p.blockSizeMax), u64(p.minimumOutput), u32(p.maxFutureSeconds)),
    u32(p.allocations.length),
    ...p.allocations.map(({ address, amount }) => cat(address, u64(amount))),
  );

/** Everything that follows from the parameters' JSON object. */
export function createNetwork(json) {
  const refused = checkGenesis(JSON.stringify(json));
  if (refused) throw new Error(`${json.name}: ${JSON.stringify(refused)}`);
  const parameters = typed(json);
  const binary = encodeParameters(parameters);
  const datum = tagged('cairn/genesis', binary);
  const accounts = new Map(
    parameters.allocations.map(({ address, amount }) => [
      hex(address),
      { balance: amount, nonce: 0 },
    ]),
  );
  const body = {
    height: 0,
    count: 1,
    transactionsRoot: merkleRoot([datum]),
    accountsRoot: accountsRoot(accountList(accounts)),
    historyRoot: merkleRoot([]),
  };
  const fields = {
    version: 1,
    parent: Buffer.alloc(32),
    commitment: commitmentOf(body),
    time: parameters.time,
    bits: parameters.bits,
    nonce: 0,
  };
  const header = encodeHeader(fields);
  const genesis = { ...body, ...fields, header, id: headerId(header), accounts };
  const work = workOf(parameters.bits);
  return {
    name: json.name,
    json,
    parameters,
    binary,
    datum,
    id: genesis.id,
    chain: [{ ...genesis, cumulativeWork: work }],
    describe: () => ({
      name: json.name,
      parameters: json,
      binary: hex(binary),
      datum: hex(datum),
      transactionsRoot: hex(body.transactionsRoot),
      accountsRoot: hex(body.accountsRoot),
      historyRoot: hex(body.historyRoot),
      commitment: hex(fields.commitment),
      header: hex(header),
      id: shown(genesis.id),
      work: number(work),
    }),
  };
}

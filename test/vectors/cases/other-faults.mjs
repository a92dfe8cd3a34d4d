/** Owns: the cases of the stages `genesis`, `address` and `message`, refused and accepted. */
import { cat, hex, u16, u8, unhex } from '../reference/bytes.mjs';
import { addressToText, byName } from '../reference/keys.mjs';
import { MESSAGES, encodeMessage } from '../reference/messages.mjs';
import { networks } from './networks.mjs';
import { sampleValues } from './messages.mjs';
import { refusedAddresses } from './plain.mjs';

const base = { ...networks.easy.json, blockSizeMax: 400_000 };
const text = (json) => JSON.stringify(json);
const without = (key) => Object.fromEntries(Object.entries(base).filter(([k]) => k !== key));
const allocation = (name, amount) => ({
  address: addressToText('easy', byName[name].address),
  amount,
});
const retargeting = { retarget: true, maxFutureSeconds: 30 };

const genesisCase = (name, source) => ({
  stage: 'genesis',
  name: name.startsWith('order: ') ? name : `genesis: ${name}`,
  input: { text: source },
});

/** One wrong value per rule of the table (G4). */
const WRONG_VALUES = {
  name: ['', 'Dev', '1dev', '-dev', 'd_v', 'a'.repeat(33), 5, null],
  salt: ['', '01020304050607', '010203040506070809', '010203040506070g', 0],
  prefix: ['', 'abcdefghijklmnopq', 'Easy', 'e1', 'e-', 7],
  time: [-1, 0.5, 4_294_967_296, '1790000000', null, true],
  bits: ['207ffff', '0207fffff', '207ffffg', '0x7fffff', 545259519],
  powLimit: ['', '207fffff0', null],
  spacingSeconds: [0, 86_401, 2.5, '5'],
  halfLifeSeconds: [0, 4_294_967_296, '600'],
  retarget: [0, 'false', null],
  reward: [
    '',
    '-1',
    '+1',
    '01',
    '.5',
    '1.',
    '1.123456789',
    '1e3',
    ' 1',
    '1,0',
    '184467440737.09551616',
    50,
  ],
  halvingBlocks: [0, 4_294_967_296, '4'],
  blockSizeMax: [9_999, 2_000_001, '400000'],
  minimumOutput: ['0', '0.00000000', '-1', 1],
  maxFutureSeconds: [-1, 4_294_967_296, '7200'],
  allocations: [
    {},
    null,
    ['easy'],
    [null],
    [{ address: allocation('bob', '1').address }],
    [{ ...allocation('bob', '1'), note: 'x' }],
    [{ ...allocation('bob', '1'), address: addressToText('crn', byName.bob.address) }],
    [{ ...allocation('bob', '1'), address: hex(byName.bob.address) }],
    [allocation('bob', 1)],
    [allocation('bob', '1.000000001')],
    [allocation('bob', '184467440737.09551616')],
  ],
};

const malformedGenesis = () => [
  genesisCase('no text', ''),
  genesisCase('not JSON', '{"name":"easy",}'),
  genesisCase('a list', '[]'),
  genesisCase('null', 'null'),
  genesisCase('a string', '"easy"'),
  genesisCase('two objects', '{}{}'),
  genesisCase('a repeated key', text(base).replace('"salt"', '"name":"easy","salt"')),
  genesisCase(
    'a key repeated by an escape',
    text(base).replace('"salt"', '"n\\u0061me":"easy","salt"'),
  ),
  genesisCase('order: genesis repeated key and unknown key', '{"what":1,"what":2}'),
  genesisCase('an unknown key', text({ ...base, comment: 'x' })),
  genesisCase('an unknown key by case', text({ ...base, Name: 'x' })),
  genesisCase('a key that objects inherit', text(base).replace('"salt"', '"constructor":1,"salt"')),
  genesisCase('the key __proto__', text(base).replace('"salt"', '"__proto__":{},"salt"')),
  genesisCase('order: genesis unknown key and missing key', text({ ...without('time'), when: 5 })),
  genesisCase('no keys', '{}'),
  ...Object.keys(base).map((key) => genesisCase(`without ${key}`, text(without(key)))),
  genesisCase('order: genesis missing key and wrong value', text({ ...without('time'), name: '' })),
];

const wrongGenesisValues = () => [
  ...Object.entries(WRONG_VALUES).flatMap(([key, values]) =>
    values.map((value) => genesisCase(`${key} is ${text(value)}`, text({ ...base, [key]: value }))),
  ),
  genesisCase('order: genesis two wrong values', text({ ...base, reward: '', prefix: '' })),
  genesisCase(
    'order: genesis wrong value and bits',
    text({ ...base, bits: '21007fff', reward: '' }),
  ),
];

const brokenRelations = () => {
  const because = (name, changes) => genesisCase(name, text({ ...base, ...changes }));
  const few = [allocation('alice', '1'), allocation('bob', '0.0000009')];
  const twice = [allocation('alice', '1'), allocation('bob', '2'), allocation('alice', '3')];
  const shouting = { ...allocation('alice', '3') };
  shouting.address = shouting.address.toUpperCase();
  return [
    because('bits not canonical', { bits: '1d0000ff' }),
    because('bits 0', { bits: '00000000' }),
    because('bits with sign', { bits: '1d80ffff' }),
    because('bits of 2^256 and more', { bits: '2200ffff', powLimit: '2200ffff' }),
    because('powLimit not canonical', { powLimit: '21007fff' }),
    because('order: genesis powLimit not canonical, bits above', {
      bits: '2100ffff',
      powLimit: '1d0000ff',
    }),
    because('bits above powLimit', { bits: '1d010000', powLimit: '1d00ffff' }),
    because('order: genesis bits above limit, half-life', {
      ...retargeting,
      halfLifeSeconds: 599,
      powLimit: '1d00ffff',
    }),
    because('half-life 599 with retargeting', { ...retargeting, halfLifeSeconds: 599 }),
    because('order: genesis half-life, future limit', {
      ...retargeting,
      halfLifeSeconds: 1,
      maxFutureSeconds: 5,
    }),
    because('future limit 29', { maxFutureSeconds: 29 }),
    because('future limit 86,401', { maxFutureSeconds: 86_401 }),
    because('future limit above a 20th of the half-life', { ...retargeting, maxFutureSeconds: 31 }),
    because('future limit above the floor of a 20th', {
      ...retargeting,
      halfLifeSeconds: 1_219,
      maxFutureSeconds: 61,
    }),
    because('order: genesis future limit, allocation repeated', {
      maxFutureSeconds: 29,
      allocations: twice,
    }),
    because('allocation repeated', { allocations: twice }),
    because('allocation repeated in upper case', { allocations: [twice[0], shouting] }),
    because('order: genesis allocation repeated, below minimum', {
      allocations: [...twice, few[1]],
    }),
    because('allocation below minimum', { allocations: few }),
    because('allocation of 0', { allocations: [allocation('bob', '0')] }),
    because('order: genesis allocation below minimum, supply', {
      allocations: few,
      reward: '184467440737.09551615',
    }),
    because('supply over the limit by allocations', {
      reward: '0',
      allocations: [allocation('bob', '92233720368.54775807'), allocation('alice', '0.000001')],
    }),
    because('supply over the limit by one', {
      reward: '0',
      allocations: [allocation('bob', '92233720368.54775808')],
    }),
    because('supply over the limit by rewards', { reward: '50', halvingBlocks: 4_294_967_295 }),
  ];
};

export const genesisFaults = () => [
  ...malformedGenesis(),
  ...wrongGenesisValues(),
  ...brokenRelations(),
];

export const genesisEdges = () => {
  const because = (name, changes) => genesisCase(name, text({ ...base, ...changes }));
  return [
    genesisCase(
      'keys in another order, with spaces',
      JSON.stringify(Object.fromEntries(Object.entries(base).toReversed()), null, 4),
    ),
    because('shortest half-life and future limit', { ...retargeting, halfLifeSeconds: 600 }),
    because('floor of a 20th', { ...retargeting, halfLifeSeconds: 1_219, maxFutureSeconds: 60 }),
    because('half-life 1 without retargeting', { halfLifeSeconds: 1 }),
    because('highest future limit', { maxFutureSeconds: 86_400 }),
    because('highest supply', {
      reward: '0',
      allocations: [allocation('bob', '92233720368.54775807')],
    }),
    because('an upper-case address', {
      allocations: [
        { ...allocation('bob', '1'), address: allocation('bob', '1').address.toUpperCase() },
      ],
    }),
    because('block sizes at the ends: smallest', { blockSizeMax: 10_000 }),
    because('block sizes at the ends: largest', { blockSizeMax: 2_000_000 }),
  ];
};

export const addressFaults = () =>
  refusedAddresses().map(({ prefix, text: refused, why }) => ({
    stage: 'address',
    name: `address: ${why}`,
    input: { prefix, text: refused },
  }));

const messageCase = (name, bytes) => ({
  stage: 'message',
  name: `message: ${name}`,
  input: { bytes: hex(bytes) },
});
const typeOf = (name) => u8(MESSAGES.find((entry) => entry.name === name).type);
const ids = (n) => Buffer.alloc(32 * n, 7);

/** Per message: the sample cut by one byte and longer by one, and one byte over its maximum. */
function sizes() {
  const values = sampleValues();
  return MESSAGES.flatMap(({ name, max }) => {
    const bytes = encodeMessage(name, values[name]);
    const over = { prefix: hex(typeOf(name)), size: max + 1 };
    const tooLarge = { stage: 'message', name: `message: ${name} too large by one`, input: over };
    const cut = messageCase(`${name} one byte short`, bytes.subarray(0, -1));
    const long = messageCase(`${name} one byte long`, cat(bytes, Buffer.alloc(1)));
    const only = messageCase(`${name} without payload`, typeOf(name));
    if (name === 'block') return [tooLarge];
    return bytes.length < max ? [only, cut, long, tooLarge] : [only, cut, tooLarge];
  });
}

export function messageFaults() {
  const { hello, headers, pool } = sampleValues();
  const helloWith = (agent) => encodeMessage('hello', { ...hello, agent });
  const goodbye = (code) => encodeMessage('goodbye', { code });
  const counted = (name, count, ...rest) => cat(typeOf(name), count, ...rest);
  const tip = encodeMessage('headers', { ...headers, headers: [] }).subarray(0, -2);
  const faults = {
    'without a type': Buffer.alloc(0),
    'hello with a control character': helloWith('cairn\n'),
    'hello with byte 7f': helloWith('\x7f'),
    'hello with a byte above ASCII': helloWith('\xe9'),
    'goodbye with an empty code': goodbye(''),
    'goodbye in upper case': goodbye('Handshake'),
    'goodbye with a space': goodbye('a b'),
    'get-headers of none': counted('get-headers', u8(0)),
    'get-blocks of none': counted('get-blocks', u8(0)),
    'blocks-missing of none': counted('blocks-missing', u8(0)),
    'headers with more stated than there are': cat(tip, u16(2), Buffer.alloc(80)),
    'inventory of none': counted('inventory', u16(0)),
    'get-transactions of none': counted('get-transactions', u16(0)),
    'transactions-missing of none': counted('transactions-missing', u16(0)),
    'transactions of none': counted('transactions', u16(0)),
    'transactions over 1,000': counted('transactions', u16(1_001), Buffer.alloc(2_002)),
    'transactions with a size beyond the end': counted(
      'transactions',
      u16(1),
      u16(3),
      unhex('0102'),
    ),
    'inventory count beyond the end': counted('inventory', u16(3), ids(2)),
    'pool not ascending': encodeMessage('pool', { ids: pool.ids.toReversed() }),
    'pool with one id twice': encodeMessage('pool', { ids: [pool.ids[0], pool.ids[0]] }),
  };
  return [...Object.entries(faults).map(([name, bytes]) => messageCase(name, bytes)), ...sizes()];
}

export const messageEdges = () => [
  messageCase('an unknown type without payload', unhex('7f')),
  messageCase('a type kept for compact blocks', unhex('160102')),
  messageCase('get-headers of 64', cat(typeOf('get-headers'), u8(64), ids(64))),
  messageCase('get-blocks of 16', cat(typeOf('get-blocks'), u8(16), ids(16))),
];

/** Owns: what stands in difficulty.json. */
import { bitsText, hex, number, reversed, unhex } from '../reference/bytes.mjs';
import * as work from '../reference/difficulty.mjs';

const COMPACT = [
  ...[
    '1d00ffff',
    '1e7fffff',
    '207fffff',
    '200fffff',
    '2100ffff',
    '03123456',
    '03000001',
    '01010000',
  ],
  ...[
    '02008000',
    '020fff00',
    '04123456',
    '01120000',
    '1b0404cb',
    '2200007f',
    '2200ffff',
    '217fffff',
  ],
  ...[
    '00000000',
    '01003456',
    '02000056',
    '03000000',
    '04000000',
    '00123456',
    '01fedcba',
    '04923456',
  ],
  ...[
    '1d80ffff',
    '0300ff00',
    '20000001',
    '1d0000ff',
    '01123456',
    '02123456',
    'ff123456',
    '207fffff',
  ],
];

function asertCases() {
  const base = {
    time: 1_700_000_000,
    bits: 0x1d00ffff,
    powLimit: 0x1d07fff8,
    spacingSeconds: 10,
    halfLifeSeconds: 600,
    retarget: true,
  };
  /** Parent at `height`, `late` seconds behind the schedule (negative: ahead). */
  const at = (name, height, late, changes = {}) => {
    const parameters = { ...base, ...changes };
    const time = parameters.time + parameters.spacingSeconds * height + late;
    return { name, parameters, parentHeight: height, parentTime: time };
  };
  return [
    at('child of genesis', 0, 0),
    at('on schedule', 1_000, 0),
    at('one half-life late: twice the target', 10, 600),
    at('one half-life early: half the target', 1_000, -600),
    at('1 s late', 100, 1),
    at('1 s early: the quotient truncates toward zero', 100, -1, { halfLifeSeconds: 172_801 }),
    at('100 s early, odd half-life', 100, -100, { halfLifeSeconds: 172_801 }),
    at('37 s late', 5_000, 37),
    at('299 s early', 5_000, -299),
    at('a week late: powLimit', 5_000, 604_800),
    at('4 times the target but powLimit lower', 5_000, 1_800),
    at('just below powLimit', 5_000, 1_799),
    at('shifts 255', 5_000, 600 * 255),
    at('shifts 256: the clamp before shifting', 5_000, 600 * 256),
    at('shifts -200', 100_000, -600 * 200, { bits: 0x1d00ffff }),
    at('shifts -300: the target becomes 1', 100_000, -600 * 300),
    at('shifts -301: the clamp before shifting', 100_000, -600 * 301),
    at('far beyond the clamps', 400_000_000, -4_000_000_000 + 300_000_000),
    at('shift left: highest target, limit 207fffff', 50, 600, {
      bits: 0x203fffff,
      powLimit: 0x207fffff,
    }),
    at('a target over 2^256 before the limit', 50, 6_000, {
      bits: 0x207fffff,
      powLimit: 0x207fffff,
    }),
    at('a small genesis target, shifted left', 50, 600 * 20 + 300, {
      bits: 0x03123456,
      powLimit: 0x207fffff,
    }),
    at('retarget false: late', 5_000, 604_800, { retarget: false }),
    at('retarget false: early', 5_000, -9_000, { retarget: false }),
    at('weekly half-life, parent time before genesis', 9, -95, { halfLifeSeconds: 604_800 }),
    ...Array.from({ length: 30 }, (_, i) =>
      at(`sweep ${i}`, 7 * i, ((i * 7919) % 4_001) - 2_000, { halfLifeSeconds: 600 + 97 * i }),
    ),
  ].filter(({ parentTime }) => parentTime >= 0 && parentTime <= 0xffffffff);
}

export function difficulty() {
  const compact = [...new Set(COMPACT)].map((text) => {
    const bits = Number.parseInt(text, 16);
    const target = work.bitsToTarget(bits);
    const none = (bits & 0x00800000) !== 0 || target === 0n || target >> 256n !== 0n;
    const canonical = work.canonicalTarget(bits) !== undefined;
    return { bits: text, canonical, target: none ? null : number(target) };
  });
  const targets = [1n, 127n, 128n, 255n, 256n, 32767n, 32768n, 8388607n, 8388608n, 0x123456789an];
  targets.push(2n ** 255n - 1n, 2n ** 255n, 2n ** 256n - 1n, 0xffffn << 208n, 0x7fffffffn << 200n);
  const easyBits = 0x1d00ffff;
  const limit = work.bitsToTarget(easyBits);
  const ids = [limit - 1n, limit, limit + 1n, 0n, 2n ** 256n - 1n];
  return {
    compact,
    toBits: targets.map((target) => ({
      target: number(target),
      bits: bitsText(work.targetToBits(target)),
    })),
    work: compact
      .filter(({ canonical }) => canonical)
      .map(({ bits }) => ({ bits, work: number(work.workOf(Number.parseInt(bits, 16))) })),
    meets: ids.map((value) => {
      const id = unhex(value.toString(16).padStart(64, '0'));
      const meets = work.meets(reversed(id), easyBits);
      return { id: hex(id), bits: bitsText(easyBits), meets };
    }),
    asert: asertCases().map(({ name, parameters, parentHeight, parentTime }) => ({
      name,
      parameters: {
        ...parameters,
        bits: bitsText(parameters.bits),
        powLimit: bitsText(parameters.powLimit),
      },
      parentHeight,
      parentTime,
      bits: bitsText(work.childBits(parameters, parentHeight, parentTime)),
    })),
  };
}

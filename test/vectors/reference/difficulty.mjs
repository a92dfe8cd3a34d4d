/** Owns: section 8. */
import { sha256 } from './keys.mjs';
import { fromLittleEndian } from './bytes.mjs';

const byteLength = (value) => Math.ceil(value.toString(16).length / 2);

export function bitsToTarget(bits) {
  const e = BigInt(bits >>> 24);
  const m = BigInt(bits & 0x007fffff);
  return e >= 3n ? m << (8n * (e - 3n)) : m >> (8n * (3n - e));
}

export function targetToBits(target) {
  let e = byteLength(target);
  const mantissa = () => (e >= 3 ? target >> BigInt(8 * (e - 3)) : target << BigInt(8 * (3 - e)));
  if (mantissa() & 0x00800000n) e++;
  return e * 2 ** 24 + Number(mantissa());
}

/** The target if the bits are canonical, else undefined. */
export function canonicalTarget(bits) {
  if (bits & 0x00800000) return undefined;
  const target = bitsToTarget(bits);
  if (target === 0n || target >> 256n) return undefined;
  return targetToBits(target) === bits ? target : undefined;
}

export const workOf = (bits) => (1n << 256n) / (bitsToTarget(bits) + 1n);
export const headerId = (header) => sha256(sha256(header));
export const meets = (id, bits) => fromLittleEndian(id) <= bitsToTarget(bits);

/** The bits of the child of a parent with this height and time. */
export function childBits(parameters, parentHeight, parentTime) {
  const { bits, powLimit, retarget } = parameters;
  if (!retarget) return bits;
  const [time, spacing, halfLife, p, t] = [
    parameters.time,
    parameters.spacingSeconds,
    parameters.halfLifeSeconds,
    parentHeight,
    parentTime,
  ].map(BigInt);
  const limit = bitsToTarget(powLimit);
  const exponent = ((t - (time - spacing) - spacing * (p + 1n)) * 65536n) / halfLife;
  const shifts = exponent >> 16n;
  if (shifts > 255n) return powLimit;
  if (shifts < -300n) return targetToBits(1n);
  const f = exponent - shifts * 65536n;
  const polynomial = 195766423245049n * f + 971821376n * f ** 2n + 5127n * f ** 3n + 2n ** 47n;
  const factor = 65536n + (polynomial >> 48n);
  const scaled = bitsToTarget(bits) * factor;
  const move = shifts - 16n;
  let target = move >= 0n ? scaled << move : scaled >> -move;
  if (target === 0n) target = 1n;
  if (target > limit) target = limit;
  return targetToBits(target);
}

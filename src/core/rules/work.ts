/**
 * Owns: compact bits, targets, the work of a block and the difficulty of the next one (ASERT).
 * Does not own: the header rules that use them (rules/header). Layer 2. docs/protocol.md section 8.
 */
import { required } from '../base/assert.ts';
import type { BlockId, Height, Target, UnixSeconds, Work } from '../base/types.ts';
import { toTarget, toWork } from '../base/types.ts';
import type { Params } from './params.ts';

const SIGN_BIT = 0x0080_0000;
const MANTISSA = 0x007f_ffff;
const TWO_256 = 1n << 256n;

/** Expands compact bits. Sign bit and overflow are judged by `isCanonicalBits`. */
export function bitsToTarget(bits: number): Target {
  const exponent = bits >>> 24;
  const mantissa = BigInt(bits & MANTISSA);
  if (exponent < 3) return toTarget(mantissa >> BigInt(8 * (3 - exponent)));
  return toTarget(mantissa << BigInt(8 * (exponent - 3)));
}

/** Compresses a target to its canonical bits, rounding down as Bitcoin's GetCompact does. */
export function targetToBits(target: Target): number {
  let size = Math.ceil(target.toString(16).length / 2);
  if (target === 0n) return 0;
  let mantissa =
    size <= 3 ? Number(target << BigInt(8 * (3 - size))) : Number(target >> BigInt(8 * (size - 3)));
  if ((mantissa & SIGN_BIT) !== 0) {
    mantissa >>>= 8;
    size += 1;
  }
  return ((size << 24) | mantissa) >>> 0;
}

/** Whether bits are the one compact form of a target between 1 and 2^256 - 1. */
export function isCanonicalBits(bits: number): boolean {
  if ((bits & SIGN_BIT) !== 0) return false;
  const target = bitsToTarget(bits);
  return target > 0n && target < TWO_256 && targetToBits(target) === bits;
}

/** Whether a block id, read as a little-endian number, is at most the target. */
export function idMeetsTarget(id: BlockId, target: Target): boolean {
  return BigInt(`0x${id}`) <= target;
}

/** The form a target has in facts: 64 hex digits, comparable with a shown id. */
export function targetToText(target: Target): string {
  return target.toString(16).padStart(64, '0');
}

/** Expected hashes to meet a target: floor(2^256 / (target + 1)). */
export function bitsToWork(bits: number): Work {
  return toWork(TWO_256 / (bitsToTarget(bits) + 1n));
}

/** The bits that the child of a parent must carry. docs/protocol.md section 8. */
export function nextBits(
  params: Params,
  parent: { readonly height: Height; readonly recentTimes: readonly UnixSeconds[] },
): number {
  if (!params.retarget) return params.bits;
  const time = required(parent.recentTimes.at(-1), 'a parent context holds the parent itself');
  return asertBits({
    anchorBits: params.bits,
    limitBits: params.powLimit,
    spacingSeconds: params.spacingSeconds,
    halfLifeSeconds: params.halfLifeSeconds,
    timeDelta: BigInt(time) - (BigInt(params.time) - BigInt(params.spacingSeconds)),
    heightDelta: BigInt(parent.height),
  });
}

/**
 * aserti3-2d. `timeDelta` runs from the anchor's parent to the evaluated block in seconds,
 * `heightDelta` from the anchor to the evaluated block.
 */
export function asertBits(at: {
  readonly anchorBits: number;
  readonly limitBits: number;
  readonly spacingSeconds: number;
  readonly halfLifeSeconds: number;
  readonly timeDelta: bigint;
  readonly heightDelta: bigint;
}): number {
  const ideal = BigInt(at.spacingSeconds) * (at.heightDelta + 1n);
  const exponent = ((at.timeDelta - ideal) * 65536n) / BigInt(at.halfLifeSeconds);
  const shifts = exponent >> 16n;
  // Clamped before shifting: a far-off schedule must not build a number of millions of digits.
  if (shifts > 255n) return at.limitBits;
  if (shifts < -300n) return targetToBits(toTarget(1n));
  const fraction = exponent - shifts * 65536n;
  const factor =
    65536n +
    ((195766423245049n * fraction +
      971821376n * fraction * fraction +
      5127n * fraction * fraction * fraction +
      (1n << 47n)) >>
      48n);
  const scaled = bitsToTarget(at.anchorBits) * factor;
  const shift = shifts - 16n;
  const target = shift < 0n ? scaled >> -shift : scaled << shift;
  const limit = bitsToTarget(at.limitBits);
  if (target > limit) return at.limitBits;
  return targetToBits(toTarget(target === 0n ? 1n : target));
}

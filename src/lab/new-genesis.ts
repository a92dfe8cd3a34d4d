/**
 * Owns: the parameters of a new network: what follows from its interval and the hash rate of those
 * who will mine it.
 * Does not own: measuring (io/mine/measure), what a genesis file may say (core/rules/genesis-file).
 */
import { randomBytes } from 'node:crypto';
import { toAmount, toTarget, toUnixSeconds } from '../core/base/types.ts';
import type { Amount } from '../core/base/types.ts';
import type { Output } from '../core/codec/transaction.ts';
import type { Params } from '../core/rules/params.ts';
import { bitsToTarget, targetToBits } from '../core/rules/work.ts';

const COIN = 100_000_000n;
const SALT_SIZE = 8;
const TWO_256 = 1n << 256n;
/** The easiest target is this many times the first: a pause does not end in a block storm. */
const LIMIT_FACTOR = 8n;
/** Two days of ten-minute blocks, as in the networks where the rule was tried. */
const HALF_LIFE_BLOCKS = 288;
const HALF_LIFE_SECONDS_MIN = 600;
const FUTURE_SHARE = 20;
const FUTURE_SECONDS_MAX = 7_200;
/** What the slowest way to verify signatures keeps up with. */
const BLOCK_BYTES_PER_SECOND = 80_000;
const BLOCK_SIZE_MAX = 400_000;

export interface NewNetwork {
  readonly name: string;
  readonly prefix: string;
  readonly intervalSeconds: number;
  readonly retarget: boolean;
  readonly reward: Amount;
  readonly halvingBlocks: number;
  /** Expected hashes of the first block. */
  readonly difficulty: bigint;
  readonly allocations: readonly Output[];
}

/** Parameters with a salt and time of their own: no two networks share an id. */
export function createParams(options: NewNetwork): Params {
  const { name, prefix, retarget, reward, halvingBlocks, allocations } = options;
  const { intervalSeconds: spacingSeconds, difficulty } = options;
  const halfLifeSeconds = Math.max(HALF_LIFE_SECONDS_MIN, HALF_LIFE_BLOCKS * spacingSeconds);
  const futureSeconds = retarget ? halfLifeSeconds / FUTURE_SHARE : FUTURE_SECONDS_MAX;
  const bits = targetToBits(toTarget(TWO_256 / difficulty - 1n));
  const limit = bitsToTarget(bits) * LIMIT_FACTOR;
  return {
    ...{ name, prefix, spacingSeconds, halfLifeSeconds, retarget },
    ...{ reward, halvingBlocks, allocations },
    salt: new Uint8Array(randomBytes(SALT_SIZE)),
    time: toUnixSeconds(Math.floor(Date.now() / 1000)),
    bits,
    powLimit: targetToBits(toTarget(limit < TWO_256 ? limit : TWO_256 - 1n)),
    blockSizeMax: Math.min(BLOCK_SIZE_MAX, BLOCK_BYTES_PER_SECOND * spacingSeconds),
    minimumOutput: toAmount(COIN / 10_000n),
    maxFutureSeconds: Math.floor(Math.min(FUTURE_SECONDS_MAX, futureSeconds)),
  };
}

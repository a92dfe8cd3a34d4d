/**
 * Owns: measuring how many hashes a second this machine does.
 * Does not own: the search itself (miner).
 */
import { HEADER_SIZE } from '../../core/codec/header.ts';
import { Miner } from './miner.ts';

/** The hardest target there is: nothing is found. */
const HARDEST_BITS = 0x0300_0001;
const MEASURE_MS = 1_500;

/** Hashes per second with as many threads as a miner takes. */
export async function measureHashRate(): Promise<number> {
  const miner = new Miner();
  try {
    const signal = AbortSignal.timeout(MEASURE_MS);
    await miner.mine(new Uint8Array(HEADER_SIZE), HARDEST_BITS, { signal });
    return miner.hashRate;
  } finally {
    await miner.close();
  }
}

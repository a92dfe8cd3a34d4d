/**
 * Owns: that both kernels find what core's hashing finds, and that the miner restarts, shares and
 * stops.
 */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { hexToBytes } from '../../../src/core/base/bytes.ts';
import type { Target } from '../../../src/core/base/types.ts';
import { blockIdFromBytes, toTarget } from '../../../src/core/base/types.ts';
import { doubleSha256 } from '../../../src/core/base/crypto.ts';
import { bitsToTarget, idMeetsTarget } from '../../../src/core/rules/work.ts';
import { KERNEL_WASM } from '../../../src/io/mine/kernel-wasm.ts';
import type { NonceKernel } from '../../../src/io/mine/kernel.ts';
import {
  createPlainKernel,
  loadKernel,
  loadSimdKernel,
  withNonce,
} from '../../../src/io/mine/kernel.ts';
import { Miner } from '../../../src/io/mine/miner.ts';

const EASY_BITS = 0x207fffff;
const MEDIUM_BITS = 0x1f00ffff;
const HARD_BITS = 0x1903a30c;
const header = Uint8Array.from({ length: 80 }, (_, i) => (i * 37) % 256);
const meets = (candidate: Uint8Array, target: Target): boolean =>
  idMeetsTarget(blockIdFromBytes(doubleSha256(candidate)), target);

const miners: Miner[] = [];
const createMiner = (...options: ConstructorParameters<typeof Miner>): Miner => {
  const miner = new Miner(...options);
  miners.push(miner);
  return miner;
};
afterEach(() => Promise.all(miners.splice(0).map((miner) => miner.close())));

const kernels: readonly NonceKernel[] = [createPlainKernel(), loadSimdKernel()!];

describe.each(kernels)('the $name kernel', (kernel) => {
  test('finds the first nonce that meets any target, at any start', () => {
    for (const [exponent, start] of [255, 250, 246, 243].flatMap((bits) =>
      [0, 1, 2, 3, 77, 0xffff_f000].map((at) => [bits, at] as const),
    )) {
      const target = toTarget((1n << BigInt(exponent)) - 1n);
      const count = 4096;
      let expected: number | undefined = start;
      while (expected < start + count && !meets(withNonce(header, expected), target)) expected++;
      if (expected === start + count) expected = undefined;
      expect(kernel.search(header, { start, count }, target)).toBe(expected);
    }
  });

  test('is exact below the top word', () => {
    const found = kernel.search(header, { start: 0, count: 4096 }, toTarget(1n << 248n))!;
    const value = BigInt(`0x${blockIdFromBytes(doubleSha256(withNonce(header, found)))}`);
    const range = { start: found, count: 4 };
    expect(kernel.search(header, range, toTarget(value))).toBe(found);
    expect(kernel.search(header, range, toTarget(value - 1n))).not.toBe(found);
  });

  test('finds the nonces of real Bitcoin blocks', () => {
    const file = new URL('../../vectors/public/bitcoin_headers_0_400.csv', import.meta.url);
    const [names, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
    const column = names!.split(',').findIndex((name) => name.includes('header'));
    for (const row of rows.slice(0, 30)) {
      const bytes = hexToBytes(row.split(',')[column]!);
      const view = new DataView(bytes.buffer);
      const nonce = view.getUint32(76, true);
      const range = { start: Math.max(0, nonce - 997), count: 1200 };
      expect(kernel.search(bytes, range, bitsToTarget(view.getUint32(72, true)))).toBe(nonce);
    }
  });
});

test('the fast kernel is the one in use, and is what its source compiles to', async () => {
  expect(loadKernel().name).toBe('simd');
  // @ts-expect-error a build script has no types
  const script = (await import('../../../.config/build-kernel.js')) as {
    readonly compileKernel: () => Promise<Uint8Array>;
  };
  const compiled = Buffer.from(await script.compileKernel()).toString('base64');
  expect(compiled).toBe(KERNEL_WASM);
});

test('threads find a nonce, and tell the hashes it took', async () => {
  const miner = createMiner({ workers: 2 });
  const outcome = await miner.mine(header, MEDIUM_BITS);
  if (outcome.kind !== 'found') expect.fail(outcome.kind);
  expect(meets(withNonce(header, outcome.nonce), bitsToTarget(MEDIUM_BITS))).toBe(true);
  expect(outcome.hashes).toBeGreaterThan(0);
  expect(miner.hashRate).toBeGreaterThan(0);
});

test('a new header ends the search before', async () => {
  const miner = createMiner({ workers: 1 });
  await miner.mine(header, EASY_BITS);
  const hopeless = miner.mine(header, HARD_BITS);
  const next = await miner.mine(withNonce(header, 5), EASY_BITS);
  expect(next.kind).toBe('found');
  expect((await hopeless).kind).toBe('aborted');
});

test('a signal ends the search, before and during it', async () => {
  const miner = createMiner({ workers: 1 });
  const controller = new AbortController();
  const { signal } = controller;
  const hopeless = miner.mine(header, HARD_BITS, { signal });
  controller.abort();
  expect((await hopeless).kind).toBe('aborted');
  expect((await miner.mine(header, EASY_BITS, { signal })).kind).toBe('aborted');
  expect((await miner.mine(header, EASY_BITS)).kind).toBe('found');
});

test('a share of the core gives about that share of the hashes', async () => {
  const rateOf = async (share: number): Promise<number> => {
    const miner = createMiner({ workers: 1, share });
    await miner.mine(header, EASY_BITS);
    const signal = AbortSignal.timeout(900);
    await miner.mine(header, HARD_BITS, { signal });
    return miner.hashRate;
  };
  const [whole, part] = [await rateOf(1), await rateOf(0.2)];
  expect(part).toBeGreaterThan(0);
  expect(part).toBeLessThan(whole * 0.6);
});

/** Owns: that the pool answers jobs whole, survives broken workers, and keeps no idle ones. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { secretToPublicKey, signDigest } from '../../../src/core/base/crypto.ts';
import { addressFromBytes, parseBlockId, toAmount, toNonce } from '../../../src/core/base/types.ts';
import {
  encodeTransaction,
  encodeUnsigned,
  hashForSigning,
} from '../../../src/core/codec/transaction.ts';
import type { VerifierPoolOptions } from '../../../src/io/verify/verifier-pool.ts';
import { VerifierPool } from '../../../src/io/verify/verifier-pool.ts';
import { eventually } from './eventually.ts';

const networkId = parseBlockId('ab'.repeat(32))!;
const secret = new Uint8Array(32).fill(3);
const pools: VerifierPool[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-verify-'));
});
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));
afterAll(() => rm(folder, { recursive: true }));

async function createPool(options: Partial<VerifierPoolOptions> = {}): Promise<VerifierPool> {
  const pool = await VerifierPool.create({ networkId, ...options });
  pools.push(pool);
  return pool;
}

/** A worker program of its own, as a file. */
async function writeWorker(name: string, code: string): Promise<URL> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, `import { parentPort } from 'node:worker_threads';\n${code}`);
  return pathToFileURL(path);
}

function sign(nonce: number): Uint8Array {
  const fields = {
    senderKey: secretToPublicKey(secret),
    nonce: toNonce(nonce),
    fee: toAmount(1n),
    outputs: [{ address: addressFromBytes(new Uint8Array(20)), amount: toAmount(5n) }],
    memo: new Uint8Array(),
  };
  const digest = hashForSigning(encodeUnsigned(fields), networkId);
  return encodeTransaction(fields, signDigest({ digest, secret }));
}

const good = Array.from({ length: 150 }, (_, nonce) => sign(nonce));
const spoil = (transaction: Uint8Array): Uint8Array => {
  const spoiled = Uint8Array.from(transaction);
  spoiled[spoiled.length - 1]! ^= 1;
  return spoiled;
};

test('one bad signature shows at its place, wherever that is', async () => {
  const pool = await createPool({ workers: 2 });
  const jobs = [0, 63, 64, 149].map(async (at) => {
    const verdicts = await pool.verify(good.with(at, spoil(good[at]!)));
    expect(verdicts).toEqual(good.map((_, index) => index !== at));
  });
  await Promise.all(jobs);
  expect(pool.threadCount).toBe(2);
});

test('the same bytes are no signature for another network', async () => {
  const pool = await createPool({ networkId: parseBlockId('cd'.repeat(32))! });
  expect(await pool.verify(good.slice(0, 2))).toEqual([false, false]);
  expect(await pool.verify(good.slice(0, 10))).toEqual(new Array(10).fill(false));
});

test('few signatures need no thread, none no work, undecodable bytes are false', async () => {
  const pool = await createPool();
  expect(await pool.verify(good.slice(0, 4))).toEqual([true, true, true, true]);
  expect(await pool.verify([])).toEqual([]);
  expect(await pool.verify([Uint8Array.of(1, 2), new Uint8Array()])).toEqual([false, false]);
  expect(pool.threadCount).toBe(0);
});

test('an idle thread is closed, and the next job starts another', async () => {
  const pool = await createPool({ idleMs: 20 });
  await pool.verify(good);
  expect(pool.threadCount).toBe(1);
  await eventually(() => expect(pool.threadCount).toBe(0));
  expect(await pool.verify(good)).toEqual(good.map(() => true));
});

test('a crash fails the jobs of that worker, as no verdict, and later jobs run again', async () => {
  // Crashes on the first buffer of the process, answers all others.
  const workerUrl = await writeWorker(
    'crash-once',
    `import { existsSync, writeFileSync } from 'node:fs';
     const mark = new URL('./crashed', import.meta.url);
     parentPort.on('message', () => {
       if (existsSync(mark)) return parentPort.postMessage(new Uint8Array(10).fill(1));
       writeFileSync(mark, '');
       throw new Error('out of order');
     });`,
  );
  const pool = await createPool({ workers: 1, workerUrl });
  const job = good.slice(0, 10);
  await expect(pool.verify(job)).rejects.toMatchObject({
    code: 'verifier-failed',
    message: expect.stringContaining('out of order') as string,
  });
  expect(await pool.verify(job)).toEqual(job.map(() => true));
});

test('a worker that does not answer is given up in time', async () => {
  const workerUrl = await writeWorker('silent', `parentPort.on('message', () => {});`);
  const pool = await createPool({ workers: 1, workerUrl, chunkTimeoutMs: 50 });
  await expect(pool.verify(good)).rejects.toMatchObject({ code: 'verifier-failed' });
});

test('closing fails what is open', async () => {
  const workerUrl = await writeWorker('silent', `parentPort.on('message', () => {});`);
  const pool = await createPool({ workers: 1, workerUrl });
  const open = [pool.verify(good), pool.verify(good)];
  const outcomes = Promise.allSettled(open);
  await pool.close();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(pool.verify(good)).rejects.toMatchObject({ code: 'verifier-failed' });
});

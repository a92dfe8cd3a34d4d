/**
 * Owns: a thread that verifies packed transactions of one network, one buffer at a time.
 * Does not own: which buffers, or what a verdict means (verifier-pool, core).
 */
import { parentPort, workerData } from 'node:worker_threads';
import { required } from '../../core/base/assert.ts';
import type { BlockId } from '../../core/base/types.ts';
import { installNativeHash } from '../install-hash.ts';
import { loadBestBackend } from './backend.ts';
import { unpackTransactions, verifyTransactions } from './packing.ts';

installNativeHash();
const port = required(parentPort ?? undefined, 'this file runs as a worker thread');
const { networkId } = workerData as { readonly networkId: BlockId };
const { verify } = await loadBestBackend();

port.on('message', (packed: Uint8Array) => {
  const transactions = unpackTransactions(packed);
  const verdicts = verifyTransactions({ transactions, networkId, verify });
  port.postMessage(verdicts, [verdicts.buffer]);
});

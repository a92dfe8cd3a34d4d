/**
 * Owns: the benchmark that `npm run bench` prints: every figure beside a reference of the same run.
 * Does not own: the single benchmarks (the other files of bench).
 */
import { cpus } from 'node:os';
import { installNativeHash } from '../src/io/install-hash.ts';
import { benchHashRate } from './hash-rate.ts';
import { benchAccounts, benchAdmission, benchConnection } from './ledger.ts';
import { createBenchNetwork } from './network.ts';
import { benchSignatures, createTransfers } from './signatures.ts';

installNativeHash();
console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
console.log('Medians of five rounds; ratios hold between machines, absolute figures do not.');
const network = createBenchNetwork();
const transfers = createTransfers(network.id, 20);
const { name, rate } = await benchSignatures(network.id, transfers);
const bare = { name: `bare ${name} verification`, rate };
benchConnection(network, transfers, bare);
benchAdmission(network, transfers, bare);
benchAccounts(bare);
benchHashRate();

/** Owns: the networks that attacks run on: parameters, genesis file, funded wallets. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createNetwork } from '../../vectors/reference/genesis.mjs';
import type { Wallet } from './wallet.ts';
import { COIN, createWallet } from './wallet.ts';

const PREFIX = 'atk';
const DAY_SECONDS = 86_400;

/** The easiest target there is: every second hash meets it. */
export const EASY_BITS = 0x207fffff;

export const [alice, bob, carol, dave, miner] = ['alice', 'bob', 'carol', 'dave', 'miner'].map(
  (name) => createWallet(name, PREFIX),
) as [Wallet, Wallet, Wallet, Wallet, Wallet];

export interface World {
  readonly network: Reference.Network;
  readonly genesisPath: string;
  /** A folder for the data of this world's nodes, removed after the tests of the file. */
  readonly folder: string;
}

export interface WorldOptions {
  /** Coins by wallet, beside 1,000 each for alice, bob, carol and dave. */
  readonly allocations?: readonly (readonly [Wallet, bigint])[];
  /** Keys of the genesis file that replace the usual ones. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A network of its own: easy proof of work, begun yesterday, unlike any other by its salt. */
export function createWorld({ allocations = [], parameters = {} }: WorldOptions = {}): World {
  const funded = [alice, bob, carol, dave].map((wallet) => [wallet, 1_000n] as const);
  const json = {
    name: 'attacked',
    salt: randomBytes(8).toString('hex'),
    prefix: PREFIX,
    time: nowSeconds() - DAY_SECONDS,
    bits: '207fffff',
    powLimit: '207fffff',
    spacingSeconds: 5,
    halfLifeSeconds: 600,
    retarget: false,
    reward: '50',
    halvingBlocks: 210_000,
    blockSizeMax: 400_000,
    minimumOutput: '0.0001',
    maxFutureSeconds: 7_200,
    allocations: [...funded, ...allocations].map(([{ text }, amount]) => ({
      address: text,
      amount: `${amount}`,
    })),
    ...parameters,
  };
  const folder = mkdtempSync(join(tmpdir(), 'cairn-attack-'));
  const genesisPath = join(folder, 'genesis.json');
  writeFileSync(genesisPath, JSON.stringify(json));
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return { network: createNetwork(json), genesisPath, folder };
}

/** What all accounts of a state hold together, in base units. */
export function supplyOf(accounts: ReadonlyMap<string, Reference.Account>): bigint {
  return [...accounts.values()].reduce((sum, { balance }) => sum + balance, 0n);
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Base units as the decimal string of coins that nodes speak. */
export function coins(units: bigint): string {
  const part = `${units % COIN}`.padStart(8, '0').replace(/0+$/, '');
  return part === '' ? `${units / COIN}` : `${units / COIN}.${part}`;
}

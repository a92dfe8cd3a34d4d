/**
 * Owns: a node's data folder with a real chain in it: payments, a side branch as heavy as the
 * ledger, and an accepted payment that waits.
 * Does not own: what is done to the folder.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BlockId } from '../../src/core/base/types.ts';
import { entryToChange } from '../../src/core/chain/mempool-records.ts';
import { createEntry } from '../../src/core/chain/mempool-entry.ts';
import { formatGenesisFile } from '../../src/core/rules/genesis-file.ts';
import { openStore } from '../../src/io/data-folder.ts';
import { ChainScript, addressOf } from './chain-script.ts';

export const STORED_HEIGHT = 24;
const FORK_HEIGHT = 20;
const PAID = 2;

export interface StoredChain {
  readonly script: ChainScript;
  readonly tip: BlockId;
  /** The id of the payment that no block holds. */
  readonly pending: string;
}

/** Names of blocks: `a1` to `a24`, and `b21` to `b24` on `a20`. */
export async function writeStoredChain(datadir: string): Promise<StoredChain> {
  const script = new ChainScript();
  const miner = addressOf('faucet');
  for (let height = 1; height <= STORED_HEIGHT; height++) {
    const transactions = Array.from({ length: PAID }, (_, i) =>
      script.pay('alice', { nonce: PAID * (height - 1) + i, to: [['carol', 3n]] }),
    );
    const on = height === 1 ? 'genesis' : `a${height - 1}`;
    script.block({ name: `a${height}`, on, transactions, miner, expect: 'tip' });
  }
  for (let height = FORK_HEIGHT + 1; height <= STORED_HEIGHT; height++) {
    const on = height === FORK_HEIGHT + 1 ? `a${FORK_HEIGHT}` : `b${height - 1}`;
    script.block({ name: `b${height}`, on, miner, expect: 'side' });
  }
  const pending = script.pay('alice', { nonce: PAID * STORED_HEIGHT, to: [['dave', 1n]], fee: 9n });
  const entry = createEntry(pending, { origin: 'local', receivedWallMs: Date.now() });
  mkdirSync(datadir, { recursive: true });
  writeFileSync(join(datadir, 'genesis.json'), formatGenesisFile(script.network.params));
  const store = await openStore(datadir, script.network);
  const records = Array.from(script.core.store, ([key, value]) => ({ key, value }));
  await store.write([...records, entryToChange(entry)], { durable: true });
  await store.close();
  return { script, tip: script.idOf(`a${STORED_HEIGHT}`), pending: pending.id };
}

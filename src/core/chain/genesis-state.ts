/**
 * Owns: what a fresh store must hold before the first block: the allocations, genesis' history, the
 * position.
 * Does not own: the genesis block itself (rules/network). Layer 3. docs/protocol.md section 4.
 */
import { assert } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { EMPTY_ACCOUNTS_ROOT } from '../rules/accounts-root.ts';
import type { Network } from '../rules/network.ts';
import { indexAllocations } from './address-index.ts';
import { hashAccounts } from './execution.ts';
import { POSITION_KEY } from './layout.ts';
import type { Position } from './records.ts';
import { encodePosition } from './records.ts';
import { State } from './state.ts';
import type { StoreChange, StoreReader } from './store.ts';

/** Where the ledger stands before the first block. */
function genesisPosition(network: Network): Position {
  const { accountsRoot } = network.genesis.committed;
  return { ledger: network.id, accountsRoot, told: network.id };
}

/** The first batch of a store. */
export function genesisChanges(network: Network, emptyStore: StoreReader): readonly StoreChange[] {
  const state = new State(emptyStore, EMPTY_ACCOUNTS_ROOT);
  const { accounts, history, overlay } = state.working;
  for (const { address, balance, nonce } of network.genesis.accounts) {
    accounts.set(address, { balance, nonce });
  }
  runToEnd(hashAccounts(accounts));
  const { accountsRoot } = network.genesis.committed;
  assert(equalBytes(accounts.root(), accountsRoot), 'the stored tree has the computed root');
  runToEnd(state.collect());
  const { id, genesis } = network;
  history.append(genesis.committed.height, { id, work: genesis.work });
  indexAllocations(overlay, network.params.allocations);
  overlay.put(POSITION_KEY, encodePosition(genesisPosition(network)));
  return overlay.changes();
}

function runToEnd(work: Generator<void, void>): void {
  while (work.next().done !== true);
}

/**
 * Owns: measuring block connection, pool admission and the accounts tree.
 * Does not own: the parts themselves (core/chain, core/node).
 */
import type { Hash } from '../src/core/base/types.ts';
import { addressFromBytes, toAmount, toNonce } from '../src/core/base/types.ts';
import { sha256 } from '../src/core/base/crypto.ts';
import { AccountsBase } from '../src/core/chain/accounts-base.ts';
import { AccountsTree } from '../src/core/chain/accounts-tree.ts';
import { Mempool } from '../src/core/chain/mempool.ts';
import { Overlay } from '../src/core/chain/overlay.ts';
import type { Transaction } from '../src/core/codec/transaction.ts';
import { decodeTransaction } from '../src/core/codec/transaction.ts';
import { BlockIntake } from '../src/core/node/block-intake.ts';
import { ABSENT_ACCOUNT } from '../src/core/rules/account.ts';
import { EMPTY_ACCOUNTS_ROOT } from '../src/core/rules/accounts-root.ts';
import type { Network } from '../src/core/rules/network.ts';
import { checkTransactionAlone } from '../src/core/rules/transaction.ts';
import type { Rate } from './measure.ts';
import { measure, printRate, printTitle } from './measure.ts';
import { MapStore, NOW, mineBlock, openChain, settleChain } from './network.ts';

interface Reference {
  readonly name: string;
  readonly rate: Rate;
}

/**
 * From received bytes to a written batch: decode, B1 to B9, C1 to C3; signatures are taken as
 * verified.
 */
export function benchConnection(
  network: Network,
  transfers: readonly Transaction[],
  bare: Reference,
): void {
  printTitle(`Block connection, ${transfers.length} transfers, signatures already checked`);
  const bytes = mineBlock(network, transfers);
  const rate = measure({
    operations: transfers.length,
    prepare: () => openChain(network),
    run: (open) => {
      const intake = new BlockIntake(open.chain);
      const entry = intake.acceptHeader(bytes, NOW.wallMs / 1000);
      if (!entry.ok) throw new Error(entry.code);
      const block = intake.check(entry.value, bytes);
      if (!block.ok) throw new Error(block.code);
      open.chain.addBody(entry.value, block.value);
      settleChain(open);
      if (open.chain.tip.height !== 1) throw new Error('the block did not connect');
    },
  });
  printRate('transfers connected', rate, bare);
}

/** From received bytes to the pool, verification left out. */
export function benchAdmission(
  network: Network,
  transfers: readonly Transaction[],
  bare: Reference,
): void {
  printTitle('Mempool admission, signatures already checked');
  const rate = measure({
    operations: transfers.length,
    prepare: () => {
      const { chain } = openChain(network);
      return new Mempool({ accountOf: (address) => chain.account(address) ?? ABSENT_ACCOUNT });
    },
    run: (pool) => {
      for (const { bytes } of transfers) {
        const decoded = decodeTransaction(bytes);
        if (!decoded.ok || !checkTransactionAlone(decoded.value, network.params).ok) {
          throw new Error('a transfer is wrong');
        }
        const checked = pool.precheck(decoded.value, NOW);
        const added = checked.ok ? pool.add(decoded.value, { origin: 'peer', now: NOW }) : checked;
        if (!added.ok) throw new Error(added.code);
      }
      pool.drainChanges();
      pool.drainEvents();
    },
  });
  printRate('transfers admitted', rate, bare);
}

const UPDATED_ACCOUNTS = 4_000;

/** Changing 4,000 accounts and hashing the tree, at three sizes of it. */
export function benchAccounts(bare: Reference): void {
  printTitle(`Accounts tree: ${UPDATED_ACCOUNTS} accounts changed, hashed and written`);
  for (const size of [10_000, 100_000, 1_000_000]) {
    const base = fillTree(size);
    const rate = measure({
      operations: UPDATED_ACCOUNTS,
      prepare: () => new AccountsTree(base),
      run: (tree) => updateTree(tree, size),
    });
    printRate(`accounts per second of ${size.toLocaleString('en-US')}`, rate, bare);
  }
}

function accountAddress(index: number): ReturnType<typeof addressFromBytes> {
  const seed = new Uint8Array(4);
  new DataView(seed.buffer).setUint32(0, index);
  return addressFromBytes(sha256(seed).subarray(0, 20));
}

function fillTree(size: number): AccountsBase {
  const store = new MapStore();
  let base = createBase(store, EMPTY_ACCOUNTS_ROOT);
  const account = { balance: toAmount(1n), nonce: toNonce(0) };
  for (let start = 0; start < size; start += 50_000) {
    const tree = new AccountsTree(base);
    for (let i = start; i < Math.min(size, start + 50_000); i++)
      tree.set(accountAddress(i), account);
    commit(tree, store);
    base = createBase(store, tree.root());
  }
  return base;
}

function createBase(store: MapStore, root: Hash): AccountsBase {
  return new AccountsBase({ store, root, cacheBytesMax: 256 * 1024 * 1024 });
}

function commit(tree: AccountsTree, store: MapStore): void {
  while (!tree.isHashed) tree.hashSome(10_000);
  const overlay = new Overlay(store);
  while (!tree.isWritten) tree.writeSome(overlay, 10_000);
  store.write(overlay.changes());
}

let updates = 0n;
function updateTree(tree: AccountsTree, size: number): void {
  updates += 1n;
  const step = Math.floor(size / UPDATED_ACCOUNTS);
  const account = { balance: toAmount(1n + updates), nonce: toNonce(0) };
  for (let i = 0; i < UPDATED_ACCOUNTS; i++) tree.set(accountAddress(i * step), account);
  commit(tree, new MapStore());
}

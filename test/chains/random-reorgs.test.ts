/**
 * Random reorgs (attacks row 15): after each one the accounts root, the supply and every account
 * are those of a replay from genesis, and in the end the store holds the same records as a chain
 * that never reorganised.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { required } from '../../src/core/base/assert.ts';
import { bytesToHex } from '../../src/core/base/bytes.ts';
import type { Random } from '../../src/core/base/random.ts';
import { createRandom } from '../../src/core/base/random.ts';
import type { Address } from '../../src/core/base/types.ts';
import { addressFromBytes, toAmount, toNonce, toSignature } from '../../src/core/base/types.ts';
import { ROOT_NODE_KEY } from '../../src/core/chain/account-branch.ts';
import { BOOT_PREFIXES, bodyKey, undoKey } from '../../src/core/chain/layout.ts';
import type { Transaction } from '../../src/core/codec/transaction.ts';
import { decodeTransaction, encodeTransaction } from '../../src/core/codec/transaction.ts';
import { applyTransaction } from '../../src/core/rules/transaction.ts';
import { installNativeHash } from '../../src/io/install-hash.ts';
import type { BuiltBlock } from '../kit/blocks.ts';
import { buildBlock } from '../kit/blocks.ts';
import { scriptNetwork } from '../kit/chain-script.ts';
import { CoreChain } from '../kit/core-chain.ts';
import type { LedgerModel } from '../kit/ledger-model.ts';
import { accountsRoot, genesisModel, supplyOf } from '../kit/ledger-model.ts';
import { fakeAddress, fakeKey } from '../kit/transactions.ts';

installNativeHash();

const SENDERS = 12;
const SUPPLY_OF_EACH = 1_000_000n;
const network = scriptNetwork({
  allocations: Array.from({ length: SENDERS }, (_, i) => ({
    address: fakeAddress(i),
    amount: toAmount(SUPPLY_OF_EACH),
  })),
});
const { params } = network;

/**
 * Addresses of senders, of strangers, and of strangers that differ in their last bits only (attacks
 * row 94).
 */
function pickAddress(random: Random): Address {
  const kind = random.below(3);
  if (kind === 0) return fakeAddress(random.below(SENDERS));
  const bytes = new Uint8Array(20).fill(kind === 1 ? 0xaa : 31 * random.below(8));
  bytes[19] = random.below(kind === 1 ? 40 : 4);
  return addressFromBytes(bytes);
}

function makePayment(random: Random, nonce: number, from: number): Transaction {
  const fields = {
    senderKey: fakeKey(from),
    nonce: toNonce(nonce),
    fee: toAmount(BigInt(random.below(5))),
    outputs: Array.from({ length: 1 + random.below(2) }, () => ({
      address: pickAddress(random),
      amount: toAmount(BigInt(1 + random.below(3) ** 9 * 20)),
    })),
    memo: new Uint8Array(0),
  };
  const bytes = encodeTransaction(fields, toSignature(random.bytes(64)));
  const decoded = decodeTransaction(bytes);
  return required(decoded.ok ? decoded.value : undefined, 'an encoded transaction decodes');
}

/** Transactions that apply after this block, in order. */
function pickTransactions(random: Random, parent: LedgerModel): Transaction[] {
  const accounts = new Map(parent.accounts);
  const chosen: Transaction[] = [];
  for (let tries = random.below(4); tries > 0; tries--) {
    const from = random.below(SENDERS);
    const nonce = accounts.get(fakeAddress(from))?.nonce ?? 0;
    const transaction = makePayment(random, nonce, from);
    if (applyTransaction(transaction, accounts).ok) chosen.push(transaction);
  }
  return chosen;
}

function makeBlock(random: Random, parent: LedgerModel): BuiltBlock {
  const content = {
    transactions: pickTransactions(random, parent),
    extra: random.bytes(8),
    ...(random.below(4) > 0 && { miner: pickAddress(random) }),
  };
  return buildBlock({ params, parent, content });
}

/** What was ever minted less what was burned, by the blocks alone. */
function mintedBy(chain: readonly BuiltBlock[]): bigint {
  let supply = BigInt(SENDERS) * SUPPLY_OF_EACH;
  let before = supplyOf(genesisModel(network));
  for (const { model } of chain) {
    supply += supplyOf(model) - before;
    before = supplyOf(model);
  }
  return supply;
}

function checkTip(core: CoreChain, { header, model }: BuiltBlock): void {
  expect(core.chain.tip).toEqual({
    id: header.id,
    height: model.context.height,
    work: model.work,
  });
  expect(bytesToHex(core.chain.accountsRoot)).toBe(bytesToHex(accountsRoot(model.accounts)));
  let supply = 0n;
  const wrong: string[] = [];
  for (const [address, { balance, nonce }] of model.accounts) {
    const held = core.chain.account(address);
    if (held?.balance !== balance || held.nonce !== nonce) wrong.push(address);
    supply += held?.balance ?? 0n;
  }
  expect(wrong).toEqual([]);
  expect(supply).toBe(supplyOf(model));
}

/** What both chains must have stored alike: all but blocks beside the chain. */
function commonRecords(core: CoreChain, chain: readonly BuiltBlock[]): Map<string, string> {
  const own = new Set(chain.flatMap(({ header: { id } }) => [bodyKey(id), undoKey(id)]));
  const [body] = bodyKey(network.id);
  const [undo] = undoKey(network.id);
  const records = new Map<string, string>();
  for (const [key, value] of core.store) {
    if (BOOT_PREFIXES.some((prefix) => key.startsWith(prefix))) continue;
    if ((key.startsWith(body!) || key.startsWith(undo!)) && !own.has(key)) continue;
    // A branch names one of its members, whichever: nodes of accounts are compared by place, and by
    // their root.
    const isNode = key.startsWith(ROOT_NODE_KEY.charAt(0));
    records.set(Buffer.from(key, 'latin1').toString('hex'), isNode ? 'a node' : bytesToHex(value));
  }
  return new Map([...records].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Makes reorgs of the drawn depths, restarting now and then; answers the chain that won in the end.
 */
function reorganise(
  core: CoreChain,
  options: { readonly random: Random; readonly depths: readonly number[] },
): BuiltBlock[] {
  const { random, depths } = options;
  const chain: BuiltBlock[] = [];
  for (const depth of depths) {
    const fork = Math.max(0, chain.length - depth);
    const off = chain.length - fork;
    chain.length = fork;
    for (let added = 0; added <= off; added++) {
      const block = makeBlock(random, chain.at(-1)?.model ?? genesisModel(network));
      chain.push(block);
      expect(core.receive(block.bytes)).toBe(added === off ? 'tip' : 'side');
    }
    const last = chain.at(-1)!;
    checkTip(core, last);
    expect(core.tipChanges.at(-1)).toMatchObject({
      connected: chain.slice(fork).map(({ header }) => header.id),
      disconnected: { length: off },
    });
    if (random.below(50) === 0) {
      core.restart();
      checkTip(core, last);
    }
  }
  return chain;
}

function checkAgainstReplay(core: CoreChain, chain: readonly BuiltBlock[]): void {
  expect(supplyOf(chain.at(-1)!.model)).toBe(mintedBy(chain));
  const replay = new CoreChain(network, { isSigned: () => true });
  for (const { bytes } of chain) expect(replay.receive(bytes)).toBe('tip');
  expect(replay.chain.accountsRoot).toEqual(core.chain.accountsRoot);
  expect(commonRecords(core, chain)).toEqual(commonRecords(replay, chain));
}

const seed = fc.uint8Array({ minLength: 16, maxLength: 16 });

test('600 shallow reorgs', () => {
  fc.assert(
    fc.property(seed, (bytes) => {
      const random = createRandom(bytes);
      const core = new CoreChain(network, { isSigned: () => true });
      const depths = Array.from({ length: 150 }, () => random.below(random.below(8) + 1));
      checkAgainstReplay(core, reorganise(core, { random, depths }));
    }),
    { numRuns: 4, endOnFailure: true },
  );
});

test('deep reorgs, 1 to 200 blocks', () => {
  fc.assert(
    fc.property(seed, (bytes) => {
      const random = createRandom(bytes);
      const core = new CoreChain(network, { isSigned: () => true });
      const growth = Array.from({ length: 200 }, () => 0);
      const depths = [200, 1, 199, ...Array.from({ length: 7 }, () => 1 + random.below(200))];
      checkAgainstReplay(core, reorganise(core, { random, depths: [...growth, ...depths] }));
    }),
    { numRuns: 2, endOnFailure: true },
  );
});

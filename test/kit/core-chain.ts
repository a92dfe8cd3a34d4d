/**
 * Owns: the real chain and block intake over a store in memory, driven the way the node drives
 * them: each write is done before the next slice of work. Does not own: building blocks
 * (kit/blocks) or expecting anything of them.
 */
import { required } from '../../src/core/base/assert.ts';
import { verifyDigest } from '../../src/core/base/crypto.ts';
import type { Reject } from '../../src/core/base/rejects.ts';
import type { BlockId, TxId } from '../../src/core/base/types.ts';
import type { ChainLimits } from '../../src/core/chain/chain-limits.ts';
import type { Chain, ChainOutcome, TipChange } from '../../src/core/chain/chain.ts';
import type { EntryIndex } from '../../src/core/chain/header-tree.ts';
import { BOOT_PREFIXES } from '../../src/core/chain/layout.ts';
import type { StoreChange, StoreKey } from '../../src/core/chain/store.ts';
import { HEADER_SIZE, decodeHeader, hashHeader } from '../../src/core/codec/header.ts';
import type { Transaction } from '../../src/core/codec/transaction.ts';
import { signingDigest } from '../../src/core/codec/transaction.ts';
import type { PendingBlock } from '../../src/core/node/block-intake.ts';
import { BlockIntake } from '../../src/core/node/block-intake.ts';
import { Boot } from '../../src/core/node/boot.ts';
import type { Network } from '../../src/core/rules/network.ts';

/**
 * What became of a block: the tip, connected below it, beside it, without a body, above a marked
 * one, or refused.
 */
export type Verdict = 'tip' | 'connected' | 'side' | 'headers' | 'below-invalid' | Reject;

const NO_TIME = { monotonicMs: 0, wallMs: 0 };
/** A clock that finds no block premature. */
export const END_OF_TIME = 0xffff_ffff;

/** Scripts are run many times over: each signature is computed once for all of them. */
const verdicts = new Map<string, boolean>();

function verifySignature(transaction: Transaction, network: Network): boolean {
  const key = `${network.id} ${transaction.id}`;
  const known = verdicts.get(key);
  if (known !== undefined) return known;
  const digest = signingDigest(transaction, network.id);
  const verdict = verifyDigest(transaction.signature, digest, transaction.senderKey);
  verdicts.set(key, verdict);
  return verdict;
}

export class CoreChain {
  readonly network: Network;
  readonly #limits: ChainLimits | undefined;
  /** What is on disk, as it were. */
  readonly store: Map<StoreKey, Uint8Array> = new Map();
  readonly tipChanges: TipChange[] = [];
  /** Every outcome of the chain since the start, in order. */
  readonly outcomes: ChainOutcome[] = [];
  /** How many signatures were looked at. */
  verifiedCount = 0;
  chain: Chain;
  intake: BlockIntake;
  readonly #isSigned: (transaction: Transaction) => boolean;
  readonly #verified = new Set<TxId>();
  readonly #invalid = new Map<BlockId, Reject>();

  /** `isSigned` replaces the check of signatures (T7, B10), for tests that make up keys. */
  constructor(
    network: Network,
    options: {
      readonly isSigned?: (transaction: Transaction) => boolean;
      readonly limits?: ChainLimits;
    } = {},
  ) {
    this.network = network;
    this.#limits = options.limits;
    this.#isSigned = options.isSigned ?? ((transaction) => verifySignature(transaction, network));
    [this.chain, this.intake] = this.#open();
  }

  #open(): [Chain, BlockIntake] {
    const boot = new Boot(this.network);
    const keys = [...this.store.keys()].sort();
    for (const prefix of BOOT_PREFIXES) {
      for (const key of keys) {
        if (!key.startsWith(prefix)) continue;
        boot.add(key, required(this.store.get(key), 'the key was listed').slice());
      }
    }
    this.#write(boot.changes(this.store));
    const { chain } = boot.open(this.store, this.#limits);
    return [chain, new BlockIntake(chain)];
  }

  /** Starts again from what was written, as after a kill: whatever was under way is gone. */
  restart(): void {
    [this.chain, this.intake] = this.#open();
  }

  #write(changes: readonly StoreChange[]): void {
    for (const { key, value } of changes) {
      if (value === undefined) this.store.delete(key);
      else this.store.set(key, Uint8Array.from(value));
    }
  }

  /** Does up to `slices` slices of the chain's work; answers whether there is more. */
  work(slices: number = Infinity): boolean {
    for (let done = 0; done < slices && this.chain.hasWork; done++) {
      this.chain.work(NO_TIME);
      this.#drain();
    }
    return this.chain.hasWork;
  }

  #drain(): void {
    for (const outcome of this.chain.takeOutcomes()) {
      this.outcomes.push(outcome);
      if (outcome.kind === 'write') this.#write(outcome.changes);
      if (outcome.kind === 'tip-changed') this.tipChanges.push(outcome);
      if (outcome.kind === 'block-invalid') this.#invalid.set(outcome.id, outcome.verdict);
    }
  }

  /** H1 to H9 for a header alone, which is known from then on. */
  announce(bytes: Uint8Array, nowSeconds: number = END_OF_TIME): EntryIndex | Reject {
    const header = decodeHeader(bytes);
    if (!header.ok) return header;
    const known = this.chain.headers.find(header.value.id);
    if (known !== undefined) return known;
    const verdict = this.intake.checkHeader(header.value, nowSeconds);
    return verdict.ok ? this.chain.addHeader(header.value) : verdict;
  }

  /**
   * Takes a block up to its stored body, leaving the chain's work undone: undefined, or the
   * refusal.
   */
  accept(bytes: Uint8Array, nowSeconds: number = END_OF_TIME): Reject | undefined {
    const entry = this.announce(bytes.subarray(0, HEADER_SIZE), nowSeconds);
    if (typeof entry !== 'number') return entry;
    const checked = this.intake.check(entry, bytes);
    this.#drain();
    if (!checked.ok) return checked;
    const block = checked.value;
    const open = block.transactions.filter(({ id }) => !this.#verified.has(id));
    const verdicts = open.map((transaction) => this.#verify(transaction));
    const pending: PendingBlock = { entry, block, source: { kind: 'peer', peer: 1 } };
    const stored = this.intake.endVerification(pending, open, verdicts);
    this.#drain();
    return stored.ok ? undefined : stored;
  }

  #verify(transaction: Transaction): boolean {
    this.verifiedCount += 1;
    const valid = this.#isSigned(transaction);
    if (valid) this.#verified.add(transaction.id);
    return valid;
  }

  /** Takes a block and does all work that follows from it. */
  receive(bytes: Uint8Array, nowSeconds: number = END_OF_TIME): Verdict {
    const refused = this.accept(bytes, nowSeconds);
    if (refused !== undefined) return refused;
    this.work();
    return this.verdictOf(hashHeader(bytes.subarray(0, HEADER_SIZE)));
  }

  /** What a known block is now. */
  verdictOf(id: BlockId): Verdict {
    const { headers, tip } = this.chain;
    const entry = required(headers.find(id), 'the block is known');
    const refused = this.#invalid.get(id);
    if (refused !== undefined) return refused;
    if (headers.isInvalid(entry)) return 'below-invalid';
    if (tip.id === id) return 'tip';
    if (headers.isMain(entry)) return 'connected';
    return headers.hasBody(entry) ? 'side' : 'headers';
  }
}

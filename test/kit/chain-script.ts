/**
 * Owns: chain scripts: blocks with names, built on named parents, each sent to the real chain with
 * the verdict that is expected of it. After every change of tip the chain's accounts are held
 * against a replay on plain maps. Does not own: making blocks (kit/blocks) or running the chain
 * (kit/core-chain).
 */
import { expect } from 'vitest';
import { required } from '../../src/core/base/assert.ts';
import { bytesToHex, hexToBytes } from '../../src/core/base/bytes.ts';
import { secretToPublicKey, signDigest } from '../../src/core/base/crypto.ts';
import type { ChainLimits } from '../../src/core/chain/chain-limits.ts';
import type { RejectCode } from '../../src/core/base/rejects.ts';
import type { Address, BlockId } from '../../src/core/base/types.ts';
import { toAmount, toNonce } from '../../src/core/base/types.ts';
import type { TipChange } from '../../src/core/chain/chain.ts';
import type { Transaction, TransactionFields } from '../../src/core/codec/transaction.ts';
import {
  decodeTransaction,
  encodeTransaction,
  encodeUnsigned,
  hashForSigning,
} from '../../src/core/codec/transaction.ts';
import type { Network } from '../../src/core/rules/network.ts';
import { createNetwork } from '../../src/core/rules/network.ts';
import type { Params } from '../../src/core/rules/params.ts';
import type { BlockContent, BuiltBlock } from './blocks.ts';
import { buildBlock } from './blocks.ts';
import { CoreChain, END_OF_TIME } from './core-chain.ts';
import type { Verdict } from './core-chain.ts';
import type { LedgerModel } from './ledger-model.ts';
import { accountsRoot, genesisModel } from './ledger-model.ts';
import { readVectors, toAddress, vectorNetwork } from './vectors.ts';

/** `tip`, `side`, ... or the code of a refusal, with facts where they matter. */
export type Expected =
  | Exclude<Verdict, object>
  | RejectCode
  | { readonly code: RejectCode; readonly facts: Readonly<Record<string, unknown>> };

export interface BlockPlan extends BlockContent {
  readonly name: string;
  /** The parent: a name, or `genesis`. */
  readonly on: string;
}

export type Person = 'alice' | 'bob' | 'carol' | 'dave' | 'erin' | 'faucet';

export interface Payment {
  readonly nonce: number;
  readonly to: readonly (readonly [Person | Address, bigint])[];
  readonly fee?: bigint;
  readonly memo?: string;
}

const { keys } = readVectors('keys.json') as {
  keys: readonly { name: Person; secret: string; address: string }[];
};
const keyOf = (person: Person): { secret: string; address: string } =>
  required(
    keys.find(({ name }) => name === person),
    'everybody has a key',
  );

export function addressOf(person: Person | Address): Address {
  const key = keys.find(({ name }) => name === person);
  return key === undefined ? (person as Address) : toAddress(key.address);
}

/** Signs a payment for a network. */
export function signPayment(network: Network, from: Person, payment: Payment): Transaction {
  const secret = hexToBytes(keyOf(from).secret);
  const fields: TransactionFields = {
    senderKey: secretToPublicKey(secret),
    nonce: toNonce(payment.nonce),
    fee: toAmount(payment.fee ?? 0n),
    outputs: payment.to.map(([person, amount]) => ({
      address: addressOf(person),
      amount: toAmount(amount),
    })),
    memo: new Uint8Array(Buffer.from(payment.memo ?? '')),
  };
  const digest = hashForSigning(encodeUnsigned(fields), network.id);
  const decoded = decodeTransaction(encodeTransaction(fields, signDigest({ digest, secret })));
  return required(decoded.ok ? decoded.value : undefined, 'an encoded transaction decodes');
}

/** A network whose blocks take two hashes, with a constant reward of 50 and round allocations. */
export function scriptNetwork(changes: Partial<Params> = {}): Network {
  const allocation = (person: Person, amount: bigint): Params['allocations'][number] => ({
    address: addressOf(person),
    amount: toAmount(amount),
  });
  return createNetwork({
    ...vectorNetwork('easy').params,
    reward: toAmount(50n),
    halvingBlocks: 1_000_000,
    minimumOutput: toAmount(1n),
    allocations: [allocation('alice', 1000n), allocation('bob', 500n)],
    ...changes,
  });
}

export class ChainScript {
  readonly core: CoreChain;
  readonly #models = new Map<string, LedgerModel>();
  readonly #blocks = new Map<string, BuiltBlock>();
  readonly #names = new Map<BlockId, string>();
  #tipChangesSeen = 0;

  constructor(network: Network = scriptNetwork(), limits?: ChainLimits) {
    this.core = new CoreChain(network, limits === undefined ? {} : { limits });
    this.#models.set('genesis', genesisModel(network));
    this.#names.set(network.id, 'genesis');
  }

  get network(): Network {
    return this.core.network;
  }

  pay(from: Person, payment: Payment): Transaction {
    return signPayment(this.network, from, payment);
  }

  /** Builds a block under a name and keeps it to itself. */
  build(plan: BlockPlan): BuiltBlock {
    const { name, on, ...content } = plan;
    const extra = content.extra ?? new Uint8Array(Buffer.from(name));
    const { params } = this.network;
    const built = buildBlock({ params, parent: this.modelOf(on), content: { ...content, extra } });
    this.#blocks.set(name, built);
    this.#models.set(name, built.model);
    this.#names.set(built.header.id, name);
    return built;
  }

  /** Builds a block, sends it and expects a verdict. */
  block(plan: BlockPlan & { readonly expect: Expected; readonly now?: number }): void {
    const { expect: expected, now, ...rest } = plan;
    this.build(rest);
    this.send(rest.name, expected, now);
  }

  /**
   * Builds and sends plain blocks, each on the one before; all are expected to get the same
   * verdict.
   */
  chain(names: readonly string[], on: string, expected: Expected): void {
    let parent = on;
    for (const name of names) {
      this.block({ name, on: parent, expect: expected });
      parent = name;
    }
  }

  /** Sends a built block, or bytes that stand for one, and expects a verdict. */
  send(block: string | Uint8Array, expected: Expected, now: number = END_OF_TIME): void {
    const bytes = typeof block === 'string' ? this.bytesOf(block) : block;
    const verdict = this.core.receive(bytes, now);
    const what = typeof block === 'string' ? block : 'these bytes';
    expect(describeVerdict(what, verdict)).toMatchObject(describeExpected(what, expected));
    this.#checkTip();
  }

  /** Makes headers known, in order, without their bodies. */
  announce(...names: readonly string[]): void {
    for (const name of names) {
      expect(
        this.core.announce(this.#built(name).header.bytes),
        `the header of ${name} is taken`,
      ).toBeTypeOf('number');
    }
  }

  /** What a block that was sent before is now. */
  expectVerdict(name: string, expected: Expected): void {
    const verdict = this.core.verdictOf(this.idOf(name));
    expect(describeVerdict(name, verdict)).toMatchObject(describeExpected(name, expected));
  }

  expectTip(name: string): void {
    expect(this.#names.get(this.core.chain.tip.id)).toBe(name);
    this.#checkTip();
  }

  /** The changes of tip since the last call, in names. */
  takeMoves(): { readonly off: string[]; readonly on: string[]; readonly change: TipChange }[] {
    const moves = this.core.tipChanges.slice(this.#tipChangesSeen).map((change) => ({
      off: change.disconnected.map((id) => this.#nameOf(id)),
      on: change.connected.map((id) => this.#nameOf(id)),
      change,
    }));
    this.#tipChangesSeen = this.core.tipChanges.length;
    return moves;
  }

  /** Balances and nonces at the told tip. */
  accounts(...people: readonly (Person | Address)[]): (readonly [bigint, number])[] {
    return people.map((person) => {
      const account = this.core.chain.account(addressOf(person));
      return [account?.balance ?? 0n, account?.nonce ?? 0];
    });
  }

  modelOf(name: string): LedgerModel {
    return required(this.#models.get(name), `there is a block ${name}`);
  }

  bytesOf(name: string): Uint8Array {
    return this.#built(name).bytes;
  }

  #built(name: string): BuiltBlock {
    return required(this.#blocks.get(name), `there is a block ${name}`);
  }

  idOf(name: string): BlockId {
    return this.modelOf(name).id;
  }

  #nameOf(id: BlockId): string {
    return required(this.#names.get(id), 'every block of a script has a name');
  }

  /** The told tip's accounts are what a replay on plain maps says. */
  #checkTip(): void {
    const { chain } = this.core;
    const model = this.modelOf(this.#nameOf(chain.tip.id));
    expect(chain.tip.work).toBe(model.work);
    expect(bytesToHex(chain.accountsRoot)).toBe(bytesToHex(accountsRoot(model.accounts)));
    for (const [address, account] of model.accounts) {
      expect(chain.account(address), `the account ${address}`).toEqual(account);
    }
  }
}

function describeVerdict(block: string, verdict: Verdict): object {
  return typeof verdict === 'string'
    ? { block, verdict }
    : { block, verdict: verdict.code, facts: verdict.facts };
}

function describeExpected(block: string, expected: Expected): object {
  return typeof expected === 'string'
    ? { block, verdict: expected }
    : { block, verdict: expected.code, facts: expected.facts };
}

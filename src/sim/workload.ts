/**
 * Owns: what users do: payments, conflicting ones, forged ones; through the doors a real user has.
 * Does not own: mining (sim/miners), or what must come of it (sim/checkers).
 */
import { required } from '../core/base/assert.ts';
import type { Result } from '../core/base/rejects.ts';
import { UNITS_PER_COIN, toAmount, toNonce } from '../core/base/types.ts';
import type { Transaction } from '../core/codec/transaction.ts';
import type { Reply } from '../core/node/ports.ts';
import type { Checkers } from './checkers.ts';
import { Divergence } from './checkers.ts';
import type { Draws } from './draws.ts';
import type { Machine } from './machine.ts';
import type { Schedule } from './schedule.ts';
import type { Signatures } from './signatures.ts';
import type { Wallet, World } from './world.ts';

const PAYMENT_EVERY_MS = 3000;
/** Of all payments, in per cent. */
const CONFLICTING = 25;
const SKIPPING_A_NONCE = 8;
const FORGED = 4;
/** Few forms: then signatures are remembered, and a balance is soon spent. */
const AMOUNTS: readonly bigint[] = [3n, 250n].map((coins) => coins * UNITS_PER_COIN);
const FEE_RATES: readonly bigint[] = [100n, 250n];
/** Of one output without a memo. docs/protocol.md section 13. */
const POLICY_SIZE = 240n;
/** Whom a wallet pays: those so many places after it. */
const RECIPIENTS: readonly number[] = [1, 3];

export class Workload {
  readonly #world: World;
  readonly #machines: readonly Machine[];
  readonly #schedule: Schedule;
  readonly #draws: Draws;
  readonly #signatures: Signatures;
  readonly #checkers: Checkers;
  #isOver = false;
  #accepted = 0;

  constructor(options: {
    readonly world: World;
    readonly machines: readonly Machine[];
    readonly schedule: Schedule;
    readonly draws: Draws;
    readonly signatures: Signatures;
    readonly checkers: Checkers;
  }) {
    this.#world = options.world;
    this.#machines = options.machines;
    this.#schedule = options.schedule;
    this.#draws = options.draws;
    this.#signatures = options.signatures;
    this.#checkers = options.checkers;
  }

  /** Payments that a node accepted from its user. */
  get acceptedCount(): number {
    return this.#accepted;
  }

  start(): void {
    this.#schedule.after(this.#draws.exponentialMs(PAYMENT_EVERY_MS), () => {
      if (this.#isOver) return;
      this.#pay();
      this.start();
    });
  }

  stop(): void {
    this.#isOver = true;
  }

  #pay(): void {
    const draws = this.#draws;
    const machine = draws.pick(this.#machines);
    const wallet = draws.pick(this.#world.wallets);
    const next = machine.view?.account(wallet.address).pending.nonce;
    if (next === undefined) return;
    const nonce = next + (draws.percent(SKIPPING_A_NONCE) ? 1 : 0);
    const payment = this.#sign(wallet, nonce);
    if (draws.percent(FORGED)) return this.#submitForged(machine, payment);
    this.#submit(machine, payment);
    if (!draws.percent(CONFLICTING)) return;
    const rival = this.#sign(wallet, nonce);
    if (rival.id !== payment.id) this.#submit(draws.pick(this.#machines), rival);
  }

  #sign(wallet: Wallet, nonce: number): Transaction {
    const { wallets } = this.#world;
    const to = wallets.indexOf(wallet) + this.#draws.pick(RECIPIENTS);
    const { address } = required(wallets[to % wallets.length], 'a wallet among the wallets');
    return this.#signatures.sign(wallet, {
      nonce: toNonce(nonce),
      fee: toAmount(this.#draws.pick(FEE_RATES) * POLICY_SIZE),
      outputs: [{ address, amount: toAmount(this.#draws.pick(AMOUNTS)) }],
      memo: new Uint8Array(0),
    });
  }

  #submit(machine: Machine, { id, bytes }: Transaction): void {
    machine.request(
      (request) => ({ kind: 'submit-transaction', request, bytes }),
      (result: Result<Reply>) => {
        this.#checkers.checkReply(machine, 'a payment', result);
        if (!result.ok) return;
        this.#accepted += 1;
        this.#checkers.onAccepted(machine, id);
      },
    );
  }

  #submitForged(machine: Machine, { bytes }: Transaction): void {
    const forged = bytes.slice();
    forged[forged.length - 1]! ^= 1;
    machine.request(
      (request) => ({ kind: 'submit-transaction', request, bytes: forged }),
      (result) => {
        if (result.ok) throw new Divergence(`host ${machine.host} took a forged payment`);
      },
    );
  }
}

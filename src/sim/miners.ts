/**
 * Owns: one miner beside each node: it waits an exponential time, asks for a template, finds a real
 * nonce.
 * Does not own: the template (core/node/template), or who hears of the block.
 */
import { required } from '../core/base/assert.ts';
import { HEADER_SIZE, hashHeader } from '../core/codec/header.ts';
import type { BlockTemplate } from '../core/node/ports.ts';
import { bitsToTarget, idMeetsTarget } from '../core/rules/work.ts';
import type { Checkers } from './checkers.ts';
import type { Draws } from './draws.ts';
import type { Machine } from './machine.ts';
import type { Schedule } from './schedule.ts';
import type { World } from './world.ts';

const NONCE_AT = 76;
const SEARCH_MS = { min: 1, max: 30 };
const EXTRA_SIZE = 8;

export class Miners {
  readonly #world: World;
  readonly #machines: readonly Machine[];
  readonly #schedule: Schedule;
  readonly #draws: Draws;
  readonly #checkers: Checkers;
  #isOver = false;
  #found = 0;

  constructor(options: {
    readonly world: World;
    readonly machines: readonly Machine[];
    readonly schedule: Schedule;
    readonly draws: Draws;
    readonly checkers: Checkers;
  }) {
    this.#world = options.world;
    this.#machines = options.machines;
    this.#schedule = options.schedule;
    this.#draws = options.draws;
    this.#checkers = options.checkers;
  }

  /** Blocks that were accepted from their miners. */
  get foundCount(): number {
    return this.#found;
  }

  /** All miners together find a block every `blockEveryMs` on average. */
  start(blockEveryMs: number): void {
    const meanMs = blockEveryMs * this.#machines.length;
    for (const machine of this.#machines) this.#await(machine, meanMs);
  }

  stop(): void {
    this.#isOver = true;
  }

  #await(machine: Machine, meanMs: number): void {
    this.#schedule.after(this.#draws.exponentialMs(meanMs), () => {
      if (this.#isOver) return;
      this.mine(machine);
      this.#await(machine, meanMs);
    });
  }

  /**
   * Finds one block on what the node holds now; nothing when the node has no template or goes down.
   */
  mine(machine: Machine): void {
    const payTo = this.#world.minerAddress(machine.host);
    const extra = this.#draws.random.bytes(EXTRA_SIZE);
    machine.request(
      (request) => ({ kind: 'request-template', request, payTo, extra }),
      (result) => {
        this.#checkers.checkReply(machine, 'a template', result);
        if (!result.ok || result.value.kind !== 'template') return;
        this.#search(machine, result.value.template);
      },
    );
  }

  #search(machine: Machine, template: BlockTemplate): void {
    const bytes = findNonce(template);
    const node = required(machine.node, 'who answered runs');
    this.#schedule.after(this.#draws.between(SEARCH_MS.min, SEARCH_MS.max), () => {
      // A miner ends with the process that it works for.
      if (machine.node !== node) return;
      machine.request(
        (request) => ({ kind: 'submit-block', request, bytes }),
        (result) => {
          this.#checkers.checkReply(machine, 'an own block', result);
          if (result.ok) this.#found += 1;
        },
      );
    });
  }
}

function findNonce({ block, bits }: BlockTemplate): Uint8Array {
  const bytes = block.slice();
  const view = new DataView(bytes.buffer);
  const target = bitsToTarget(bits);
  for (let nonce = 0; ; nonce++) {
    view.setUint32(NONCE_AT, nonce, true);
    if (idMeetsTarget(hashHeader(bytes.subarray(0, HEADER_SIZE)), target)) return bytes;
  }
}

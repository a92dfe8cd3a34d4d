/** Owns: when the controller mines, what it asks for, and what makes it stop or start over. */
import { afterEach, expect, test } from 'vitest';
import { bytesToHex } from '../../../src/core/base/bytes.ts';
import type { Result } from '../../../src/core/base/rejects.ts';
import { ok, reject } from '../../../src/core/base/rejects.ts';
import { addressFromBytes, parseTxId, toHeight, toWork } from '../../../src/core/base/types.ts';
import { hashHeader } from '../../../src/core/codec/header.ts';
import type { NodeEvent, Reply } from '../../../src/core/node/ports.ts';
import { bitsToTarget, idMeetsTarget } from '../../../src/core/rules/work.ts';
import { Miner } from '../../../src/io/mine/miner.ts';
import { MiningController } from '../../../src/io/mining-controller.ts';
import type { RequestInput } from '../../../src/io/runtime.ts';
import { eventually } from './eventually.ts';

const EASY_BITS = 0x207fffff;
const HARD_BITS = 0x1903a30c;
const payTo = addressFromBytes(new Uint8Array(20));
const never = new AbortController().signal;
const stops: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(stops.splice(0).map((stop) => stop())));

/** A chain of headers alone: enough to give templates and to judge blocks. */
class HeaderChain {
  readonly blocks: { readonly id: string; readonly transactions: number }[] = [];
  readonly extras: string[] = [];
  bits = EASY_BITS;
  pending = 0;
  notBeforeMs = 0;
  #subscribers = new Set<(event: NodeEvent) => void>();
  #parent = hashHeader(new Uint8Array(80));

  async submit(input: RequestInput): Promise<Result<Reply>> {
    if (input.kind === 'request-template') return ok(this.#template(input.extra));
    if (input.kind === 'submit-block') return this.#connect(input.bytes);
    return reject('tx-malformed');
  }

  subscribe(onEvent: (event: NodeEvent) => void): () => void {
    this.#subscribers.add(onEvent);
    return () => void this.#subscribers.delete(onEvent);
  }

  addTransaction(): void {
    this.pending++;
    const id = parseTxId('cd'.repeat(32))!;
    this.#tell({ kind: 'transaction-changed', id, state: 'pending', reason: undefined });
  }

  /** Another miner's block comes in. */
  moveTip(bytes: Uint8Array): void {
    this.#parent = hashHeader(bytes.slice(0, 80));
    const tip = { height: toHeight(this.blocks.length), id: this.#parent, work: toWork(1n) };
    const [disconnected, connected, returned, dropped] = [[], [this.#parent], [], []];
    this.#tell({ kind: 'tip-changed', tip, disconnected, connected, returned, dropped });
  }

  #template(extra: Uint8Array): Reply {
    this.extras.push(bytesToHex(extra));
    if (Date.now() < this.notBeforeMs) {
      return { kind: 'no-template', reason: 'premature', untilMs: this.notBeforeMs };
    }
    const block = new Uint8Array(200);
    block.set(extra, 36);
    block[100] = this.blocks.length;
    block[101] = this.pending;
    const height = toHeight(this.blocks.length + 1);
    const transactionCount = this.pending;
    const { bits } = this;
    return {
      kind: 'template',
      template: { height, parent: this.#parent, block, bits, transactionCount },
    };
  }

  #connect(bytes: Uint8Array): Result<Reply> {
    const id = hashHeader(bytes.slice(0, 80));
    if (!idMeetsTarget(id, bitsToTarget(this.bits))) return reject('header-work-insufficient');
    if (bytes[100] !== this.blocks.length) return reject('header-parent-unknown');
    this.blocks.push({ id, transactions: bytes[101]! });
    this.pending -= bytes[101]!;
    this.moveTip(bytes);
    return ok({ kind: 'block-accepted', id, height: toHeight(this.blocks.length) });
  }

  #tell(event: NodeEvent): void {
    for (const onEvent of this.#subscribers) onEvent(event);
  }
}

function start(): { readonly chain: HeaderChain; readonly controller: MiningController } {
  const chain = new HeaderChain();
  const onError = (error: Error): void => expect.fail(error.message);
  const controller = new MiningController({
    runtime: chain,
    miner: new Miner({ workers: 1 }),
    onError,
  });
  stops.push(() => controller.stop());
  return { chain, controller };
}

test('mines as many blocks as asked for, one on the other, no two templates alike', async () => {
  const { chain, controller } = start();
  const mined = await controller.mine({ count: 3, payTo, signal: never });
  expect(mined.blocks.map(({ height }) => height)).toEqual([1, 2, 3]);
  expect(mined.blocks.map(({ id }) => id)).toEqual(chain.blocks.map(({ id }) => id));
  expect(mined.hashes).toBeGreaterThan(2);
  expect(new Set(chain.extras).size).toBe(chain.extras.length);
  expect(new Set(chain.extras.map((extra) => extra.slice(0, 16))).size).toBe(1);
  expect(controller.hashRate()).toBe(0);

  const other = start();
  await other.controller.mine({ count: 1, payTo, signal: never });
  expect(other.chain.extras[0]!.slice(0, 16)).not.toBe(chain.extras[0]!.slice(0, 16));
});

test('ends with what it has when it is no longer wanted', async () => {
  const { chain, controller } = start();
  const wanted = new AbortController();
  chain.subscribe(() => {
    if (chain.blocks.length === 2) chain.bits = HARD_BITS;
  });
  const mining = controller.mine({ count: 5, payTo, signal: wanted.signal });
  await eventually(() => expect(chain.extras.length).toBe(3));
  wanted.abort();
  expect((await mining).blocks.length).toBe(2);
});

test('starts over when another block comes first', async () => {
  const { chain, controller } = start();
  chain.bits = HARD_BITS;
  const mining = controller.mine({ count: 1, payTo, signal: never });
  await eventually(() => expect(controller.hashRate()).toBeGreaterThan(0));
  chain.bits = EASY_BITS;
  chain.moveTip(Uint8Array.of(9));
  expect((await mining).blocks.length).toBe(1);
});

test('waits for a template that would be premature', async () => {
  const { chain, controller } = start();
  chain.notBeforeMs = Date.now() + 150;
  await controller.mine({ count: 1, payTo, signal: never });
  expect(Date.now()).toBeGreaterThanOrEqual(chain.notBeforeMs);
});

test('on-tx mines what is pending, and nothing when nothing is', async () => {
  const { chain, controller } = start();
  chain.pending = 2;
  controller.setPlan({ mode: 'on-tx', payTo });
  await eventually(() => expect(chain.blocks.length).toBe(1));
  await eventually(() => expect(chain.extras.length).toBe(2));
  for (const count of [2, 3]) {
    chain.addTransaction();
    await eventually(() => expect(chain.blocks.length).toBe(count));
  }
  expect(chain.blocks.map(({ transactions }) => transactions)).toEqual([2, 1, 1]);
});

test('interval mines one block per interval', async () => {
  const { chain, controller } = start();
  controller.setPlan({ mode: 'interval', payTo, intervalMs: 200 });
  const startedMs = performance.now();
  await eventually(() => expect(chain.blocks.length).toBe(3));
  expect(performance.now() - startedMs).toBeGreaterThan(595);
});

test('continuous mines until the plan changes, and gives way to who asks', async () => {
  const { chain, controller } = start();
  controller.setPlan({ mode: 'continuous', payTo });
  await eventually(() => expect(chain.blocks.length).toBeGreaterThan(5));
  expect(controller.plan().mode).toBe('continuous');
  const mined = await controller.mine({ count: 2, payTo, signal: never });
  expect(mined.blocks[1]!.height).toBe(mined.blocks[0]!.height + 1);
  const count = chain.blocks.length;
  await eventually(() => expect(chain.blocks.length).toBeGreaterThan(count));
  controller.setPlan({ mode: 'off' });
  chain.bits = HARD_BITS;
  await eventually(() => expect(controller.hashRate()).toBe(0));
});

test('a hopeless search of a plan gives way at once', async () => {
  const { chain, controller } = start();
  chain.bits = HARD_BITS;
  controller.setPlan({ mode: 'continuous', payTo });
  await eventually(() => expect(controller.hashRate()).toBeGreaterThan(0));
  chain.bits = EASY_BITS;
  expect((await controller.mine({ count: 1, payTo, signal: never })).blocks.length).toBe(1);
});

test('a long search takes up new transactions', async () => {
  const { chain, controller } = start();
  chain.bits = HARD_BITS;
  controller.setPlan({ mode: 'continuous', payTo });
  await eventually(() => expect(controller.hashRate()).toBeGreaterThan(0));
  chain.bits = EASY_BITS;
  chain.addTransaction();
  await eventually(() => expect(chain.blocks[0]?.transactions).toBe(1));
});

/**
 * Owns: the runtime around a small machine, with a real store, real sockets and real verification.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { bytesToHex } from '../../../src/core/base/bytes.ts';
import type { Now } from '../../../src/core/base/now.ts';
import { ok, reject } from '../../../src/core/base/rejects.ts';
import { parseBlockId } from '../../../src/core/base/types.ts';
import { StoreDamage } from '../../../src/core/chain/store.ts';
import type { Effect, Input, NodeEvent } from '../../../src/core/node/ports.ts';
import { OperationalError } from '../../../src/io/errors.ts';
import { InputQueue, PEER_WAITING_INPUTS_MAX } from '../../../src/io/input-queue.ts';
import { Runtime } from '../../../src/io/runtime.ts';
import { LevelStore } from '../../../src/io/store/level-store.ts';
import { MemoryStore } from '../../../src/io/store/memory-store.ts';
import type { Store } from '../../../src/io/store/store.ts';
import { WsTransport } from '../../../src/io/transport/ws-transport.ts';
import { VerifierPool } from '../../../src/io/verify/verifier-pool.ts';
import { eventually } from './eventually.ts';

const networkId = parseBlockId('ab'.repeat(32))!;
const cleanups: (() => unknown)[] = [];
afterEach(() => Promise.all(cleanups.splice(0).map((cleanup) => cleanup())));

/** Stores what peers say, then echoes it; verifies what is submitted, then replies. */
class EchoMachine {
  readonly seen: string[] = [];
  readonly jobs = new Map<number, number>();
  stepped = 0;
  deadline = Infinity;
  workMs: readonly number[] = [];
  failure: Error | undefined;

  step(input: Input, now: Now): readonly Effect[] {
    this.stepped++;
    if (this.failure !== undefined && input.kind === 'peer-message') throw this.failure;
    this.seen.push(input.kind === 'peer-message' ? `message ${input.bytes[0]}` : input.kind);
    switch (input.kind) {
      case 'tick':
        this.#tick(now);
        return [];
      case 'peer-message': {
        const event: NodeEvent = {
          kind: 'peer-left',
          peer: input.peer,
          endpoint: { ip: '127.0.0.1', port: 7502 },
          code: 'echoed',
        };
        const key = `said ${bytesToHex(input.bytes)}`;
        return [
          { kind: 'event', event },
          { kind: 'write', changes: [{ key, value: input.bytes }], durable: true },
          { kind: 'send', peer: input.peer, bytes: input.bytes },
        ];
      }
      case 'submit-transaction':
        this.jobs.set(this.jobs.size, input.request);
        return [{ kind: 'verify', job: this.jobs.size - 1, transactions: [input.bytes] }];
      case 'verified': {
        const request = this.jobs.get(input.job)!;
        const result = input.verdicts[0]
          ? ok({ kind: 'block-accepted' as const, id: networkId, height: 0 as never })
          : reject('tx-signature-invalid', { job: input.job });
        return [{ kind: 'reply', request, result }];
      }
      case 'drop-peer':
        return [{ kind: 'close', peer: input.peer, code: 'closing' }];
      default:
        return [];
    }
  }

  isReadable = true;

  deadlineMs(): number {
    return this.deadline;
  }

  wantsMore(): boolean {
    return this.workMs.length > 0;
  }

  #tick(now: Now): void {
    if (now.monotonicMs >= this.deadline) this.deadline = Infinity;
    this.isReadable = true;
    const [ms, ...rest] = this.workMs;
    this.workMs = rest;
    const endMs = performance.now() + (ms ?? 0);
    while (performance.now() < endMs);
  }
}

interface Started {
  readonly node: EchoMachine;
  readonly store: Store;
  readonly transport: WsTransport;
  readonly runtime: Runtime<EchoMachine>;
  readonly fatal: OperationalError[];
  readonly client: () => Promise<{ readonly ws: WebSocket; readonly echoes: number[] }>;
}

async function start(store: Store = new MemoryStore()): Promise<Started> {
  const node = new EchoMachine();
  const transport = new WsTransport({ listen: { ip: '127.0.0.1', port: 0 } });
  const verifier = await VerifierPool.create({ networkId });
  const fatal: OperationalError[] = [];
  const onFatal = (error: OperationalError): void => void fatal.push(error);
  const runtime = new Runtime({ node, store, transport, verifier, onFatal });
  await runtime.start();
  cleanups.push(() => runtime.stop());
  const client = async () => {
    const ws = new WebSocket(`ws://127.0.0.1:${transport.endpoint!.port}`);
    cleanups.push(() => ws.terminate());
    const echoes: number[] = [];
    ws.on('message', (data: Buffer) => echoes.push(data[0]!));
    await once(ws, 'open');
    return { ws, echoes };
  };
  return { node, store, transport, runtime, fatal, client };
}

test('what a peer is told is on disk, and the event comes after both', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-runtime-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const { store, runtime, transport, client } = await start(
    await LevelStore.open({ folder, networkId }),
  );
  const order: string[] = [];
  const send = transport.send.bind(transport);
  vi.spyOn(transport, 'send').mockImplementation((peer, bytes) => {
    order.push(`send, stored ${store.get(`said ${bytesToHex(bytes)}`) !== undefined}`);
    send(peer, bytes);
  });
  runtime.subscribe((event) => order.push(event.kind));
  const { ws, echoes } = await client();
  ws.send(Uint8Array.of(5));
  await eventually(() => expect(echoes).toEqual([5]));
  expect(order).toEqual(['send, stored true', 'peer-left']);
  await runtime.stop();
});

test('requests get their own replies, whatever the order of the answers', async () => {
  const { runtime } = await start();
  const submit = (size: number) =>
    runtime.submit({ kind: 'submit-transaction', bytes: new Uint8Array(size) });
  const results = await Promise.all([200, 1, 300].map(submit));
  expect(results).toEqual([0, 1, 2].map((job) => reject('tx-signature-invalid', { job })));
});

test('a query sees the state between two steps, all of it stored', async () => {
  const { runtime, store, client, node } = await start();
  const { ws } = await client();
  for (let i = 0; i < 100; i++) ws.send(Uint8Array.of(i));
  while (node.seen.length < 101) {
    const missing = await runtime.query(({ seen }) =>
      seen
        .filter((name) => name.startsWith('message'))
        .map((name) => `said ${bytesToHex(Uint8Array.of(Number(name.slice(8))))}`)
        .filter((key) => store.get(key) === undefined),
    );
    expect(missing).toEqual([]);
  }
});

test('a query waits while a machine shows no one moment', async () => {
  const { node, runtime } = await start();
  [node.isReadable, node.workMs] = [false, [0]];
  expect(await runtime.query(({ isReadable }) => isReadable)).toBe(true);
});

test('a deadline ticks on time, and after what had arrived before', async () => {
  const { node, client } = await start();
  const { ws } = await client();
  ws.send(Uint8Array.of(1));
  await eventually(() => expect(node.seen).toContain('message 1'));
  const dueMs = performance.now() + 50;
  node.deadline = dueMs;
  // Sent now, but the whole process is held until long after the deadline.
  ws.send(Uint8Array.of(2));
  await new Promise((resolve) => setImmediate(resolve));
  while (performance.now() < dueMs + 100);
  await eventually(() => expect(node.seen).toContain('tick'));
  expect(node.seen.slice(-2)).toEqual(['message 2', 'tick']);
});

test('a sleeping node wakes for its deadline', async () => {
  const { node, runtime } = await start();
  node.deadline = performance.now() + 40;
  runtime.command({ kind: 'set-cut', endpoints: [] });
  await eventually(() => expect(node.seen).toEqual(['set-cut', 'tick']));
  expect(node.deadline).toBe(Infinity);
});

test('work that goes on leaves turns to the event loop and to peers', async () => {
  const { node, client, runtime } = await start();
  const { ws, echoes } = await client();
  node.workMs = new Array<number>(150).fill(3);
  runtime.command({ kind: 'set-cut', endpoints: [] });
  let turns = 0;
  const turn = (): void => {
    turns++;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  ws.send(Uint8Array.of(1));
  await eventually(() => expect(echoes).toEqual([1]));
  expect(node.workMs.length).toBeGreaterThan(0);
  await eventually(() => expect(node.workMs.length).toBe(0));
  clearImmediate(next);
  // 450 ms of work in slices of 10 ms.
  expect(turns).toBeGreaterThan(20);
});

test('closing a peer drops what it had waiting', async () => {
  const { node, runtime, client } = await start();
  const { ws } = await client();
  ws.send(Uint8Array.of(1));
  await eventually(() => expect(node.seen).toContain('message 1'));
  node.workMs = new Array<number>(20).fill(3);
  runtime.command({ kind: 'drop-peer', peer: 1 });
  for (let i = 0; i < 50; i++) ws.send(Uint8Array.of(2));
  await eventually(() => expect(node.seen).toContain('peer-closed'));
  expect(node.seen.filter((name) => name === 'message 2')).toEqual([]);
});

describe('the end', () => {
  class FaultyStore extends MemoryStore {
    override async write(): Promise<void> {
      throw new OperationalError({ code: 'store-disk-full', message: 'the disk is full' });
    }
  }

  test('comes loudly with the first failed write, and nothing is told', async () => {
    const { runtime, fatal, client, node } = await start(new FaultyStore());
    const { ws, echoes } = await client();
    const closed = once(ws, 'close');
    ws.send(Uint8Array.of(1));
    await closed;
    await eventually(() => expect(fatal.map(({ code }) => code)).toEqual(['store-disk-full']));
    expect(echoes).toEqual([]);
    const stepped = node.stepped;
    const late = runtime.submit({ kind: 'submit-transaction', bytes: new Uint8Array() });
    await expect(late).rejects.toMatchObject({ code: 'node-stopping' });
    await expect(runtime.query(() => 1)).rejects.toMatchObject({ code: 'node-stopping' });
    expect(node.stepped).toBe(stepped);
  });

  test.each([
    [new Error('impossible'), 'internal-error', /impossible/],
    [new StoreDamage('k', 'a page is missing'), 'store-damaged', /a page is missing/],
  ])('comes with what a step throws: %s', async (failure, code, message) => {
    const { node, fatal, client } = await start();
    node.failure = failure;
    (await client()).ws.send(Uint8Array.of(1));
    await eventually(() => expect(fatal.length).toBe(1));
    expect(fatal[0]).toMatchObject({ code });
    expect(fatal[0]!.message).toMatch(message);
  });

  test('is orderly when asked for', async () => {
    const { runtime, fatal, client } = await start();
    const { ws } = await client();
    const closed = once(ws, 'close');
    await Promise.all([runtime.stop(), runtime.stop()]);
    await closed;
    expect(fatal).toEqual([]);
  });
});

describe('the queue', () => {
  const message = (peer: number, first: number, size = 1): Input => {
    const bytes = new Uint8Array(size);
    bytes[0] = first;
    return { kind: 'peer-message', peer, bytes };
  };

  test('serves answers and requests first, then peers in turn', () => {
    const queue = new InputQueue(() => undefined);
    for (let i = 0; i < 4; i++) queue.push(message(1, i));
    queue.push(message(2, 10));
    queue.push({ kind: 'peer-closed', peer: 2 });
    const mark = queue.mark();
    queue.push({ kind: 'verified', job: 1, verdicts: [] });
    const order = [];
    while (queue.hasOlderThan(mark)) {
      const input = queue.shift()!;
      order.push(input.kind === 'peer-message' ? input.bytes[0] : input.kind);
    }
    expect(order).toEqual(['verified', 0, 10, 1, 'peer-closed', 2, 3]);
    expect(queue.isEmpty).toBe(true);
  });

  test('pauses reading from a peer with too much waiting, and resumes at half', () => {
    const told: [number, boolean][] = [];
    const queue = new InputQueue((peer, on) => told.push([peer, on]));
    for (let i = 0; i < PEER_WAITING_INPUTS_MAX + 10; i++) queue.push(message(1, i));
    queue.push(message(2, 0));
    expect(told).toEqual([[1, false]]);
    while (told.length === 1) queue.shift();
    expect(told).toEqual([
      [1, false],
      [1, true],
    ]);
    expect(queue.isEmpty).toBe(false);
    for (let i = 0; i < 3; i++) queue.push(message(3, i, 2 << 20));
    expect(told.at(-1)).toEqual([3, false]);
  });
});

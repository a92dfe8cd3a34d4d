/** The numbers of events: what is kept, where a reader goes on, and what it is told it missed. */
import { expect, test } from 'vitest';
import { EventStream } from '../../../src/api/event-stream.ts';
import { EVENTS_KEPT_MAX, EVENT_BYTES_KEPT_MAX, EVENT_LIST_MAX } from '../../../src/api/limits.ts';
import type { EventJson } from '../../../src/api/schemas/events.ts';
import type { BlockId, TxId } from '../../../src/core/base/types.ts';
import { parseBlockId, parseTxId, toHeight, toWork } from '../../../src/core/base/types.ts';
import type { NodeEvent } from '../../../src/core/node/ports.ts';

const blockId = (n: number): BlockId => parseBlockId(n.toString(16).padStart(64, '0'))!;
const txId = (n: number): TxId => parseTxId(n.toString(16).padStart(64, '0'))!;
const pending = (n: number): NodeEvent => ({
  kind: 'transaction-changed',
  id: txId(n),
  state: 'pending',
  reason: undefined,
});

function createStream(): EventStream {
  return new EventStream({ epoch: 'now', nowMs: () => 5 });
}

function read(stream: EventStream, after = 0): EventJson[] {
  const found: EventJson[] = [];
  for (let event = stream.at(after + 1); event !== undefined; event = stream.at(++after + 1)) {
    found.push(JSON.parse(event.text) as EventJson);
  }
  return found;
}

function tipChange(height: number, off: number, on: number, back = 1): NodeEvent {
  const ids = (count: number): BlockId[] => Array.from({ length: count }, (_, n) => blockId(n));
  return {
    kind: 'tip-changed',
    tip: { height: toHeight(height), id: blockId(7), work: toWork(9n) },
    disconnected: ids(off),
    connected: ids(on),
    returned: Array.from({ length: back }, (_, n) => txId(n + 1)),
    dropped: [{ id: txId(2), reason: 'evicted' }],
  };
}

test('events are numbered from 1, and tell the time and what happened', () => {
  const stream = createStream();
  stream.add(pending(1));
  stream.add({ kind: 'reorganising', active: true });
  stream.add({
    kind: 'peer-left',
    peer: 3,
    endpoint: { ip: '127.0.0.1', port: 7502 },
    code: 'cut',
  });
  expect(read(stream)).toEqual([
    {
      number: 1,
      timeMs: 5,
      topic: 'tx',
      data: { id: txId(1), state: 'pending', reason: null, peer: null },
    },
    {
      number: 2,
      timeMs: 5,
      topic: 'peer',
      data: { id: 3, state: 'left', address: null, code: 'cut' },
    },
  ]);
});

test('a reorg is told block by block, then as a whole, then as a new tip', () => {
  const stream = createStream();
  stream.add(tipChange(12, 2, 3));
  const told = read(stream);
  const rows = told.map(({ topic, data }): readonly unknown[] =>
    topic === 'block' ? [data.state, data.height] : [topic],
  );
  expect(rows).toEqual([
    ['disconnected', 11],
    ['disconnected', 10],
    ['connected', 10],
    ['connected', 11],
    ['connected', 12],
    ['reorg'],
    ['tip'],
  ]);
  expect(told.at(-2)).toMatchObject({
    data: {
      forkHeight: 9,
      returned: [txId(1)],
      dropped: [{ id: txId(2), reason: 'evicted' }],
      counts: { disconnected: 2, connected: 3, returned: 1, dropped: 1 },
    },
  });
});

test('a change of tip over very many blocks fills neither an event nor the ring', () => {
  const stream = createStream();
  stream.add(tipChange(20_000, 5_000, 10_000));
  const told = read(stream);
  expect(told).toHaveLength(2 * EVENT_LIST_MAX + 2);
  const reorg = told.find(({ topic }) => topic === 'reorg')!;
  expect(reorg.data).toMatchObject({ counts: { disconnected: 5_000, connected: 10_000 } });
  expect(JSON.stringify(reorg).length).toBeLessThan(200_000);
  expect(told.at(-3)).toMatchObject({ data: { state: 'connected', height: 20_000 } });
});

test('a reader goes on where it was', () => {
  const stream = createStream();
  expect(stream.resume({})).toEqual({ after: 0, gap: null });
  for (let n = 0; n < 5; n++) stream.add(pending(n));
  expect(stream.resume({})).toEqual({ after: 5, gap: null });
  expect(stream.resume({ after: 3, epoch: 'now' })).toEqual({ after: 3, gap: null });
  expect(stream.resume({ after: 0 })).toEqual({ after: 0, gap: null });
});

test('numbers of another start say so, and all that is kept is offered', () => {
  const stream = createStream();
  for (let n = 0; n < 5; n++) stream.add(pending(n));
  const restarted = { after: 0, gap: { reason: 'restarted', missed: null } };
  expect(stream.resume({ after: 3, epoch: 'before' })).toEqual(restarted);
  expect(stream.resume({ after: 6 })).toEqual(restarted);
});

test('the ring is bounded by count, and who comes too late is told how much is lost', () => {
  const stream = createStream();
  const extra = 7;
  for (let n = 0; n < EVENTS_KEPT_MAX + extra; n++) stream.add(pending(n));
  expect(stream.at(extra)).toBeUndefined();
  expect(stream.at(extra + 1)?.number).toBe(extra + 1);
  expect(stream.at(stream.last)?.number).toBe(stream.last);
  expect(stream.at(stream.last + 1)).toBeUndefined();
  expect(stream.resume({ after: 2 })).toEqual({
    after: extra,
    gap: { reason: 'overrun', missed: extra - 2 },
  });
  expect(stream.resume({ after: extra })).toEqual({ after: extra, gap: null });
});

test('the ring is bounded by bytes', () => {
  const stream = createStream();
  for (let n = 0; n < 200; n++) stream.add(tipChange(5_000, 1, 1, 1_000));
  const { after } = stream.resume({ after: 0 });
  let bytes = 0;
  for (let n = after + 1; n <= stream.last; n++) bytes += stream.at(n)!.text.length;
  expect(bytes).toBeLessThanOrEqual(EVENT_BYTES_KEPT_MAX);
  expect(bytes).toBeGreaterThan(EVENT_BYTES_KEPT_MAX - 200_000);
});

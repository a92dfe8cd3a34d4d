/** What the simulation found in the conversation with peers, each as small as it gets. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PeerClock } from '../../../../src/core/net/peer-clock.ts';
import { FAKE_GENESIS, bodyOf, mineHeaders, tipOf } from '../../../kit/fake-chain.ts';
import { NetBench, helloMessage } from '../../../kit/net-bench.ts';

describe('a tip between two hellos', () => {
  const neighbour = { ip: '10.0.0.9', port: 7500 };

  test('is told to the peer that heard of the one before', () => {
    const bench = new NetBench();
    const [header] = mineHeaders(FAKE_GENESIS, 1);
    const tip = tipOf(header!, 1);
    const other = bench.ready({ tip });
    const slow = bench.connect('outbound', neighbour);
    expect(bench.sentOf(slow, 'hello').map((hello) => hello.tip.height)).toEqual([0]);
    bench.say(other, { kind: 'headers', tip, headers: [header!.bytes] });
    bench.say(other, { kind: 'block', bytes: bodyOf(header!) });
    expect(bench.chain.tip()).toEqual(tip);
    expect(bench.sentTo(slow)).toEqual([]);
    bench.say(slow, helloMessage());
    expect(bench.sentOf(slow, 'new-tip').map((message) => message.tip)).toEqual([tip]);
  });

  test('is not told twice when the hello named it', () => {
    const bench = new NetBench();
    const peer = bench.connect('outbound', neighbour);
    bench.say(peer, helloMessage());
    expect(bench.sentOf(peer, 'new-tip')).toEqual([]);
  });
});

test('a block asked of one peer several times may come as often, and no more', () => {
  const bench = new NetBench();
  bench.acceptsBlocks = false;
  const [header] = mineHeaders(FAKE_GENESIS, 1);
  const tip = tipOf(header!, 1);
  const slow = bench.ready({ tip });
  bench.say(slow, { kind: 'headers', tip, headers: [header!.bytes] });
  let asked = bench.sentOf(slow, 'get-blocks').length;
  for (let i = 0; i < 2; i++) {
    // It stalls, another is asked in its place and goes: the next question is for the first again.
    const other = bench.ready({ tip });
    while (bench.sentOf(other, 'get-blocks').length === 0) bench.advance(1000);
    bench.input({ kind: 'peer-closed', peer: other });
    asked += bench.sentOf(slow, 'get-blocks').length;
  }
  expect(asked).toBe(3);
  const deliver = (): unknown => bench.say(slow, { kind: 'block', bytes: bodyOf(header!) });
  for (let i = 0; i < asked; i++) deliver();
  expect(bench.closeCode(slow)).toBeUndefined();
  deliver();
  expect(bench.closeCode(slow)).toBe('block-unrequested');
});

describe('a tick at the deadline has something to do, however times are rounded', () => {
  /** In whole microseconds, as clocks read. */
  const timeMs = fc.integer({ min: 0, max: 1e9 }).map((micros) => micros / 1000);

  test('a deadline in monotonic time has passed in the peers\u2019 time too', () => {
    const property = fc.property(timeMs, timeMs, timeMs, (startMs, lateMs, spanMs) => {
      const clock = new PeerClock();
      const nowMs = clock.read(startMs + lateMs, startMs);
      const deadlineMs = nowMs + spanMs;
      const monotonicMs = Math.max(startMs + lateMs, clock.toMonotonicMs(deadlineMs));
      expect(clock.read(monotonicMs, deadlineMs)).toBeGreaterThanOrEqual(deadlineMs);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test('silence and a missing hello are noticed by the tick that is due for them', () => {
    const property = fc.property(timeMs, fc.boolean(), (startMs, isReady) => {
      const bench = new NetBench();
      bench.monotonicMs = startMs;
      if (isReady) bench.ready();
      else bench.connect();
      const dueMs = bench.conversation.deadlineMs();
      bench.monotonicMs = dueMs;
      bench.step(() => bench.conversation.tick(bench.now));
      expect(bench.conversation.deadlineMs()).toBeGreaterThan(dueMs);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

/** The promises of the simulated world itself: time, links and disks behave as real ones do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Draws } from '../../src/sim/draws.ts';
import { FaultCounts } from '../../src/sim/faults.ts';
import { Pipe } from '../../src/sim/pipe.ts';
import { Schedule } from '../../src/sim/schedule.ts';
import { SimStore } from '../../src/sim/sim-store.ts';
import { Wire } from '../../src/sim/wire.ts';
import type { Input } from '../../src/core/node/ports.ts';
import { endpointOf } from '../../src/sim/world.ts';

const seeds = fc.nat(0xffff);

describe('virtual time', () => {
  test('does what is planned in the order of time, and of planning at one time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (times) => {
        const schedule = new Schedule();
        const done: [number, number][] = [];
        times.forEach((atMs, i) => schedule.at(atMs, () => done.push([schedule.nowMs, i])));
        schedule.runUntil(100);
        const expected = times.map((atMs, i) => [atMs, i] as const);
        expect(done).toEqual(expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
        expect(schedule.nowMs).toBe(100);
      }),
    );
  });

  test('names the moment at which somebody is busy without end', () => {
    const schedule = new Schedule();
    const again = (): void => schedule.after(0, again);
    again();
    expect(() => schedule.runUntil(1)).toThrow('time goes on');
  });
});

describe('a disk', () => {
  const value = (n: number): Uint8Array => Uint8Array.of(n);

  test('loses a suffix of the writes after the last durable one, and nothing else', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.boolean(), { maxLength: 12 }), (seed, durables) => {
        const store = new SimStore();
        // Each write adds a record, overwrites one, and deletes the one before it.
        durables.forEach((durable, i) => {
          const changes = [
            { key: `k${i}`, value: value(i) },
            { key: 'last', value: value(i) },
            { key: `k${i - 1}`, value: undefined },
          ];
          store.write(changes, { durable });
        });
        const lost = store.losePower(new Draws(seed, 'disk'));
        const kept = durables.length - lost;
        expect(kept).toBeGreaterThanOrEqual(durables.lastIndexOf(true) + 1);
        const left = kept === 0 ? [] : [`k${kept - 1}`, 'last'];
        expect([...store.range('')].map(([key]) => key)).toEqual(left);
        if (kept > 0) expect(store.get('last')).toEqual(value(kept - 1));
      }),
    );
  });

  test('neither keeps nor gives out the bytes of others', () => {
    const store = new SimStore();
    const bytes = value(1);
    store.write([{ key: 'k', value: bytes }], { durable: true });
    bytes[0] = 2;
    store.get('k')![0] = 3;
    expect(store.get('k')).toEqual(value(1));
  });
});

test('a link keeps order, loses nothing while it is blocked, and delivers it after', () => {
  fc.assert(
    fc.property(seeds, fc.array(fc.nat(300), { maxLength: 30 }), (seed, gaps) => {
      const schedule = new Schedule();
      const draws = new Draws(seed, 'link');
      const arrived: number[] = [];
      let isBlocked = false;
      const pipe = new Pipe({
        ...{ schedule, draws, delayMs: 5, isBlocked: () => isBlocked, onHeld: () => undefined },
        onArrival: (parcel) => arrived.push(parcel.kind === 'message' ? parcel.bytes[0]! : -1),
      });
      gaps.forEach((gap, i) => {
        isBlocked = draws.percent(40);
        if (!isBlocked) pipe.resume();
        pipe.send({ kind: 'message', bytes: new Uint8Array(gap * 50 + 1).fill(i) });
        schedule.runUntil(schedule.nowMs + gap);
      });
      isBlocked = false;
      pipe.resume();
      schedule.runUntil(1_000_000);
      expect(arrived).toEqual(gaps.map((_, i) => i));
    }),
  );
});

describe('a host that goes', () => {
  function connectedPair(): {
    readonly wire: Wire;
    readonly schedule: Schedule;
    readonly inputs: readonly Input[][];
    readonly peerOf: (host: number) => number;
  } {
    const schedule = new Schedule();
    const inputs: Input[][] = [[], []];
    const wire = new Wire({ schedule, draws: new Draws(1, 'wire'), faults: new FaultCounts() });
    for (const host of [0, 1]) wire.plugIn(host, (input) => inputs[host]!.push(input));
    wire.dial(0, endpointOf(1));
    schedule.runUntil(1000);
    const peerOf = (host: number): number => {
      const [first] = inputs[host]!;
      if (first?.kind !== 'peer-connected') throw new Error('both are connected');
      return first.peer;
    };
    return { wire, schedule, inputs, peerOf };
  }

  test('by a kill has its connections ended, after what it sent', () => {
    const { wire, schedule, inputs, peerOf } = connectedPair();
    wire.send(peerOf(1), Uint8Array.of(7));
    wire.unplug(1, { silent: false });
    schedule.runUntil(2000);
    expect(inputs[0]!.slice(1).map(({ kind }) => kind)).toEqual(['peer-message', 'peer-closed']);
  });

  test('by a power loss is noticed only by who speaks to it when it is back', () => {
    const { wire, schedule, inputs, peerOf } = connectedPair();
    wire.unplug(1, { silent: true });
    wire.send(peerOf(0), Uint8Array.of(7));
    schedule.runUntil(100_000);
    expect(inputs[0]).toHaveLength(1);
    wire.plugIn(1, (input) => inputs[1]!.push(input));
    wire.send(peerOf(0), Uint8Array.of(8));
    schedule.runUntil(200_000);
    expect(inputs[0]!.slice(1).map(({ kind }) => kind)).toEqual(['peer-closed']);
    expect(inputs[1]).toHaveLength(1);
  });
});

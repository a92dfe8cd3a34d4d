/** Who gets to speak: hellos, duplicates, caps on connections, dialling and being kept away. */
import { describe, expect, test } from 'vitest';
import type { BlockId } from '../../../../src/core/base/types.ts';
import { INBOUND_MAX, INBOUND_PER_IP_MAX } from '../../../../src/core/net/limits.ts';
import { NetBench, helloMessage } from '../../../kit/net-bench.ts';

const OTHER_NETWORK = 'f'.repeat(64) as BlockId;
const neighbour = { ip: '127.0.0.1', port: 9001 };
const ping = { kind: 'ping', value: new Uint8Array(8) } as const;

/** A bench whose own nonce is known, since its hello has been seen. */
function dialledBench(): {
  readonly bench: NetBench;
  readonly own: Uint8Array;
  readonly peer: number;
} {
  const bench = new NetBench();
  bench.input({ kind: 'add-peer', endpoint: neighbour });
  const peer = bench.connect('outbound', neighbour);
  const [hello] = bench.sentOf(peer, 'hello');
  return { bench, own: hello!.nodeNonce, peer };
}

describe('hello', () => {
  test('a listener answers with its own, a dialler begins', () => {
    const bench = new NetBench();
    const inbound = bench.connect('inbound');
    expect(bench.sentTo(inbound)).toEqual([]);
    bench.say(inbound, helloMessage());
    expect(bench.sentTo(inbound).map(({ kind }) => kind)).toContain('hello');
    const outbound = bench.connect('outbound', neighbour);
    expect(bench.sentTo(outbound).map(({ kind }) => kind)).toEqual(['hello']);
    bench.say(outbound, helloMessage());
    expect(bench.conversation.peers().map(({ peer }) => peer)).toEqual([inbound, outbound]);
  });

  test('anything else first, or a second hello, is unexpected', () => {
    const bench = new NetBench();
    const early = bench.connect();
    bench.say(early, ping);
    expect(bench.closeCode(early)).toBe('message-unexpected');
    const unknown = bench.connect();
    bench.sayBytes(unknown, Uint8Array.of(0x7f));
    expect(bench.closeCode(unknown)).toBe('message-unexpected');
    const twice = bench.ready();
    bench.say(twice, helloMessage());
    expect(bench.closeCode(twice)).toBe('message-unexpected');
  });

  test('nothing is heard from a peer after it was closed', () => {
    const bench = new NetBench();
    const peer = bench.connect();
    bench.say(peer, ping);
    expect(bench.say(peer, helloMessage())).toEqual([]);
  });

  test('a wanted peer of another network is named with the reason', () => {
    const { bench, peer } = dialledBench();
    expect(bench.conversation.missing()).toEqual([]);
    bench.say(peer, helloMessage({ networkId: OTHER_NETWORK }));
    const missing = [{ endpoint: neighbour, reason: 'handshake-network-differs' }];
    expect(bench.conversation.missing()).toEqual(missing);
    bench.input({ kind: 'dial-failed', endpoint: neighbour });
    expect(bench.conversation.missing()).toEqual([{ endpoint: neighbour, reason: 'unreachable' }]);
    const again = bench.connect('outbound', neighbour);
    bench.say(again, helloMessage());
    expect(bench.conversation.missing()).toEqual([]);
  });

  test('another network, version or the own nonce ends with a reason', () => {
    const { bench, own } = dialledBench();
    const cases = [
      [{ networkId: OTHER_NETWORK }, 'handshake-network-differs'],
      [{ protocolVersion: 2 }, 'handshake-version-unknown'],
    ] as const;
    for (const [options, code] of cases) {
      const peer = bench.connect();
      bench.say(peer, helloMessage(options));
      expect(bench.sentTo(peer)).toContainEqual({ kind: 'goodbye', code });
      expect(bench.closeCode(peer)).toBe(code);
    }
    const self = bench.connect();
    bench.say(self, { ...helloMessage(), nodeNonce: own } as never);
    expect(bench.closeCode(self)).toBe('handshake-self');
    expect(bench.conversation.peers()).toEqual([]);
  });

  test('none within ten seconds closes, without blame', () => {
    const bench = new NetBench();
    const remote = { ip: '8.8.8.8', port: 1 };
    const peer = bench.connect('inbound', remote);
    bench.advance(9999);
    expect(bench.closeCode(peer)).toBeUndefined();
    bench.advance(1);
    expect(bench.closeCode(peer)).toBe('timed-out');
    expect(bench.closeCode(bench.ready({ remote }))).toBeUndefined();
  });

  test('extreme times change nothing', () => {
    const bench = new NetBench();
    for (const time of [0, 0xffff_ffff]) {
      const peer = bench.connect();
      bench.say(peer, { ...helloMessage(), time } as never);
      expect(bench.closeCode(peer)).toBeUndefined();
    }
  });
});

describe('two dials between two nodes', () => {
  const below = (own: Uint8Array): Uint8Array => own.map((byte, i) => (i === 0 ? byte - 1 : byte));
  const above = (own: Uint8Array): Uint8Array => own.map((byte, i) => (i === 0 ? byte + 1 : byte));
  const inboundHello = (nonce: Uint8Array, listenPort = neighbour.port) =>
    ({ ...helloMessage({ listenPort }), nodeNonce: nonce }) as never;

  test('the one of the lower nonce stays: theirs', () => {
    const { bench, own, peer } = dialledBench();
    const theirs = bench.connect('inbound', { ip: neighbour.ip, port: 50_000 });
    bench.say(theirs, inboundHello(below(own)));
    expect(bench.closeCode(peer)).toBe('handshake-duplicate');
    expect(bench.conversation.peers().map((info) => info.peer)).toEqual([theirs]);
    bench.advance(30_000);
    expect(bench.dials()).toHaveLength(1);
  });

  test('the one of the lower nonce stays: ours', () => {
    const { bench, own, peer } = dialledBench();
    const theirs = bench.connect('inbound', { ip: neighbour.ip, port: 50_000 });
    bench.say(theirs, inboundHello(above(own)));
    expect(bench.closeCode(theirs)).toBe('handshake-duplicate');
    bench.say(peer, helloMessage());
    expect(bench.conversation.peers().map((info) => info.peer)).toEqual([peer]);
  });

  test('an established connection is never closed by a nonce', () => {
    const { bench, own, peer } = dialledBench();
    bench.say(peer, helloMessage());
    const theirs = bench.connect('inbound', { ip: neighbour.ip, port: 50_000 });
    bench.say(theirs, inboundHello(below(own)));
    expect(bench.closeCode(peer)).toBeUndefined();
  });

  test('another port or address is somebody else', () => {
    const { bench, own, peer } = dialledBench();
    const other = bench.connect('inbound', { ip: neighbour.ip, port: 50_000 });
    bench.say(other, inboundHello(below(own), 9002));
    const elsewhere = bench.connect('inbound', { ip: '127.0.0.2', port: 50_001 });
    bench.say(elsewhere, inboundHello(below(own)));
    expect(bench.closeCode(peer)).toBeUndefined();
  });

  test('a dial that comes up after their connection stands is let go', () => {
    const bench = new NetBench();
    bench.input({ kind: 'add-peer', endpoint: neighbour });
    expect(bench.dials()).toEqual([neighbour]);
    const theirs = bench.connect('inbound', { ip: neighbour.ip, port: 50_000 });
    bench.say(theirs, inboundHello(new Uint8Array(8)));
    const ours = bench.connect('outbound', neighbour);
    expect(bench.closeCode(ours)).toBe('handshake-duplicate');
    expect(bench.sentTo(ours)).toEqual([]);
  });
});

describe('dialling', () => {
  test('retries quickly at first and adds a quarter of the waiting time at most', () => {
    const bench = new NetBench();
    bench.input({ kind: 'add-peer', endpoint: neighbour });
    const gaps: number[] = [];
    for (let i = 0; i < 60; i++) {
      bench.input({ kind: 'dial-failed', endpoint: neighbour });
      const before = bench.monotonicMs;
      while (bench.dials().length < i + 2) bench.advance(1);
      gaps.push(bench.monotonicMs - before);
    }
    expect(gaps[0]).toBeLessThanOrEqual(56);
    const total = gaps.reduce((sum, gap) => sum + gap, 0);
    expect(total).toBeGreaterThan(60_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(11_001);
    let elapsed = 0;
    for (const gap of gaps) {
      expect(gap).toBeLessThanOrEqual(Math.max(56, elapsed * 0.28 + 2));
      elapsed += gap;
    }
  });

  test('a lost connection is dialled again, a dropped one is not', () => {
    const bench = new NetBench();
    bench.input({ kind: 'add-peer', endpoint: neighbour });
    const first = bench.connect('outbound', neighbour);
    bench.say(first, helloMessage());
    bench.input({ kind: 'peer-closed', peer: first });
    bench.advance(100);
    expect(bench.dials()).toHaveLength(2);
    const second = bench.connect('outbound', neighbour);
    bench.say(second, helloMessage());
    bench.input({ kind: 'drop-peer', peer: second });
    expect(bench.closeCode(second)).toBe('dropped');
    bench.advance(60_000);
    expect(bench.dials()).toHaveLength(2);
  });

  test('a cut closes, refuses and does not dial; healing dials at once', () => {
    const bench = new NetBench();
    bench.input({ kind: 'add-peer', endpoint: neighbour });
    const peer = bench.connect('outbound', neighbour);
    bench.say(peer, helloMessage());
    bench.input({ kind: 'set-cut', endpoints: [neighbour] });
    expect(bench.closeCode(peer)).toBe('cut');
    const knocking = bench.connect('inbound', { ip: neighbour.ip, port: 50_000 });
    bench.say(knocking, helloMessage({ listenPort: neighbour.port }));
    expect(bench.closeCode(knocking)).toBe('cut');
    bench.advance(60_000);
    expect(bench.dials()).toHaveLength(1);
    bench.input({ kind: 'set-cut', endpoints: [] });
    expect(bench.dials()).toHaveLength(2);
  });
});

describe('who is kept away', () => {
  const violate = (bench: NetBench, peer: number): void =>
    void bench.sayBytes(peer, Uint8Array.of(1));

  test('a public address, for an hour', () => {
    const bench = new NetBench();
    const remote = { ip: '8.8.8.8', port: 1 };
    violate(bench, bench.ready({ remote }));
    const again = bench.connect('inbound', { ip: '8.8.8.8', port: 2 });
    expect(bench.closeCode(again)).toBe('discouraged');
    expect(bench.closeCode(bench.connect('inbound', { ip: '8.8.4.4', port: 1 }))).toBeUndefined();
    bench.advance(3_600_000);
    expect(bench.closeCode(bench.connect('inbound', { ip: '8.8.8.8', port: 3 }))).toBeUndefined();
  });

  test('on loopback only what was dialled, for a minute', () => {
    const bench = new NetBench();
    bench.input({ kind: 'add-peer', endpoint: neighbour });
    violate(bench, bench.ready());
    expect(bench.closeCode(bench.connect())).toBeUndefined();
    const dialled = bench.connect('outbound', neighbour);
    bench.say(dialled, helloMessage());
    violate(bench, dialled);
    expect(bench.closeCode(dialled)).toBe('message-malformed');
    bench.advance(59_000);
    expect(bench.dials()).toHaveLength(1);
    bench.advance(1001);
    expect(bench.dials()).toHaveLength(2);
  });
});

describe('slots', () => {
  test('one public address holds only so many', () => {
    const bench = new NetBench();
    const codes = Array.from({ length: INBOUND_PER_IP_MAX + 1 }, (_, i) =>
      bench.closeCode(bench.connect('inbound', { ip: '8.8.8.8', port: i + 1 })),
    );
    expect(codes.at(-1)).toBe('full');
    expect(codes.slice(0, -1).every((code) => code === undefined)).toBe(true);
  });

  test('silent sockets make room for newcomers, oldest first (row 52)', () => {
    const bench = new NetBench();
    const silent = Array.from({ length: 300 }, () => bench.connect());
    expect(silent.filter((peer) => bench.closeCode(peer) === 'evicted')).toEqual(
      silent.slice(0, 300 - INBOUND_MAX),
    );
    const honest = bench.ready();
    expect(bench.conversation.peers().map(({ peer }) => peer)).toEqual([honest]);
  });

  test('when all have spoken, the youngest of the largest group goes', () => {
    const bench = new NetBench();
    const crowd = Array.from({ length: 5 }, (_, i) =>
      bench.ready({ remote: { ip: '8.8.8.8', port: i + 1 } }),
    );
    for (let i = 0; i < INBOUND_MAX - 5; i++) {
      bench.advance(1);
      bench.ready({ remote: { ip: `9.9.${i}.1`, port: 1 } });
    }
    bench.ready({ remote: { ip: '7.7.7.7', port: 1 } });
    expect(crowd.map((peer) => bench.closeCode(peer)).filter(Boolean)).toEqual(['evicted']);
    expect(bench.conversation.peers()).toHaveLength(INBOUND_MAX);
  });
});

describe('silence and floods', () => {
  test('a ping after 30 s, the end after 60', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    const [first] = bench.sentOf(peer, 'ping');
    bench.advance(20);
    bench.say(peer, { kind: 'pong', value: first!.value });
    expect(bench.conversation.peers()[0]?.latencyMs).toBe(20);
    bench.advance(29_999);
    expect(bench.sentOf(peer, 'ping')).toHaveLength(0);
    bench.advance(1);
    expect(bench.sentOf(peer, 'ping')).toHaveLength(1);
    bench.advance(29_999);
    expect(bench.closeCode(peer)).toBeUndefined();
    bench.advance(1);
    expect(bench.closeCode(peer)).toBe('timed-out');
  });

  test('32 unknown messages are borne, a 33rd is a flood (row 57)', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    for (let i = 0; i < 32; i++) bench.sayBytes(peer, Uint8Array.of(0x16 + (i % 4), i));
    expect(bench.closeCode(peer)).toBeUndefined();
    bench.sayBytes(peer, Uint8Array.of(0x7f));
    expect(bench.closeCode(peer)).toBe('message-flood');
  });

  test('pings are answered, a stream of them is a flood', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    for (let i = 0; i < 40; i++) bench.say(peer, ping);
    expect(bench.sentOf(peer, 'pong')).toHaveLength(40);
    bench.say(peer, ping);
    expect(bench.closeCode(peer)).toBe('message-flood');
  });

  test('a goodbye ends the connection with its code', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    bench.say(peer, { kind: 'goodbye', code: 'closing' });
    expect(bench.outputs).toContainEqual({
      kind: 'event',
      event: { kind: 'peer-left', peer, code: 'closing', endpoint: expect.anything() as unknown },
    });
  });

  test('the own stall punishes nobody', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    bench.advance(1);
    bench.monotonicMs += 3_600_000;
    bench.step(() => bench.conversation.tick(bench.now));
    expect(bench.closeCode(peer)).toBeUndefined();
    expect(bench.conversation.deadlineMs()).toBeGreaterThanOrEqual(bench.monotonicMs);
    bench.say(peer, { kind: 'pong', value: new Uint8Array(8) });
    bench.advance(29_000);
    expect(bench.closeCode(peer)).toBeUndefined();
  });
});

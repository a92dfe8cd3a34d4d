/** Learning headers: whom to ask and when, what is kept or punished, and the two-pass walk. */
import { describe, expect, test } from 'vitest';
import type { BlockId } from '../../../../src/core/base/types.ts';
import { toHash, toUnixSeconds, toWork } from '../../../../src/core/base/types.ts';
import type { Header } from '../../../../src/core/codec/header.ts';
import { decodeHeader, encodeHeader } from '../../../../src/core/codec/header.ts';
import type { Message } from '../../../../src/core/codec/messages.ts';
import type { Tip } from '../../../../src/core/codec/tip.ts';
import { BRANCHES_MAX, HEADERS_AHEAD_MAX } from '../../../../src/core/net/limits.ts';
import { createLocator, headersAfter } from '../../../../src/core/net/locator.ts';
import {
  FAKE_GENESIS,
  FAKE_PARAMS,
  FakeChain,
  mineHeaders,
  mineWeakHeader,
  tipOf,
  workAt,
} from '../../../kit/fake-chain.ts';
import { GENESIS_TIP, NetBench } from '../../../kit/net-bench.ts';

/** A peer's chain, from genesis: answers get-headers as an honest node would. */
class ScriptedChain {
  readonly headers: readonly Header[];
  /** What it says of its tip, true unless told otherwise. */
  readonly tip: Tip;

  constructor(headers: readonly Header[], claim?: Tip) {
    this.headers = headers;
    this.tip = claim ?? tipOf(headers.at(-1)!, headers.length);
  }

  after(locator: readonly BlockId[]): Message {
    const heights = new Map(this.headers.map(({ id }, i) => [id, i + 1]));
    const common = locator.map((id) => heights.get(id)).find((height) => height !== undefined);
    const from = common ?? 0;
    const headers = this.headers.slice(from, from + 2000).map(({ bytes }) => bytes);
    return { kind: 'headers', tip: this.tip, headers };
  }
}

/** Answers a peer's open get-headers until there are none; says how many there were. */
function answerAll(bench: NetBench, peer: number, chain: ScriptedChain): number {
  let count = 0;
  for (;;) {
    const [asked] = bench.sentOf(peer, 'get-headers');
    if (!asked) return count;
    count += 1;
    bench.say(peer, chain.after(asked.ids));
  }
}

function newTip(header: Header, height: number): Message {
  return { kind: 'new-tip', tip: tipOf(header, height), header: header.bytes };
}

describe('locators', () => {
  test('ten steps of one, then doubling, genesis last; at most 64 at any height', () => {
    const chain = new FakeChain();
    chain.extend(mineHeaders(FAKE_GENESIS, 40));
    const locator = createLocator(chain, chain.tip().id);
    expect(locator.map((id) => chain.find(id)?.height)).toEqual([
      ...[40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30],
      ...[28, 24, 16],
      0,
    ]);
  });

  test('the answer begins after the first id on the connected chain', () => {
    const chain = new FakeChain();
    const main = mineHeaders(FAKE_GENESIS, 10);
    const side = mineHeaders(main[3]!, 2, { salt: 2 });
    chain.extend(main);
    for (const header of side) chain.addHeader(header);
    const answer = headersAfter(chain, [side[1]!.id, main[5]!.id, FAKE_GENESIS.id]);
    expect(answer).toEqual(main.slice(6).map(({ bytes }) => bytes));
    expect(headersAfter(chain, ['e'.repeat(64) as BlockId])).toHaveLength(10);
  });
});

describe('asking', () => {
  test('only who claims more work is asked, from hello on', () => {
    const bench = new NetBench();
    const equal = bench.ready({ tip: GENESIS_TIP });
    expect(bench.sentOf(equal, 'get-headers')).toEqual([]);
    const heavier = bench.ready({ tip: tipOf(mineHeaders(FAKE_GENESIS, 1)[0]!, 1) });
    expect(bench.sentOf(heavier, 'get-headers')).toEqual([
      { kind: 'get-headers', ids: [FAKE_GENESIS.id] },
    ]);
  });

  test('a claim without headers is asked again after 30 s, backing off', () => {
    const bench = new NetBench();
    const claim = { ...GENESIS_TIP, id: 'a'.repeat(64) as BlockId, work: toWork(10n ** 30n) };
    const peer = bench.ready({ tip: claim });
    const empty: Message = { kind: 'headers', tip: claim, headers: [] };
    const askedAt: number[] = [];
    const start = bench.monotonicMs;
    for (let second = 0; second < 300; second++) {
      const asked = bench.sentTo(peer);
      if (asked.some(({ kind }) => kind === 'get-headers')) {
        askedAt.push(Math.round((bench.monotonicMs - start) / 1000));
        bench.say(peer, empty);
      }
      bench.say(peer, { kind: 'pong', value: new Uint8Array(8) });
      bench.advance(1000);
    }
    expect(askedAt).toEqual([0, 30, 90, 210]);
  });

  test('a request without answer ends the connection, without blame', () => {
    const bench = new NetBench();
    const remote = { ip: '8.8.8.8', port: 1 };
    const peer = bench.ready({ remote, tip: tipOf(mineHeaders(FAKE_GENESIS, 1)[0]!, 1) });
    for (let i = 0; i < 6; i++) {
      bench.advance(10_000);
      bench.say(peer, { kind: 'pong', value: new Uint8Array(8) });
    }
    expect(bench.closeCode(peer)).toBe('stalled');
    expect(bench.closeCode(bench.ready({ remote }))).toBeUndefined();
  });

  test('headers reach the tree and bodies are asked for', () => {
    const bench = new NetBench();
    const chain = new ScriptedChain(mineHeaders(FAKE_GENESIS, 4500));
    const peer = bench.ready({ tip: chain.tip });
    bench.acceptsBlocks = false;
    expect(answerAll(bench, peer, chain)).toBe(3);
    expect(bench.chain.find(chain.tip.id)?.work).toBe(workAt(4500));
    expect(bench.conversation.bestKnownHeight()).toBe(4500);
    expect(bench.chain.tip().height).toBe(0);
  });

  test('a second peer shows the same chain by one answer', () => {
    const bench = new NetBench();
    const chain = new ScriptedChain(mineHeaders(FAKE_GENESIS, 3000));
    bench.acceptsBlocks = false;
    const first = bench.ready({ tip: chain.tip });
    const [asked] = bench.sentOf(first, 'get-headers');
    bench.say(first, chain.after(asked!.ids));
    const second = bench.ready({ tip: chain.tip });
    expect(answerAll(bench, second, chain)).toBe(1);
  });
});

describe('judging answers', () => {
  const heavy = { ...GENESIS_TIP, id: 'a'.repeat(64) as BlockId, work: workAt(50) };
  const answerWith = (headers: readonly Header[]): string | undefined => {
    const bench = new NetBench();
    const peer = bench.ready({ tip: heavy });
    bench.say(peer, { kind: 'headers', tip: heavy, headers: headers.map(({ bytes }) => bytes) });
    if (bench.closeCode(peer) !== undefined) expect(bench.chain.size).toBe(1);
    return bench.closeCode(peer);
  };
  const chain = mineHeaders(FAKE_GENESIS, 20);

  test('sound ones are taken', () => {
    expect(answerWith(chain)).toBeUndefined();
  });

  test('gaps, strange roots and repeated headers are not continuous', () => {
    expect(answerWith(chain.filter((_, i) => i !== 7))).toBe('headers-not-continuous');
    expect(answerWith(chain.slice(1))).toBe('headers-not-continuous');
    expect(answerWith([...chain.slice(0, 3), chain[2]!])).toBe('headers-not-continuous');
  });

  test('work, bits and time are checked', () => {
    expect(answerWith([mineWeakHeader(FAKE_GENESIS)])).toBe('header-work-insufficient');
    const stale = mineHeaders(FAKE_GENESIS, 1, { secondsApart: 0 });
    expect(answerWith(stale)).toBe('header-time-too-old');
    const wrong = withBits(0x207ffffe);
    expect(answerWith([wrong])).toBe('header-bits-wrong');
  });

  test('headers nobody asked for are unexpected', () => {
    const bench = new NetBench();
    const peer = bench.ready();
    bench.say(peer, { kind: 'headers', tip: GENESIS_TIP, headers: [] });
    expect(bench.closeCode(peer)).toBe('message-unexpected');
  });

  test('a marked ancestor disconnects whoever builds on it', () => {
    const bench = new NetBench();
    bench.chain.addHeader(chain[0]!);
    bench.chain.markInvalid(chain[0]!.id);
    const peer = bench.ready();
    bench.say(peer, newTip(chain[1]!, 2));
    expect(bench.closeCode(peer)).toBe('header-parent-invalid');
    const claimant = bench.ready({ tip: tipOf(chain[0]!, 1) });
    expect(bench.closeCode(claimant)).toBe('header-parent-invalid');
  });

  test('one from the future is asked for again when its time has come (row 8)', () => {
    const bench = new NetBench();
    bench.wallMs = 1000 * FAKE_PARAMS.time;
    const early = FAKE_PARAMS.maxFutureSeconds + 5;
    const [header] = mineHeaders(FAKE_GENESIS, 1, { secondsApart: early });
    const peer = bench.ready();
    bench.say(peer, newTip(header!, 1));
    expect(bench.closeCode(peer)).toBeUndefined();
    expect(bench.sentOf(peer, 'get-headers')).toEqual([]);
    expect(bench.chain.size).toBe(1);
    bench.advance(4999);
    expect(bench.sentOf(peer, 'get-headers')).toEqual([]);
    bench.advance(1);
    expect(answerOnce(bench, peer, new ScriptedChain([header!]))).toBe(true);
    expect(bench.chain.find(header!.id)).toBeDefined();
  });
});

function answerOnce(bench: NetBench, peer: number, chain: ScriptedChain): boolean {
  const [asked] = bench.sentOf(peer, 'get-headers');
  if (asked) bench.say(peer, chain.after(asked.ids));
  return asked !== undefined;
}

/** A header with other, canonical bits whose id meets them. */
function withBits(bits: number): Header {
  for (let nonce = 0; ; nonce++) {
    const decoded = decodeHeader(
      encodeHeader({
        version: 1,
        parent: FAKE_GENESIS.id,
        commitment: toHash(new Uint8Array(32)),
        time: toUnixSeconds(FAKE_PARAMS.time + 1),
        bits,
        nonce,
      }),
    );
    if (decoded.ok && decoded.value.id.startsWith('0')) return decoded.value;
  }
}

describe('new tips', () => {
  test('on a known parent go straight in, and the body is asked for', () => {
    const bench = new NetBench();
    const [header] = mineHeaders(FAKE_GENESIS, 1);
    const peer = bench.ready();
    bench.say(peer, newTip(header!, 1));
    const sent = bench.sentTo(peer).map(({ kind }) => kind);
    expect(sent).not.toContain('get-headers');
    expect(sent).toContain('get-blocks');
  });

  test('on an unknown parent start header sync only if the work is more', () => {
    const bench = new NetBench();
    bench.chain.extend(mineHeaders(FAKE_GENESIS, 5));
    const side = mineHeaders(FAKE_GENESIS, 6, { salt: 2 });
    const peer = bench.ready();
    bench.say(peer, newTip(side[4]!, 5));
    expect(bench.sentOf(peer, 'get-headers')).toEqual([]);
    bench.say(peer, newTip(side[5]!, 6));
    expect(bench.sentOf(peer, 'get-headers')).toHaveLength(1);
  });

  test('that misstate their header, height or work are malformed', () => {
    const [header, next] = mineHeaders(FAKE_GENESIS, 2);
    for (const tip of [tipOf(next!, 1), tipOf(header!, 2)]) {
      const bench = new NetBench();
      const peer = bench.ready();
      bench.say(peer, { kind: 'new-tip', tip, header: header!.bytes });
      expect(bench.closeCode(peer)).toBe('message-malformed');
    }
  });

  test('of less work are not kept: 10,000 forks leave nothing behind (row 14)', () => {
    const bench = new NetBench();
    const main = mineHeaders(FAKE_GENESIS, 100);
    bench.chain.extend(main);
    const before = bench.chain.size;
    const peer = bench.ready();
    for (let i = 0; i < 10_000; i++) {
      const height = i % 98;
      const parent = height === 0 ? FAKE_GENESIS : main[height - 1]!;
      const [fork] = mineHeaders(parent, 1, { salt: 2 + i });
      bench.say(peer, newTip(fork!, height + 1));
    }
    expect(bench.chain.size).toBe(before);
    expect(bench.closeCode(peer)).toBeUndefined();
  });
});

describe('what was dropped between question and answer', () => {
  test('makes an honest answer no fault', () => {
    const bench = new NetBench();
    bench.acceptsBlocks = false;
    const chain = new ScriptedChain(mineHeaders(FAKE_GENESIS, 3000, { salt: 2 }));
    const peer = bench.ready({ tip: chain.tip });
    answerOnce(bench, peer, chain);
    const [asked] = bench.sentOf(peer, 'get-headers');
    expect(asked?.ids[0]).toBe(chain.headers[1999]!.id);
    bench.chain.extend(mineHeaders(FAKE_GENESIS, 2500));
    bench.step(() => bench.conversation.onTipChanged());
    expect(bench.chain.find(chain.headers[1999]!.id)).toBeUndefined();
    bench.say(peer, chain.after(asked!.ids));
    expect(bench.closeCode(peer)).toBeUndefined();
    answerAll(bench, peer, chain);
    expect(bench.chain.find(chain.tip.id)).toBeDefined();
  });

  test('and a known header without a body is fetched when it is announced', () => {
    const bench = new NetBench();
    const [header] = mineHeaders(FAKE_GENESIS, 1);
    bench.chain.addHeader(header!);
    const peer = bench.ready();
    bench.say(peer, newTip(header!, 1));
    expect(bench.sentOf(peer, 'get-blocks')).toEqual([{ kind: 'get-blocks', ids: [header!.id] }]);
  });
});

describe('bounds on branches', () => {
  test('20,000 headers above the tip, more as bodies connect, from whoever comes', () => {
    const bench = new NetBench();
    bench.acceptsBlocks = false;
    const chain = new ScriptedChain(mineHeaders(FAKE_GENESIS, HEADERS_AHEAD_MAX + 4500));
    const peer = bench.ready({ tip: chain.tip });
    answerAll(bench, peer, chain);
    expect(bench.chain.size - 1).toBeLessThanOrEqual(HEADERS_AHEAD_MAX);
    expect(bench.chain.size - 1).toBeGreaterThan(HEADERS_AHEAD_MAX - 2000);
    bench.input({ kind: 'peer-closed', peer });
    const other = bench.ready({ tip: chain.tip });
    const [asked] = bench.sentOf(other, 'get-headers');
    bench.say(other, chain.after(asked!.ids));
    expect(bench.sentOf(other, 'get-blocks')).not.toEqual([]);
    bench.chain.extend(chain.headers.slice(0, 6500));
    bench.step(() => bench.conversation.onTipChanged());
    answerAll(bench, other, chain);
    expect(bench.chain.find(chain.tip.id)).toBeDefined();
  });

  test('four branches: those nobody serves go first, then those of least work', () => {
    const bench = new NetBench();
    bench.acceptsBlocks = false;
    const leaves: Header[] = [];
    const offer = (length: number, salt: number): number => {
      const branch = mineHeaders(FAKE_GENESIS, length, { salt });
      const chain = new ScriptedChain(branch);
      const peer = bench.ready({ tip: chain.tip });
      answerAll(bench, peer, chain);
      leaves.push(branch.at(-1)!);
      return peer;
    };
    const isHeld = (i: number): boolean => bench.chain.find(leaves[i]!.id) !== undefined;
    const gone = offer(9, 1);
    for (let salt = 2; salt <= BRANCHES_MAX; salt++) offer(salt, salt);
    bench.input({ kind: 'peer-closed', peer: gone });
    expect(leaves.map((_, i) => isHeld(i))).toEqual([true, true, true, true]);
    offer(8, 5);
    expect(leaves.map((_, i) => isHeld(i))).toEqual([false, true, true, true, true]);
    offer(7, 6);
    expect(leaves.map((_, i) => isHeld(i))).toEqual([false, false, true, true, true, true]);
    offer(1, 7);
    expect(isHeld(6)).toBe(false);
    expect(bench.chain.size - 1).toBe(3 + 4 + 8 + 7);
  });

  test('a peer that lacks what it claims does not keep its branch', () => {
    const bench = new NetBench();
    bench.acceptsBlocks = false;
    const liars = [2, 3, 4, 5].map((salt) => {
      const headers = mineHeaders(FAKE_GENESIS, 20 + salt, { salt });
      const chain = new ScriptedChain(headers);
      const peer = bench.ready({ tip: chain.tip });
      answerAll(bench, peer, chain);
      bench.say(peer, { kind: 'blocks-missing', ids: [headers[0]!.id] });
      expect(bench.closeCode(peer)).toBeUndefined();
      return headers;
    });
    const honest = new ScriptedChain(mineHeaders(FAKE_GENESIS, 2, { salt: 6 }));
    answerAll(bench, bench.ready({ tip: honest.tip }), honest);
    expect(bench.chain.find(honest.tip.id)).toBeDefined();
    expect(bench.chain.find(liars[0]!.at(-1)!.id)).toBeUndefined();
  });

  test('a branch without bodies that the tip outgrows is dropped', () => {
    const bench = new NetBench();
    bench.acceptsBlocks = false;
    const [side] = mineHeaders(FAKE_GENESIS, 1, { salt: 2 });
    const peer = bench.ready();
    bench.say(peer, newTip(side!, 1));
    expect(bench.chain.find(side!.id)).toBeDefined();
    bench.chain.extend(mineHeaders(FAKE_GENESIS, 2));
    bench.step(() => bench.conversation.onTipChanged());
    expect(bench.chain.find(side!.id)).toBeUndefined();
  });
});

describe('a long branch of little work', () => {
  const own = mineHeaders(FAKE_GENESIS, 5000);
  const theirs = mineHeaders(FAKE_GENESIS, 5600, { salt: 2 });
  const createBench = (): NetBench => {
    const bench = new NetBench();
    bench.acceptsBlocks = false;
    bench.chain.extend(own);
    return bench;
  };

  test('is walked twice and kept when its work suffices', () => {
    const bench = createBench();
    const chain = new ScriptedChain(theirs);
    const peer = bench.ready({ tip: chain.tip });
    const sizes: number[] = [];
    for (let i = 0; answerOnce(bench, peer, chain); i++) sizes.push(bench.chain.size - 5001);
    expect(sizes).toEqual([0, 0, 0, 0, 2000, 4000, 5000, 5600]);
    expect(bench.closeCode(peer)).toBeUndefined();
  });

  test('leaves nothing behind when it ends below the tip, or never ends (row 13)', () => {
    const bench = createBench();
    const claim = { ...tipOf(theirs[4899]!, 4900), work: workAt(9000) };
    const weak = new ScriptedChain(theirs.slice(0, 4900), claim);
    const peer = bench.ready({ tip: claim });
    const answers = answerAll(bench, peer, weak);
    expect(answers).toBe(4);
    expect(bench.chain.size).toBe(5001);
  });

  test('that changes under the walk is walked again from the last equal part', () => {
    const bench = createBench();
    const chain = new ScriptedChain(theirs);
    const peer = bench.ready({ tip: chain.tip });
    for (let i = 0; i < 5; i++) answerOnce(bench, peer, chain);
    expect(bench.chain.size - 5001).toBe(2000);
    const other = new ScriptedChain([
      ...theirs.slice(0, 3000),
      ...mineHeaders(theirs[2999]!, 2700, { salt: 3 }),
    ]);
    answerAll(bench, peer, other);
    expect(bench.chain.find(other.tip.id)).toBeDefined();
    expect(bench.closeCode(peer)).toBeUndefined();
  });

  test('that changes again and again is given up for the hour', () => {
    const bench = createBench();
    const peer = bench.ready({ tip: tipOf(theirs.at(-1)!, 5600) });
    let answers = 0;
    for (let turn = 0; turn < 100; turn++) {
      const [asked] = bench.sentOf(peer, 'get-headers');
      if (!asked) break;
      answers += 1;
      const salt = 10 + Math.floor(turn / 2);
      const claim = tipOf(theirs.at(-1)!, 5600);
      const chain = new ScriptedChain(mineHeaders(FAKE_GENESIS, 2000, { salt }), claim);
      bench.say(peer, chain.after(asked.ids));
    }
    expect(answers).toBeLessThan(20);
    expect(bench.chain.size).toBe(5001);
  });

  test('of more headers than time allows is too many', () => {
    const bench = createBench();
    const first = mineHeaders(FAKE_GENESIS, 12, { salt: 4 });
    const dense = mineHeaders(first[11]!, 4000, { salt: 4, secondsApart: 1 / 6 });
    bench.wallMs = 1000 * (FAKE_PARAMS.time + 345 - FAKE_PARAMS.maxFutureSeconds);
    const claim = tipOf(theirs.at(-1)!, 5600);
    const peer = bench.ready({ tip: claim });
    answerAll(bench, peer, new ScriptedChain([...first, ...dense], claim));
    expect(bench.closeCode(peer)).toBe('headers-too-many');
    expect(bench.chain.size).toBe(5001);
  });
});

/** Who is told of a new tip. */
import { expect, test } from 'vitest';
import { mineHeaders, FAKE_GENESIS, bodyOf, tipOf } from '../../../kit/fake-chain.ts';
import { NetBench } from '../../../kit/net-bench.ts';

const headers = mineHeaders(FAKE_GENESIS, 3);
const tips = headers.map((header, index) => tipOf(header, index + 1));

test('a peer that announced a block hears that it was followed, and shows no stale height', () => {
  const bench = new NetBench();
  const peer = bench.ready();
  bench.say(peer, { kind: 'new-tip', tip: tips[0]!, header: headers[0]!.bytes });
  bench.say(peer, { kind: 'block', bytes: bodyOf(headers[0]!) });
  expect(bench.sentOf(peer, 'new-tip').map(({ tip }) => tip)).toEqual([tips[0]]);
});

test('on the way to a heavier tip a peer that is ahead hears of the last block only', () => {
  const bench = new NetBench();
  const peer = bench.ready({ tip: tips[2]! });
  bench.say(peer, { kind: 'headers', tip: tips[2]!, headers: headers.map(({ bytes }) => bytes) });
  for (const header of headers) bench.say(peer, { kind: 'block', bytes: bodyOf(header) });
  expect(bench.sentOf(peer, 'new-tip').map(({ tip }) => tip)).toEqual([tips[2]]);
});

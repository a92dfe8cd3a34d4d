/** Collections with a cap stay below it and forget the oldest; budgets refill with time. */
import { expect, test } from 'vitest';
import { REJECT_KINDS } from '../../../../src/core/base/rejects.ts';
import type { RejectCode } from '../../../../src/core/base/rejects.ts';
import { BoundedMap, BoundedSet, Bucket } from '../../../../src/core/net/bounded.ts';
import { consequenceOf } from '../../../../src/core/net/consequences.ts';
import { Dialler } from '../../../../src/core/net/dialler.ts';
import { Discouraged } from '../../../../src/core/net/discouraged.ts';
import { DISCOURAGED_MAX, TARGETS_MAX } from '../../../../src/core/net/limits.ts';
import { createRandom } from '../../../../src/core/base/random.ts';

test('a bounded map drops its oldest entry; setting again makes it young', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.set('c', 4);
  expect([...map.keys()]).toEqual(['a', 'c']);
  expect(map.get('a')).toBe(3);
});

test('a bounded set never exceeds its cap', () => {
  const set = new BoundedSet<number>(100);
  for (let i = 0; i < 100_000; i++) set.add(i);
  expect(set.size).toBe(100);
  expect(set.has(99_999)).toBe(true);
  expect(set.has(99_899)).toBe(false);
});

test('a bucket gives its burst, then its rate, and lends', () => {
  const bucket = new Bucket({ burst: 10, perSecond: 5 }, 0);
  expect(bucket.take(10, 0)).toBe(true);
  expect(bucket.take(1, 100)).toBe(false);
  expect(bucket.take(1, 200)).toBe(true);
  bucket.spend(10, 200);
  const openAtMs = bucket.openAtMs(200);
  expect(openAtMs).toBeGreaterThan(2200);
  expect(bucket.openAtMs(openAtMs)).toBe(openAtMs);
  expect(bucket.take(1, 0)).toBe(false);
});

test('the list of the discouraged is bounded (row 54)', () => {
  const discouraged = new Discouraged();
  for (let i = 0; i < 100_000; i++) {
    const ip = `2001:db8::${(i >>> 16).toString(16)}:${(i & 0xffff).toString(16)}`;
    discouraged.add({ direction: 'inbound', remote: { ip, port: 1 } }, 0);
  }
  expect(discouraged.size).toBe(DISCOURAGED_MAX);
});

test('the dialler keeps only so many endpoints', () => {
  const dialler = new Dialler(createRandom(new Uint8Array(16).fill(1)));
  for (let port = 1; port <= TARGETS_MAX + 50; port++) dialler.add({ ip: '127.0.0.1', port }, 0);
  expect(dialler.due(0, () => 0)).toHaveLength(TARGETS_MAX);
});

test('only malformed and invalid data are punished', () => {
  for (const [code, kind] of Object.entries(REJECT_KINDS)) {
    const punished = kind === 'malformed' || kind === 'invalid';
    expect(consequenceOf(code as RejectCode)).toBe(punished ? 'punish' : 'ignore');
  }
});

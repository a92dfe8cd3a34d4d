/**
 * Owns: what every store must do, as one suite. Does not own: what only a disk can do (level-store
 * test).
 */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/io/store/store.ts';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

async function readAll(store: Store, prefix: string): Promise<[string, number[]][]> {
  const records: [string, number[]][] = [];
  for await (const { key, value } of store.readRange(prefix)) records.push([key, [...value]]);
  return records;
}

/** Runs the suite on the stores that `open` makes, each new and empty. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    const opened: Store[] = [];
    const openStore = async (): Promise<Store> => {
      const store = await open();
      opened.push(store);
      return store;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((store) => store.close()));
    });

    test('answers what was written, and nothing for what was not', async () => {
      const store = await openStore();
      await store.write([{ key: 'a', value: bytes(1, 2) }], { durable: true });
      await store.write([{ key: 'b', value: bytes() }], { durable: false });
      expect([...(store.get('a') ?? [])]).toEqual([1, 2]);
      expect(store.get('b')).toEqual(bytes());
      expect(store.get('c')).toBeUndefined();
    });

    test('applies the changes of one write in order', async () => {
      const store = await openStore();
      await store.write(
        [
          { key: 'a', value: bytes(1) },
          { key: 'a', value: undefined },
          { key: 'b', value: undefined },
          { key: 'b', value: bytes(2) },
        ],
        { durable: true },
      );
      expect(store.get('a')).toBeUndefined();
      expect(store.get('b')).toEqual(bytes(2));
    });

    test('shares no memory with its callers, and answers plain byte arrays', async () => {
      const store = await openStore();
      const written = bytes(1, 2, 3);
      await store.write([{ key: 'a', value: written }], { durable: true });
      written[0] = 9;
      const first = store.get('a')!;
      expect(first.constructor).toBe(Uint8Array);
      first[1] = 9;
      expect(store.get('a')).toEqual(bytes(1, 2, 3));
      for await (const record of store.readRange('a')) record.value[2] = 9;
      expect(store.get('a')).toEqual(bytes(1, 2, 3));
    });

    test('keeps an empty key prefix apart from its own records', async () => {
      const store = await openStore();
      expect(await readAll(store, '')).toEqual([]);
      await store.write([{ key: '\u00fe\u00ff', value: bytes(1) }], { durable: true });
      expect(await readAll(store, '')).toEqual([['\u00fe\u00ff', [1]]]);
      const own = [{ key: '\u00ffx', value: bytes(1) }];
      await expect(store.write(own, { durable: true })).rejects.toThrow('prefix');
    });

    test('equals a map, for any keys and values', async () => {
      const key = fc
        .uint8Array({ minLength: 1, maxLength: 6 })
        .filter(([first]) => first !== 255)
        .map((array) => String.fromCharCode(...array));
      const value = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined });
      const writes = fc.array(fc.array(fc.record({ key, value }), { maxLength: 8 }), {
        maxLength: 5,
      });
      await fc.assert(
        fc.asyncProperty(writes, key, async (batches, anyKey) => {
          const store = await open();
          const model = new Map<string, Uint8Array>();
          for (const changes of batches) {
            await store.write(changes, { durable: false });
            for (const change of changes) {
              if (change.value === undefined) model.delete(change.key);
              else model.set(change.key, change.value);
            }
          }
          for (const prefix of ['', anyKey.slice(0, 1), anyKey.slice(0, 2)]) {
            const expected = [...model]
              .filter(([name]) => name.startsWith(prefix))
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, held]) => [name, [...held]]);
            expect(await readAll(store, prefix)).toEqual(expected);
          }
          expect(store.get(anyKey)).toEqual(model.get(anyKey));
          await store.close();
        }),
        { numRuns: 40 },
      );
    });

    test('reads a range backwards, a page at a time', async () => {
      const store = await openStore();
      const keys = ['a\u0000', 'a\u0001', 'a\u0001\u00ff', 'a\u00ff', 'b', 'b\u0000'];
      await store.write(
        keys.map((key, at) => ({ key, value: bytes(at) })),
        { durable: true },
      );
      const read = async (prefix: string, below: string, limit: number) => {
        const records = await store.readBackwards({ prefix, below, limit });
        return records.map(({ key, value }) => [keys.indexOf(key), value[0]]);
      };
      const last = ['a\u00ff\u00ff', 'b\u00ff'];
      expect(await read('a', last[0]!, 2)).toEqual([3, 2].map((at) => [at, at]));
      expect(await read('a', keys[2]!, 2)).toEqual([1, 0].map((at) => [at, at]));
      expect(await read('a', keys[0]!, 2)).toEqual([]);
      expect(await read('b', last[1]!, 9)).toEqual([5, 4].map((at) => [at, at]));
      expect(await read('c', 'd', 9)).toEqual([]);
    });

    test('a range read backwards is that of the moment when it was asked for', async () => {
      const store = await openStore();
      await store.write([{ key: 'a1', value: bytes(1) }], { durable: true });
      const asked = store.readBackwards({ prefix: 'a', below: 'b', limit: 10 });
      await store.write([{ key: 'a2', value: bytes(2) }], { durable: true });
      expect((await asked).map(({ key }) => key)).toEqual(['a1']);
    });

    test('a large write is whole', async () => {
      const store = await openStore();
      const value = new Uint8Array(100).fill(7);
      const changes = Array.from({ length: 40_000 }, (_, i) => ({ key: `k${i}`, value }));
      await store.write(changes, { durable: true });
      expect((await readAll(store, 'k')).length).toBe(40_000);
    });
  });
}

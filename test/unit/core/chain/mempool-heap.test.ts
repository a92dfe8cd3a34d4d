import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from '../../../../src/core/chain/mempool-heap.ts';

test('items leave in order, whatever was removed from the middle', () => {
  const values = fc.array(fc.nat(1000), { minLength: 15, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.array(fc.nat(60), { minLength: 10 }), (pushed, removals) => {
      const heap = new Heap<{ slot: number; readonly value: number }>((a, b) => a.value < b.value);
      const items = pushed.map((value) => ({ slot: 0, value }));
      for (const item of items) heap.push(item);
      const left = new Set(items);
      for (const index of removals) {
        const item = items[index];
        if (item === undefined || !left.delete(item)) continue;
        heap.remove(item);
        expect(heap.first?.value).toBe(smallest(left));
      }
      const popped: number[] = [];
      for (let item = heap.pop(); item !== undefined; item = heap.pop()) popped.push(item.value);
      expect(popped).toEqual([...left].map(({ value }) => value).sort((a, b) => a - b));
    }),
  );
});

function smallest(items: ReadonlySet<{ readonly value: number }>): number | undefined {
  return items.size === 0 ? undefined : Math.min(...[...items].map(({ value }) => value));
}

/**
 * An overlay reads as if its changes were stored, keeps the last one per key, and knows its size.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Overlay } from '../../../../src/core/chain/overlay.ts';

const keys = fc.constantFrom('a', 'b', 'c', 'd');
const changes = fc.array(
  fc.record({ key: keys, value: fc.option(fc.uint8Array({ maxLength: 9 }), { nil: undefined }) }),
);

describe('Overlay', () => {
  test('reads like a store with the changes applied, and batches the last per key', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, fc.uint8Array()), changes, (stored, made) => {
        const base = new Map(Object.entries(stored));
        const overlay = new Overlay(base);
        const model = new Map(base);
        for (const { key, value } of made) {
          if (value === undefined) {
            overlay.delete(key);
            model.delete(key);
          } else {
            overlay.put(key, value);
            model.set(key, value);
          }
        }
        for (const key of ['a', 'b', 'c', 'd']) expect(overlay.get(key)).toBe(model.get(key));
        const batch = overlay.changes();
        expect(new Set(batch.map(({ key }) => key)).size).toBe(batch.length);
        const again = new Overlay(base);
        for (const { key, value } of batch) {
          expect(value).toBe(model.get(key));
          if (value === undefined) again.delete(key);
          else again.put(key, value);
        }
        expect(again.sizeBytes).toBe(overlay.sizeBytes);
        overlay.clear();
        expect(overlay.sizeBytes).toBe(0);
        for (const key of ['a', 'b', 'c', 'd']) expect(overlay.get(key)).toBe(base.get(key));
      }),
    );
  });
});

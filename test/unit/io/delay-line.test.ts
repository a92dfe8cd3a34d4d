/** A slow link: order, time, and its bound filled. */
import { describe, expect, test } from 'vitest';
import { DelayLine } from '../../../src/io/transport/delay-line.ts';
import { eventually } from './eventually.ts';

const message = (value: number): Uint8Array => new Uint8Array([value]);

function createLine(bytesMax = 100) {
  const released: { readonly value: number; readonly atMs: number }[] = [];
  const release = (bytes: Uint8Array): void =>
    void released.push({ value: bytes[0]!, atMs: performance.now() });
  const values = (): number[] => released.map(({ value }) => value);
  return { line: new DelayLine({ release, bytesMax }), released, values };
}

describe('a delay line', () => {
  test('passes on at once without a delay', () => {
    const { line, values } = createLine();
    line.push(message(1));
    expect(values()).toEqual([1]);
  });

  test('holds each message that long, in order', async () => {
    const { line, released, values } = createLine();
    line.setDelay(40);
    const startMs = performance.now();
    for (let value = 0; value < 50; value++) line.push(message(value));
    expect(values()).toEqual([]);
    await eventually(() => expect(values()).toEqual(Array.from({ length: 50 }, (_, at) => at)));
    expect(released[0]!.atMs - startMs).toBeGreaterThanOrEqual(39);
  });

  test('a changed delay releases what waits, so that nothing overtakes it', () => {
    const { line, values } = createLine();
    line.setDelay(60_000);
    line.push(message(1));
    line.push(message(2));
    line.setDelay(0);
    line.push(message(3));
    expect(values()).toEqual([1, 2, 3]);
  });

  test('holds no more than its bound: the oldest goes early', () => {
    const { line, values } = createLine(3);
    line.setDelay(60_000);
    for (let value = 0; value < 5; value++) line.push(message(value));
    expect(values()).toEqual([0, 1]);
    line.clear();
    line.flush();
    expect(values()).toEqual([0, 1]);
  });
});

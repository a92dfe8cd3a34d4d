/** Keys are what the table says, one character per byte, and never meet. */
import { describe, expect, test } from 'vitest';
import {
  addressFromBytes,
  blockIdFromBytes,
  toHeight,
  txIdFromBytes,
} from '../../../../src/core/base/types.ts';
import * as layout from '../../../../src/core/chain/layout.ts';

const raw = Uint8Array.from({ length: 32 }, (_, i) => 200 + i);
const blockId = blockIdFromBytes(raw);
const txId = txIdFromBytes(raw);
const address = addressFromBytes(raw.subarray(0, 20));
const toBytes = (key: string): number[] => Array.from(key, (char) => char.charCodeAt(0));

describe('keys', () => {
  test('hold raw ids and big-endian integers', () => {
    const height = toHeight(0x80_01_02_ff);
    expect(toBytes(layout.headerKey(height, blockId))).toEqual([
      ...[0x68, 0x80, 0x01, 0x02, 0xff],
      ...raw,
    ]);
    expect(toBytes(layout.historyKey(height))).toEqual([0x79, 0x80, 0x01, 0x02, 0xff]);
    expect(toBytes(layout.placeKey(txId))).toEqual([0x78, ...raw]);
    const prefix = raw.subarray(0, 20);
    expect(toBytes(layout.accountNodeKey(159, prefix))).toEqual([0x61, 159, ...prefix]);
  });

  test('of places that concern an account sort as the chain has them, and read back', () => {
    const places = [
      [0, 0],
      [0, 256],
      [1, 0],
      [255, 0xffff_ffff],
      [256, 3],
      [0xffff_ffff, 0xffff_ffff],
    ].map(([height, index]) => ({ height: toHeight(height!), index: index! }));
    const keys = places.map((place) => layout.addressPlaceKey(address, place));
    expect([...keys].sort()).toEqual(keys);
    expect(keys.map(layout.addressPlaceOf)).toEqual(places);
    expect(keys.every((key) => key.startsWith(layout.addressPlacePrefix(address)))).toBe(true);
  });

  test('of different kinds never meet', () => {
    const keys = [
      layout.FORMAT_KEY,
      layout.POSITION_KEY,
      layout.headerKey(toHeight(0), blockId),
      layout.bodyKey(blockId),
      layout.undoKey(blockId),
      layout.accountNodeKey(0, new Uint8Array(20)),
      layout.historyKey(toHeight(0)),
      layout.placeKey(txId),
      layout.addressPlaceKey(address, { height: toHeight(0), index: 0 }),
      layout.invalidKey(blockId),
      layout.poolKey(txId),
      layout.droppedKey(txId),
    ];
    expect(new Set(keys.map((key) => key.charAt(0))).size).toBe(keys.length);
    for (const prefix of layout.BOOT_PREFIXES) {
      expect(keys.filter((key) => key.startsWith(prefix))).toHaveLength(1);
    }
  });
});

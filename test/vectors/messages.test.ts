/** Messages encode to the bytes of the vectors and decode to their fields. */
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/core/base/bytes.ts';
import type { Message } from '../../src/core/codec/messages.ts';
import { decodeMessage, encodeMessage, messageType } from '../../src/core/codec/messages.ts';
import { readVectors } from '../kit/vectors.ts';

interface MessageVector {
  readonly type: number;
  readonly name: Message['kind'];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly bytes: string;
}

const vectors = readVectors('messages.json') as readonly MessageVector[];

/** Brings the fields of a vector into the form that the codec has; ids are the same in both. */
function toMessage({ name, fields }: MessageVector): Message {
  const tip = fields['tip'] as { work: string } | undefined;
  const lists = Object.fromEntries(
    Object.entries({ headers: fields['headers'], items: fields['transactions'] })
      .filter(([, list]) => list !== undefined)
      .map(([key, list]) => [key, (list as string[]).map(hexToBytes)]),
  );
  const arrays = Object.fromEntries(
    Object.entries({
      value: fields['value'],
      header: fields['header'],
      nodeNonce: fields['nodeNonce'],
      bytes: fields['block'],
    })
      .filter(([, hex]) => hex !== undefined)
      .map(([key, hex]) => [key, hexToBytes(hex as string)]),
  );
  const { transactions: _items, block: _block, ...rest } = fields;
  const message = { kind: name, ...rest, ...lists, ...arrays };
  return (tip ? { ...message, tip: { ...tip, work: BigInt(tip.work) } } : message) as Message;
}

describe('messages (docs/protocol.md section 14)', () => {
  test.each(vectors)('$name of type $type', (vector) => {
    const message = toMessage(vector);
    expect(bytesToHex(encodeMessage(message))).toBe(vector.bytes);
    expect(decodeMessage(hexToBytes(vector.bytes))).toEqual({ ok: true, value: message });
    expect(messageType(message.kind)).toBe(vector.type);
  });

  test('every kind has a vector', () => {
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(16);
  });
});

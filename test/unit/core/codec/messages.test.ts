/** What is written reads back; every other byte string is refused or means something else. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalBytes } from '../../../../src/core/base/bytes.ts';
import type { BlockId, TxId } from '../../../../src/core/base/types.ts';
import { toHeight, toWork } from '../../../../src/core/base/types.ts';
import type { Message, MessageKind } from '../../../../src/core/codec/messages.ts';
import {
  MESSAGE_SIZE_MAX,
  decodeMessage,
  encodeMessage,
  messageType,
} from '../../../../src/core/codec/messages.ts';

const blockIds = (count: number): BlockId[] => hexIds(count).map((id) => id as BlockId);
const txIds = (count: number): TxId[] => hexIds(count).map((id) => id as TxId);
const hexIds = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => (i + 1).toString(16).padStart(64, '0'));
const tip = { height: toHeight(7), id: blockIds(1)[0]!, work: toWork(1n << 200n) };
const header = new Uint8Array(80).fill(5);
const value = new Uint8Array(8).fill(3);

interface Sample {
  readonly small: Message;
  /** The largest that is allowed, and its size. */
  readonly large: Message;
  readonly sizeMax: number;
}

const hello = (agent: string): Message => ({
  kind: 'hello',
  protocolVersion: 1,
  networkId: blockIds(1)[0]!,
  nodeNonce: value,
  features: 6,
  listenPort: 9090,
  time: 12,
  tip,
  agent,
});

const samples: Readonly<Record<MessageKind, Sample>> = {
  hello: { small: hello('cairn'), large: hello('a'.repeat(64)), sizeMax: 188 },
  goodbye: {
    small: { kind: 'goodbye', code: 'closing' },
    large: { kind: 'goodbye', code: 'x'.repeat(64) },
    sizeMax: 66,
  },
  ping: same({ kind: 'ping', value }, 9),
  pong: same({ kind: 'pong', value }, 9),
  'get-headers': {
    small: { kind: 'get-headers', ids: blockIds(2) },
    large: { kind: 'get-headers', ids: blockIds(64) },
    sizeMax: 2050,
  },
  headers: {
    small: { kind: 'headers', tip, headers: [header] },
    large: { kind: 'headers', tip, headers: Array.from({ length: 2000 }, () => header) },
    sizeMax: 160_071,
  },
  'get-blocks': {
    small: { kind: 'get-blocks', ids: blockIds(2) },
    large: { kind: 'get-blocks', ids: blockIds(16) },
    sizeMax: 514,
  },
  block: {
    small: { kind: 'block', bytes: new Uint8Array(200) },
    large: { kind: 'block', bytes: new Uint8Array(2_000_000) },
    sizeMax: 2_000_001,
  },
  'blocks-missing': {
    small: { kind: 'blocks-missing', ids: blockIds(2) },
    large: { kind: 'blocks-missing', ids: blockIds(16) },
    sizeMax: 514,
  },
  'new-tip': same({ kind: 'new-tip', tip, header }, 149),
  inventory: {
    small: { kind: 'inventory', ids: txIds(2) },
    large: { kind: 'inventory', ids: txIds(1000) },
    sizeMax: 32_003,
  },
  'get-transactions': {
    small: { kind: 'get-transactions', ids: txIds(2) },
    large: { kind: 'get-transactions', ids: txIds(1000) },
    sizeMax: 32_003,
  },
  transactions: {
    small: { kind: 'transactions', items: [new Uint8Array(140), new Uint8Array(1)] },
    large: {
      kind: 'transactions',
      items: [...Array.from({ length: 8 }, () => new Uint8Array(65_521)), new Uint8Array(99)],
    },
    sizeMax: 524_288,
  },
  'transactions-missing': {
    small: { kind: 'transactions-missing', ids: txIds(2) },
    large: { kind: 'transactions-missing', ids: txIds(1000) },
    sizeMax: 32_003,
  },
  'get-pool': same({ kind: 'get-pool', after: txIds(1)[0]! }, 33),
  pool: {
    small: { kind: 'pool', ids: txIds(2) },
    large: { kind: 'pool', ids: txIds(1000) },
    sizeMax: 32_003,
  },
};

function same(message: Message, sizeMax: number): Sample {
  return { small: message, large: message, sizeMax };
}

function codeOf(bytes: Uint8Array): string {
  const decoded = decodeMessage(bytes);
  return decoded.ok ? 'ok' : decoded.code;
}

describe.each(Object.entries(samples))('%s', (_, { small, large, sizeMax }) => {
  const bytes = encodeMessage(small);

  test('reads back what was written', () => {
    expect(decodeMessage(bytes)).toEqual({ ok: true, value: small });
    const largest = encodeMessage(large);
    const decoded = decodeMessage(largest);
    const again = decoded.ok && decoded.value.kind !== 'unknown' && encodeMessage(decoded.value);
    expect(again && equalBytes(again, largest)).toBe(true);
  });

  test('is at most as large as the protocol says, and refused beyond', () => {
    const largest = encodeMessage(large);
    expect(largest.length).toBe(sizeMax);
    const longer = new Uint8Array(sizeMax + 1);
    longer.set(largest);
    expect(decodeMessage(longer)).toMatchObject({
      code: 'message-too-large',
      facts: { size: sizeMax + 1, limit: sizeMax },
    });
  });

  test('with any byte changed is refused or another message', () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[at]! ^= flip;
        const decoded = decodeMessage(changed);
        if (decoded.ok) expect(decoded.value).not.toEqual(small);
      }
    }
  });

  test('cut short or continued is refused', () => {
    if (small.kind === 'block') return;
    for (let size = 1; size < bytes.length; size++) {
      expect(codeOf(bytes.subarray(0, size))).toBe('message-malformed');
    }
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(codeOf(longer)).toMatch(/^message-(malformed|too-large)$/);
  });
});

test('an unknown type is told apart, up to the size of any message', () => {
  expect(decodeMessage(Uint8Array.of(0x7f, 1, 2))).toEqual({
    ok: true,
    value: { kind: 'unknown', type: 0x7f },
  });
  const large = new Uint8Array(MESSAGE_SIZE_MAX + 1).fill(0x7f);
  expect(codeOf(large)).toBe('message-too-large');
  expect(codeOf(large.subarray(1))).toBe('ok');
});

test('no bytes are no message', () => {
  expect(codeOf(new Uint8Array(0))).toBe('message-malformed');
});

test.each([
  ['an empty locator', [messageType('get-headers'), 0]],
  ['a goodbye without a code', [messageType('goodbye'), 0]],
  ['a goodbye in capitals', [messageType('goodbye'), 1, 0x41]],
  ['an empty inventory', [messageType('inventory'), 0, 0]],
])('%s is malformed', (_, bytes) => {
  expect(codeOf(Uint8Array.from(bytes))).toBe('message-malformed');
});

test('a locator of 65 ids is malformed', () => {
  const bytes = new Uint8Array(2 + 64 * 32);
  bytes.set([messageType('get-headers'), 65]);
  expect(codeOf(bytes)).toBe('message-malformed');
});

test('an agent with control characters is malformed', () => {
  const bytes = encodeMessage(hello('ab'));
  bytes[bytes.length - 1] = 0x1b;
  expect(codeOf(bytes)).toBe('message-malformed');
});

test('a pool page must ascend', () => {
  const ids = txIds(3);
  expect(codeOf(encodeMessage({ kind: 'pool', ids: [ids[0]!, ids[2]!, ids[1]!] }))).toBe(
    'message-malformed',
  );
  expect(codeOf(encodeMessage({ kind: 'pool', ids: [ids[0]!, ids[0]!] }))).toBe(
    'message-malformed',
  );
});

test('no byte string throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok || decoded.value.kind === 'unknown') return;
      expect(encodeMessage(decoded.value)).toEqual(bytes);
    }),
    { numRuns: 2000 },
  );
});

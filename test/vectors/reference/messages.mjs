/** Owns: section 14 as data: every message's fields, their encoding, and the decoder's verdicts. */
import {
  Reader,
  Unparsable,
  ascii,
  cat,
  fromLittleEndian,
  hex,
  number,
  reversed,
  shown,
  u16,
  u256,
  u32,
  u8,
  unhex,
} from './bytes.mjs';

/** A field's kind: `write(value)`, `read(reader)` to the JSON form. */
const kind = (write, read) => ({ write, read });
const int = (width, write) => kind(write, (reader) => reader.int(width));
const raw = (size) => kind(unhex, (reader) => hex(reader.take(size)));
const id = kind(
  (text) => reversed(unhex(text)),
  (reader) => shown(reader.take(32)),
);
const tip = kind(
  ({ height, id: tipId, work }) => cat(u32(height), reversed(unhex(tipId)), u256(BigInt(work))),
  (reader) => ({
    height: reader.int(4),
    id: shown(reader.take(32)),
    work: number(fromLittleEndian(reader.take(32))),
  }),
);
const string = (pattern) =>
  kind(ascii, (reader) => {
    const text = reader.string();
    if (!pattern.test(text)) throw new Unparsable('string');
    return text;
  });
const list = ({ width, low, high, item, ascending = false }) =>
  kind(
    (items) => cat((width === 1 ? u8 : u16)(items.length), ...items.map(item.write)),
    (reader) => {
      const count = reader.int(width);
      if (count < low || count > high) throw new Unparsable('count');
      const items = reader.list(count, () => item.read(reader));
      const sorted = items.every((text, i) => i === 0 || items[i - 1] < text);
      if (ascending && !sorted) throw new Unparsable('order');
      return items;
    },
  );
const sized = kind(
  (text) => cat(u16(text.length / 2), unhex(text)),
  (reader) => hex(reader.take(reader.int(2))),
);
const block = kind(unhex, (reader) => hex(reader.take(reader.bytes.length - reader.at)));

const blockIds = (high) => ({ ids: list({ width: 1, low: 1, high, item: id }) });
const transactionIds = { ids: list({ width: 2, low: 1, high: 1000, item: raw(32) }) };
const pool = list({ width: 2, low: 0, high: 1000, item: raw(32), ascending: true });

const message = (type, name, max, fields) => ({ type, name, max, fields });

export const MESSAGES = [
  message(0x01, 'hello', 188, {
    protocolVersion: int(4, u32),
    networkId: id,
    nodeNonce: raw(8),
    features: int(4, u32),
    listenPort: int(2, u16),
    time: int(4, u32),
    tip,
    agent: string(/^[ -~]{0,64}$/),
  }),
  message(0x02, 'goodbye', 66, { code: string(/^[a-z0-9-]{1,64}$/) }),
  message(0x03, 'ping', 9, { value: raw(8) }),
  message(0x04, 'pong', 9, { value: raw(8) }),
  message(0x10, 'get-headers', 2_050, blockIds(64)),
  message(0x11, 'headers', 160_071, {
    tip,
    headers: list({ width: 2, low: 0, high: 2000, item: raw(80) }),
  }),
  message(0x12, 'get-blocks', 514, blockIds(16)),
  message(0x13, 'block', 2_000_001, { block }),
  message(0x14, 'blocks-missing', 514, blockIds(16)),
  message(0x15, 'new-tip', 149, { tip, header: raw(80) }),
  message(0x20, 'inventory', 32_003, transactionIds),
  message(0x21, 'get-transactions', 32_003, transactionIds),
  message(0x22, 'transactions', 524_288, {
    transactions: list({ width: 2, low: 1, high: 1000, item: sized }),
  }),
  message(0x23, 'transactions-missing', 32_003, transactionIds),
  message(0x24, 'get-pool', 33, { after: raw(32) }),
  message(0x25, 'pool', 32_003, { ids: pool }),
];

const SOCKET_MAX = 2_097_152;

export function encodeMessage(name, values) {
  const { type, fields } = MESSAGES.find((entry) => entry.name === name);
  return cat(u8(type), ...Object.entries(fields).map(([key, { write }]) => write(values[key])));
}

/** Throws Unparsable. */
export function decodeMessage({ fields }, bytes) {
  const reader = new Reader(bytes.subarray(1));
  const values = Object.entries(fields).map(([key, { read }]) => [key, read(reader)]);
  reader.end();
  return Object.fromEntries(values);
}

/** `message-too-large`, `message-malformed`, or undefined, for unknown types too. */
export function checkMessage(bytes) {
  const size = bytes.length;
  if (size === 0) return { code: 'message-malformed' };
  const entry = MESSAGES.find(({ type }) => type === bytes[0]);
  const limit = entry?.max ?? SOCKET_MAX;
  if (size > limit) return { code: 'message-too-large', facts: { size, limit } };
  try {
    if (entry) decodeMessage(entry, bytes);
    return undefined;
  } catch (error) {
    if (error instanceof Unparsable)
      return { code: 'message-malformed', facts: { type: bytes[0] } };
    throw error;
  }
}

/**
 * Owns: the messages between peers: one table with type number, name, greatest size and layout of
 * each.
 * Does not own: the order in which messages make sense (net). Headers, blocks and transactions
 * inside stay bytes, so that nothing is hashed before somebody wants it. Layer 1. docs/protocol.md
 * section 14.
 */
import { assert } from '../base/assert.ts';
import type { Result } from '../base/rejects.ts';
import { ok, reject } from '../base/rejects.ts';
import type { BlockId, TxId } from '../base/types.ts';
import { HEADER_SIZE } from './header.ts';
import type { Reader } from './reader.ts';
import { decodeWith } from './reader.ts';
import type { Tip } from './tip.ts';
import { readTip, writeTip } from './tip.ts';
import { Writer } from './writer.ts';

/** What the transport refuses by length alone. */
export const MESSAGE_SIZE_MAX = 2_097_152;
export const HEADERS_PER_MESSAGE_MAX = 2000;
const LOCATOR_IDS_MAX = 64;
export const BLOCK_IDS_PER_MESSAGE_MAX = 16;
export const TRANSACTIONS_PER_MESSAGE_MAX = 1000;
export const TRANSACTIONS_MESSAGE_SIZE_MAX = 524_288;
const AGENT_FORM = /^[ -~]{0,64}$/;
const CODE_FORM = /^[a-z0-9-]{1,64}$/;

export interface Hello {
  readonly kind: 'hello';
  readonly protocolVersion: number;
  readonly networkId: BlockId;
  /** 8 bytes, drawn when the node starts. */
  readonly nodeNonce: Uint8Array;
  readonly features: number;
  /** 0 when the node does not listen. */
  readonly listenPort: number;
  /** Seconds since 1970; shown to operators only. */
  readonly time: number;
  readonly tip: Tip;
  readonly agent: string;
}

export interface Headers {
  readonly kind: 'headers';
  readonly tip: Tip;
  /** 80 bytes each. */
  readonly headers: readonly Uint8Array[];
}

export interface NewTip {
  readonly kind: 'new-tip';
  readonly tip: Tip;
  readonly header: Uint8Array;
}

/** Every message of docs/protocol.md section 14. */
export type Message =
  | Hello
  | { readonly kind: 'goodbye'; readonly code: string }
  | { readonly kind: 'ping' | 'pong'; readonly value: Uint8Array }
  | { readonly kind: 'get-headers'; readonly ids: readonly BlockId[] }
  | Headers
  | { readonly kind: 'get-blocks' | 'blocks-missing'; readonly ids: readonly BlockId[] }
  | { readonly kind: 'block'; readonly bytes: Uint8Array }
  | NewTip
  | {
      readonly kind: 'inventory' | 'get-transactions' | 'transactions-missing';
      readonly ids: readonly TxId[];
    }
  | { readonly kind: 'transactions'; readonly items: readonly Uint8Array[] }
  | { readonly kind: 'get-pool'; readonly after: TxId }
  | { readonly kind: 'pool'; readonly ids: readonly TxId[] };

export type MessageKind = Message['kind'];
/** A message of a type that this version does not know: counted, otherwise ignored. */
export interface UnknownMessage {
  readonly kind: 'unknown';
  readonly type: number;
}

interface Format<M> {
  readonly type: number;
  /** Bytes, the type byte included. */
  readonly sizeMax: number;
  readonly read: (reader: Reader) => Omit<M, 'kind'>;
  readonly write: (writer: Writer, message: M) => void;
}
type MessageOf<K extends MessageKind, M = Message> = M extends { readonly kind: infer Kinds }
  ? K extends Kinds
    ? M
    : never
  : never;

const FORMATS: { readonly [K in MessageKind]: Format<MessageOf<K>> } = {
  hello: { type: 0x01, sizeMax: 188, read: readHello, write: writeHello },
  goodbye: {
    type: 0x02,
    sizeMax: 66,
    read: (reader) => ({ code: readText(reader, CODE_FORM) }),
    write: (writer, { code }) => void writer.string(code),
  },
  ping: valueFormat(0x03),
  pong: valueFormat(0x04),
  'get-headers': blockIdsFormat({ type: 0x10, sizeMax: 2050, countMax: LOCATOR_IDS_MAX }),
  headers: { type: 0x11, sizeMax: 160_071, read: readHeaders, write: writeHeaders },
  'get-blocks': blockIdsFormat({ type: 0x12, sizeMax: 514, countMax: BLOCK_IDS_PER_MESSAGE_MAX }),
  block: {
    type: 0x13,
    sizeMax: 2_000_001,
    read: (reader) => ({ bytes: reader.view(reader.remaining) }),
    write: (writer, { bytes }) => void writer.raw(bytes),
  },
  'blocks-missing': blockIdsFormat({
    type: 0x14,
    sizeMax: 514,
    countMax: BLOCK_IDS_PER_MESSAGE_MAX,
  }),
  'new-tip': {
    type: 0x15,
    sizeMax: 149,
    read: (reader) => ({ tip: readTip(reader), header: reader.view(HEADER_SIZE) }),
    write(writer, { tip, header }) {
      writeTip(writer, tip);
      writer.raw(header);
    },
  },
  inventory: txIdsFormat({ type: 0x20, countMin: 1 }),
  'get-transactions': txIdsFormat({ type: 0x21, countMin: 1 }),
  transactions: {
    type: 0x22,
    sizeMax: TRANSACTIONS_MESSAGE_SIZE_MAX,
    read(reader) {
      const count = reader.count(reader.u16(), { min: 1, max: TRANSACTIONS_PER_MESSAGE_MAX });
      return { items: reader.list(count, () => reader.view(reader.u16())) };
    },
    write(writer, { items }) {
      writer.u16(items.length).list(items, (item) => writer.u16(item.length).raw(item));
    },
  },
  'transactions-missing': txIdsFormat({ type: 0x23, countMin: 1 }),
  'get-pool': {
    type: 0x24,
    sizeMax: 33,
    read: (reader) => ({ after: reader.txId() }),
    write: (writer, { after }) => void writer.txId(after),
  },
  pool: { ...txIdsFormat({ type: 0x25, countMin: 0 }), read: readPool },
};

const KIND_OF_TYPE: ReadonlyMap<number, MessageKind> = new Map(
  (Object.keys(FORMATS) as MessageKind[]).map((kind) => [FORMATS[kind].type, kind]),
);

/** Encodes a message that is within its limits, which the caller sees to. */
export function encodeMessage(message: Message): Uint8Array {
  const format = FORMATS[message.kind] as Format<Message>;
  const writer = new Writer().u8(format.type);
  format.write(writer, message);
  const bytes = writer.finish();
  assert(bytes.length <= format.sizeMax, 'a message that is sent fits its greatest size');
  return bytes;
}

/** Decodes one message: `message-malformed`, `message-too-large`. An unknown type is no fault. */
export function decodeMessage(bytes: Uint8Array): Result<Message | UnknownMessage> {
  const type = bytes[0];
  if (type === undefined) return reject('message-malformed');
  const kind = KIND_OF_TYPE.get(type);
  const limit = kind === undefined ? MESSAGE_SIZE_MAX : FORMATS[kind].sizeMax;
  if (bytes.length > limit) return reject('message-too-large', { size: bytes.length, limit });
  if (kind === undefined) return ok({ kind: 'unknown', type });
  const format = FORMATS[kind] as Format<Message>;
  const fields = decodeWith(bytes.subarray(1), 'message-malformed', format.read);
  return fields.ok
    ? ok({ kind, ...fields.value } as Message)
    : reject('message-malformed', { type });
}

/** The type number of a message, as facts name it. */
export function messageType(kind: MessageKind): number {
  return FORMATS[kind].type;
}

function readText(reader: Reader, form: RegExp): string {
  const text = reader.string();
  return form.test(text) ? text : reader.fail();
}

function readHello(reader: Reader): Omit<Hello, 'kind'> {
  return {
    protocolVersion: reader.u32(),
    networkId: reader.blockId(),
    nodeNonce: reader.view(8),
    features: reader.u32(),
    listenPort: reader.u16(),
    time: reader.u32(),
    tip: readTip(reader),
    agent: readText(reader, AGENT_FORM),
  };
}

function writeHello(writer: Writer, hello: Hello): void {
  writer
    .u32(hello.protocolVersion)
    .blockId(hello.networkId)
    .raw(hello.nodeNonce)
    .u32(hello.features)
    .u16(hello.listenPort)
    .u32(hello.time);
  writeTip(writer, hello.tip);
  writer.string(hello.agent);
}

function valueFormat(type: number): Format<{ readonly value: Uint8Array }> {
  return {
    type,
    sizeMax: 9,
    read: (reader) => ({ value: reader.view(8) }),
    write: (writer, { value }) => void writer.raw(value),
  };
}

function blockIdsFormat(options: {
  readonly type: number;
  readonly sizeMax: number;
  readonly countMax: number;
}): Format<{ readonly ids: readonly BlockId[] }> {
  return {
    type: options.type,
    sizeMax: options.sizeMax,
    read(reader) {
      const count = reader.count(reader.u8(), { min: 1, max: options.countMax });
      return { ids: reader.list(count, () => reader.blockId()) };
    },
    write(writer, { ids }) {
      writer.u8(ids.length).list(ids, (id) => writer.blockId(id));
    },
  };
}

function txIdsFormat(options: {
  readonly type: number;
  readonly countMin: number;
}): Format<{ readonly ids: readonly TxId[] }> {
  const bounds = { min: options.countMin, max: TRANSACTIONS_PER_MESSAGE_MAX };
  return {
    type: options.type,
    sizeMax: 32_003,
    read(reader) {
      const count = reader.count(reader.u16(), bounds);
      return { ids: reader.list(count, () => reader.txId()) };
    },
    write(writer, { ids }) {
      writer.u16(ids.length).list(ids, (id) => writer.txId(id));
    },
  };
}

function readPool(reader: Reader): { readonly ids: readonly TxId[] } {
  const count = reader.count(reader.u16(), { min: 0, max: TRANSACTIONS_PER_MESSAGE_MAX });
  const ids = reader.list(count, () => reader.txId());
  const ascends = ids.every((id, i) => i === 0 || (ids[i - 1] as TxId) < id);
  return ascends ? { ids } : reader.fail();
}

function readHeaders(reader: Reader): Omit<Headers, 'kind'> {
  const tip = readTip(reader);
  const count = reader.count(reader.u16(), { min: 0, max: HEADERS_PER_MESSAGE_MAX });
  return { tip, headers: reader.list(count, () => reader.view(HEADER_SIZE)) };
}

function writeHeaders(writer: Writer, message: Headers): void {
  writeTip(writer, message.tip);
  writer.u16(message.headers.length).list(message.headers, (header) => writer.raw(header));
}

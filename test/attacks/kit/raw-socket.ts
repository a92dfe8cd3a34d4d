/**
 * Owns: an attacker below WebSocket messages: bytes on a TCP socket, an upgrade by hand, frames of
 * any form. Does not own: what is inside messages (raw-peer).
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { afterAll } from 'vitest';
import { cat } from '../../vectors/reference/bytes.mjs';
import { within } from './until.ts';

const open = new Set<Socket>();
afterAll(() => {
  for (const socket of open) socket.destroy();
});

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly opcode: number;
  readonly payload?: Uint8Array;
  readonly fin?: boolean;
  /** The three reserved bits, 0 to 7. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** The length that the frame states, instead of its payload's. */
  readonly statedLength?: bigint;
}

/** One frame as a client writes it, right or wrong. */
export function encodeFrame(frame: Frame): Buffer {
  const { opcode, payload = Buffer.alloc(0), fin = true, reserved = 0, masked = true } = frame;
  const length = frame.statedLength ?? BigInt(payload.length);
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const maskBit = masked ? 0x80 : 0;
  const head =
    length < 126n
      ? Buffer.of(first, maskBit | Number(length))
      : cat(Buffer.of(first, maskBit | 127), bigEndian64(length));
  if (!masked) return cat(head, payload);
  const mask = Buffer.of(1, 2, 3, 4);
  return cat(
    head,
    mask,
    payload.map((byte, at) => byte ^ mask[at & 3]!),
  );
}

function bigEndian64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export class RawSocket {
  readonly #socket: Socket;
  readonly closed: Promise<void>;
  received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => (this.received = cat(this.received, chunk)));
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        open.delete(socket);
        resolve();
      });
    });
  }

  static async connect(port: number): Promise<RawSocket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const raw = new RawSocket(socket);
    await within('a TCP connection', once(socket, 'connect'));
    return raw;
  }

  /** After the upgrade, before any frame. */
  static async upgrade(port: number, headers: readonly string[] = []): Promise<RawSocket> {
    const raw = await RawSocket.connect(port);
    raw.write(upgradeRequest(headers));
    await within('the upgrade', raw.#until('\r\n\r\n'));
    return raw;
  }

  async #until(text: string): Promise<void> {
    while (!this.received.includes(text)) {
      if (this.#socket.destroyed) throw new Error(`closed before ${JSON.stringify(text)}`);
      await Promise.race([once(this.#socket, 'data'), this.closed]);
    }
  }

  /** The status of the HTTP answer, 0 before there is one. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.received.toString('latin1'))?.[1] ?? 0);
  }

  write(bytes: Uint8Array | string): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  frame(frame: Frame): void {
    this.write(encodeFrame(frame));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function upgradeRequest(headers: readonly string[] = []): string {
  const lines = [
    'GET / HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

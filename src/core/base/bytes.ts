/**
 * Owns: byte arrays: hex, comparison, joining, ASCII, big integers. Core has no Buffer and no
 * TextEncoder.
 * Does not own: the layout of any structure (codec). Layer 0.
 */
import { assert } from './assert.ts';

const HEX_DIGITS: Uint8Array = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Bytes turned into text in one call; more would overflow the stack of arguments. */
const HEX_PART = 4_096;
const HEX_FORM = /^(?:[0-9a-f]{2})*$/;

export function bytesToHex(bytes: Uint8Array): string {
  if (bytes.length > HEX_PART) {
    return bytesToHex(bytes.subarray(0, HEX_PART)) + bytesToHex(bytes.subarray(HEX_PART));
  }
  // One flat string: joining digit by digit builds a chain of strings, ten times as slow as a key.
  const digits = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    digits[2 * i] = HEX_DIGITS[byte >>> 4] as number;
    digits[2 * i + 1] = HEX_DIGITS[byte & 15] as number;
  }
  return String.fromCharCode.apply(null, digits as unknown as number[]);
}

function hexDigit(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}

/** Turns lower-case hex into bytes; the caller has made sure that it is hex (`isHex`). */
export function hexToBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length >>> 1);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (hexDigit(hex.charCodeAt(2 * i)) << 4) | hexDigit(hex.charCodeAt(2 * i + 1));
  }
  return bytes;
}

/** Whether the text is lower-case hex of whole bytes. */
export function isHex(text: string): boolean {
  return HEX_FORM.test(text);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Orders byte strings: negative when a comes first, 0 when equal. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const joined = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** The bytes in reverse order, as an array of its own. */
export function reverseBytes(bytes: Uint8Array): Uint8Array {
  const reversed = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) reversed[i] = bytes[bytes.length - 1 - i] as number;
  return reversed;
}

/** Encodes text that is ASCII by construction. */
export function asciiToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    assert(code < 128, 'text is ASCII');
    bytes[i] = code;
  }
  return bytes;
}

export function bytesToAscii(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Reads a whole array as a little-endian number. */
export function littleEndianToBigint(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(reverseBytes(bytes))}`);
}

/** Writes a number that fits as `size` little-endian bytes. */
export function bigintToLittleEndian(value: bigint, size: number): Uint8Array {
  assert(value >= 0n && value >> BigInt(8 * size) === 0n, 'the number fits its field');
  return hexToBytes(value.toString(16).padStart(2 * size, '0')).reverse();
}

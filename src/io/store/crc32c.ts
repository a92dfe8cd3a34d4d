/**
 * Owns: the checksum of LevelDB's own files: CRC-32C, masked.
 * Does not own: the checksum of records (record-codec), which is the runtime's native CRC-32.
 */

const CASTAGNOLI = 0x82f6_3b78;
const MASK_DELTA = 0xa282_ead8;
const LANES = 8;

/** `TABLES[n]` is the effect of a byte that n bytes follow: eight bytes are done at once. */
const TABLES = [Int32Array.from({ length: 256 }, (_, byte) => shiftOut(byte))];
for (let lane = 1; lane < LANES; lane++) {
  TABLES.push(TABLES[lane - 1]!.map((crc) => (crc >>> 8) ^ TABLES[0]![crc & 0xff]!));
}
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [
  ...[Int32Array, Int32Array, Int32Array, Int32Array],
  ...[Int32Array, Int32Array, Int32Array, Int32Array],
];

/** What a checksum starts from. */
export const CRC_START = -1;

/** Takes the bytes from `start` to `end` into a checksum under way. */
export function extendCrc(crc: number, bytes: Uint8Array, start: number, end: number): number {
  let value = crc;
  let at = start;
  for (; at + LANES <= end; at += LANES) {
    value ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    value =
      T7[value & 0xff]! ^
      T6[(value >>> 8) & 0xff]! ^
      T5[(value >>> 16) & 0xff]! ^
      T4[value >>> 24]! ^
      T3[bytes[at + 4]!]! ^
      T2[bytes[at + 5]!]! ^
      T1[bytes[at + 6]!]! ^
      T0[bytes[at + 7]!]!;
  }
  for (; at < end; at++) value = T0[(value ^ bytes[at]!) & 0xff]! ^ (value >>> 8);
  return value;
}

/** The form in which LevelDB stores a checksum that is complete. */
export function maskCrc(crc: number): number {
  const done = ~crc;
  return (((done >>> 15) | (done << 17)) + MASK_DELTA) >>> 0;
}

function shiftOut(byte: number): number {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ ((value & 1) * CASTAGNOLI);
  return value;
}

/**
 * Headers, ids, targets and work are those of the vectors, and Bitcoin's own first 400 headers
 * pass.
 */
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/core/base/bytes.ts';
import { parseBlockId, toUnixSeconds } from '../../src/core/base/types.ts';
import { decodeHeader, encodeHeader } from '../../src/core/codec/header.ts';
import { bitsToTarget, bitsToWork, idMeetsTarget } from '../../src/core/rules/work.ts';
import { bitsToText, hexToHash, readCsvVectors, readVectors } from '../kit/vectors.ts';

interface HeaderVector {
  readonly name: string;
  readonly version: number;
  readonly parent: string;
  readonly commitment: string;
  readonly time: number;
  readonly bits: string;
  readonly nonce: number;
  readonly bytes: string;
  readonly id: string;
  readonly meetsTarget: boolean;
}

const { headers } = readVectors('headers.json') as { headers: readonly HeaderVector[] };

describe('headers (docs/protocol.md section 6)', () => {
  test.each(headers)('$name', (vector) => {
    const bytes = hexToBytes(vector.bytes);
    const fields = {
      version: vector.version,
      parent: parseBlockId(vector.parent)!,
      commitment: hexToHash(vector.commitment),
      time: toUnixSeconds(vector.time),
      bits: parseInt(vector.bits, 16),
      nonce: vector.nonce,
    };
    expect(bytesToHex(encodeHeader(fields))).toBe(vector.bytes);
    const decoded = decodeHeader(bytes);
    expect(decoded).toEqual({ ok: true, value: { ...fields, id: vector.id, bytes } });
    const id = parseBlockId(vector.id)!;
    expect(idMeetsTarget(id, bitsToTarget(fields.bits))).toBe(vector.meetsTarget);
  });
});

test('the first headers of Bitcoin have their ids, times, bits and work', () => {
  const rows = readCsvVectors<
    | 'header_hex'
    | 'block_hash'
    | 'bits_hex'
    | 'timestamp'
    | 'work_hex'
    | 'cumulative_work_in_file_hex'
  >('public/bitcoin_headers_0_400.csv');
  expect(rows).toHaveLength(400);
  let cumulative = 0n;
  let parent = '0'.repeat(64);
  for (const row of rows) {
    const decoded = decodeHeader(hexToBytes(row.header_hex));
    if (!decoded.ok) throw new Error(decoded.code);
    const header = decoded.value;
    const work = bitsToWork(header.bits);
    cumulative += work;
    expect({
      block_hash: header.id,
      parent: header.parent,
      bits_hex: bitsToText(header.bits),
      timestamp: String(header.time),
      work_hex: work.toString(16),
      cumulative_work_in_file_hex: cumulative.toString(16),
    }).toEqual({
      block_hash: row.block_hash,
      parent,
      bits_hex: row.bits_hex,
      timestamp: row.timestamp,
      work_hex: row.work_hex,
      cumulative_work_in_file_hex: row.cumulative_work_in_file_hex,
    });
    expect(idMeetsTarget(header.id, bitsToTarget(header.bits))).toBe(true);
    parent = header.id;
  }
});

/** Owns: the proof that this implementation agrees with vectors made by others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hex, shown, unhex } from './bytes.mjs';
import { sha256, verify } from './keys.mjs';
import { canonicalTarget, childBits, headerId, meets, workOf } from './difficulty.mjs';
import { consistencyProof, inclusionProof, merkleRoot } from './trees.mjs';

function same(what, found, expected) {
  if (found !== expected) throw new Error(`${what}: ${found} instead of ${expected}`);
}

const rows = (text) => text.trim().split('\n').slice(1);
const lines = (text) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

function assertMerkle(read) {
  const { leaves_hex, root_by_size } = JSON.parse(read('rfc6962_roots.json'));
  const data = leaves_hex.map(unhex);
  const text = (proof) => proof.map((hash) => hash.toString('base64')).join();
  const bySize = (root) => root_by_size.indexOf(hex(Buffer.from(root, 'base64')));
  for (const [size, root] of root_by_size.entries()) {
    same(`root ${size}`, hex(merkleRoot(data.slice(0, size))), root);
  }
  for (const row of lines(read('rfc6962_inclusion.jsonl'))) {
    const size = bySize(row.root);
    if (row.wantErr || row.desc !== 'happy path' || size !== row.treeSize) continue;
    const proof = inclusionProof(data.slice(0, size), row.leafIdx);
    same(`inclusion ${row.name}`, text(proof), (row.proof ?? []).join());
  }
  for (const row of lines(read('rfc6962_consistency.jsonl'))) {
    const size = bySize(row.root2);
    if (row.wantErr || row.desc !== 'happy path' || size !== row.size2) continue;
    const proof = consistencyProof(data.slice(0, size), row.size1);
    same(`consistency ${row.name}`, text(proof), (row.proof ?? []).join());
  }
}

function assertAsert(read) {
  for (const row of rows(read('asert.csv'))) {
    // The description, second in the row, may hold commas itself.
    const [anchorHeight, anchorParentTime, bits, height, time, next] = row.split(',').slice(-6);
    const parameters = {
      retarget: true,
      bits: Number(bits),
      powLimit: 0x1d00ffff,
      spacingSeconds: 600,
      halfLifeSeconds: 172_800,
      time: Number(anchorParentTime) + 600,
    };
    const found = childBits(parameters, Number(height) - Number(anchorHeight), Number(time));
    same(`asert ${row}`, found, Number(next));
  }
}

function assertBitcoin(read) {
  for (const row of rows(read('bitcoin_headers_0_400.csv'))) {
    const [height, header, id, bitsHex, , work] = row.split(',');
    const bits = Number.parseInt(bitsHex, 16);
    const found = headerId(unhex(header));
    same(`Bitcoin id ${height}`, shown(found), id);
    same(`Bitcoin work ${height}`, workOf(bits), BigInt(`0x${work}`));
    same(
      `Bitcoin target ${height}`,
      canonicalTarget(bits) !== undefined && meets(found, bits),
      true,
    );
  }
}

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

function assertSignatures(read) {
  const { testGroups } = JSON.parse(read('wycheproof_ecdsa_secp256k1_p1363.json'));
  for (const { publicKey, tests } of testGroups) {
    const point = unhex(publicKey.uncompressed);
    const key = Buffer.concat([Buffer.from([2 + (point[64] & 1)]), point.subarray(1, 33)]);
    for (const { tcId, msg, sig, result } of tests) {
      const signature = unhex(sig);
      const low = BigInt(`0x${hex(signature.subarray(32, 64)) || '0'}`) <= HALF_ORDER;
      const expected = result === 'valid' && low;
      same(`Wycheproof ${tcId}`, verify(signature, sha256(unhex(msg)), key), expected);
    }
  }
}

/** Throws at the first difference. */
export function assertAgreesWithPublic(folder) {
  const read = (name) => readFileSync(join(folder, name), 'utf8');
  assertMerkle(read);
  assertAsert(read);
  assertBitcoin(read);
  assertSignatures(read);
}

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytesToHex } from '../../../../src/core/base/bytes.ts';
import { parseAddressHex, toAmount, toNonce } from '../../../../src/core/base/types.ts';
import type { AccountRecord } from '../../../../src/core/rules/accounts-root.ts';
import { accountsRootOf } from '../../../../src/core/rules/accounts-root.ts';

interface Vector {
  readonly name: string;
  readonly accounts: readonly {
    readonly address: string;
    readonly balance: string;
    readonly nonce: number;
  }[];
  readonly root: string;
}

const url = new URL('../../../vectors/trees.json', import.meta.url);
const { accounts: vectors } = JSON.parse(readFileSync(url, 'utf8')) as { accounts: Vector[] };

function toRecords({ accounts }: Vector): AccountRecord[] {
  const records = accounts.map(({ address, balance, nonce }) => ({
    address: parseAddressHex(address)!,
    balance: toAmount(BigInt(balance)),
    nonce: toNonce(nonce),
  }));
  return records.sort((a, b) => (a.address < b.address ? -1 : 1));
}

describe('the accounts root (docs/protocol.md section 7)', () => {
  test.each(vectors)('$name', (vector) => {
    expect(bytesToHex(accountsRootOf(toRecords(vector)))).toBe(vector.root);
  });

  test('any change of the set changes it', () => {
    const largest = vectors.map(toRecords).reduce((a, b) => (b.length > a.length ? b : a));
    const changed = largest.map((record, index) =>
      index === 0 ? { ...record, nonce: toNonce(record.nonce + 1) } : record,
    );
    const roots = [largest, changed, largest.slice(1)].map((set) =>
      bytesToHex(accountsRootOf(set)),
    );
    expect(new Set(roots).size).toBe(3);
  });
});

/**
 * The list of codes is the one of docs/protocol.md: none more, none less, in its order, of its
 * kinds.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REJECT_KINDS, rejectKind } from '../../../../src/core/base/rejects.ts';
import type { RejectCode } from '../../../../src/core/base/rejects.ts';

const page = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');

function section(heading: string): string {
  const start = page.indexOf(`\n${heading}`);
  expect(start).toBeGreaterThan(0);
  const end = page.indexOf('\n#', start + heading.length);
  return page.slice(start, end);
}

test('codes and kinds are those of sections 10.6 and 12', () => {
  const genesisCodes = Array.from(
    section('### 10.6').matchAll(/`(genesis-[a-z-]+)`/g),
    (m) => m[1],
  );
  const rows = Array.from(
    section('## 12.').matchAll(/^\| `([a-z*-]+)`.*?\| ([a-z]+) \|/gm),
    (m) => [m[1], m[2]],
  );
  const stated = rows.flatMap(([code, kind]) =>
    code === 'genesis-*' ? genesisCodes.map((each) => [each, kind]) : [[code, kind]],
  );
  expect(Object.entries(REJECT_KINDS)).toEqual(stated);
});

test('a kind can be asked for by code', () => {
  for (const [code, kind] of Object.entries(REJECT_KINDS)) {
    expect(rejectKind(code as RejectCode)).toBe(kind);
  }
});

/**
 * Owns: how amounts, numbers, ids, times and tables are shown to a person; pure.
 * Does not own: JSON forms, which are those of the API.
 */

const ID_SHOWN = 8;
const ADDRESS_HEAD = 4;
const ADDRESS_TAIL = 4;

/** Coins with at least one decimal: `5` is shown as `5.0`. */
export function showCoins(coins: string): string {
  return coins.includes('.') ? coins : `${coins}.0`;
}

export function showId(id: string): string {
  return id.slice(0, ID_SHOWN);
}

/** The two ends of an address: `crn1q…8k2d`. */
export function showAddress(address: string): string {
  const head = address.indexOf('1') + 2;
  return `${address.slice(0, Math.max(head, ADDRESS_HEAD))}…${address.slice(-ADDRESS_TAIL)}`;
}

const STEPS = ['', ' k', ' M', ' G', ' T', ' P', ' E'] as const;

/** A large number in about three digits: `8.1 k`. */
export function showCount(value: bigint | number): string {
  let rest = Number(value);
  let step = 0;
  while (rest >= 1000 && step < STEPS.length - 1) {
    rest /= 1000;
    step++;
  }
  return step === 0 ? String(rest) : `${rest.toFixed(1)}${STEPS[step] ?? ''}`;
}

/** A span of time: `0.08 s`, `14 s`, `3 min`, `2 h`, `5 days`. */
export function showSpan(spanMs: number): string {
  const seconds = spanMs / 1000;
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** `1 tx`, `2 txs`: the word for a count. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Rows as lines with aligned columns, indented by two. */
export function showTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

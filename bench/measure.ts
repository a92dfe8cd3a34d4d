/**
 * Owns: timing work in rounds and printing figures as ratios to a reference measured in the same
 * run.
 * Does not own: what is measured (the other files of bench).
 */

/** The middle of several timings, in operations per second. */
export interface Rate {
  readonly perSecond: number;
  /** The slowest and the fastest round. */
  readonly low: number;
  readonly high: number;
}

const ROUNDS = 5;

/**
 * Times `run`, which does `operations`, several times after one round of warm-up; `prepare` makes
 * each round's own input and is not timed.
 */
export function measure<T>(options: {
  readonly operations: number;
  readonly prepare: () => T;
  readonly run: (input: T) => void;
  readonly rounds?: number;
}): Rate {
  const rates: number[] = [];
  options.run(options.prepare());
  for (let round = 0; round < (options.rounds ?? ROUNDS); round++) {
    const input = options.prepare();
    const startMs = performance.now();
    options.run(input);
    rates.push((1000 * options.operations) / (performance.now() - startMs));
  }
  rates.sort((a, b) => a - b);
  const at = (index: number): number => rates[index] ?? NaN;
  return { perSecond: at(Math.floor(rates.length / 2)), low: at(0), high: at(rates.length - 1) };
}

/** One line: a name, the rate, its spread, and the ratio to a named reference. */
export function printRate(
  name: string,
  rate: Rate,
  reference?: { readonly name: string; readonly rate: Rate },
): void {
  const spread = `${formatRate(rate.low)} to ${formatRate(rate.high)}`;
  const ratio =
    reference === undefined
      ? 'reference'
      : `${(rate.perSecond / reference.rate.perSecond).toFixed(2)} x ${reference.name}`;
  console.log(
    `  ${name.padEnd(44)}${formatRate(rate.perSecond).padStart(12)}/s   ${ratio}   (${spread})`,
  );
}

export function printTitle(title: string): void {
  console.log(`\n${title}`);
}

function formatRate(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

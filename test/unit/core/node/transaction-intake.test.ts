/** Owns: what is let through to verification while other transactions are on their way. */
import { expect, test } from 'vitest';
import { TransactionIntake } from '../../../../src/core/node/transaction-intake.ts';
import { MempoolBench, RELAY_FEE } from '../../../kit/mempool.ts';
import { fakeTransaction } from '../../../kit/transactions.ts';
import { vectorNetwork } from '../../../kit/vectors.ts';

const submitter = { kind: 'peer', peer: 1 } as const;
const transfer = (nonce: number) =>
  fakeTransaction({ from: 0, nonce, fee: RELAY_FEE, amount: 10_000n });

function setUp() {
  const bench = new MempoolBench();
  bench.setAccount(0, 10n ** 9n);
  const intake = new TransactionIntake(vectorNetwork('easy').params, bench.mempool);
  return { bench, intake };
}

test('200 nonces in a bundle are admitted (row 97: above 16 fell to the gap limit)', () => {
  const { bench, intake } = setUp();
  const bundle = Array.from({ length: 200 }, (_, nonce) => transfer(nonce));
  for (const transaction of bundle) {
    expect(intake.begin(transaction, bench.now)).toMatchObject({ ok: true });
  }
  const verdicts = bundle.map(() => true);
  expect(intake.endVerification(submitter, bundle, verdicts)).toEqual([]);
  const admitted = intake.admit(bundle.length, bench.now);
  expect(admitted.every(({ result }) => result.ok && result.value.state === 'pending')).toBe(true);
});

test('a nonce beyond the gap limit is refused unless something leads up to it', () => {
  const { bench, intake } = setUp();
  const gap = { ok: false, code: 'tx-gap-limit' };
  expect(intake.begin(transfer(17), bench.now)).toMatchObject(gap);
  expect(intake.begin(transfer(16), bench.now)).toMatchObject({ ok: true });
  expect(intake.begin(transfer(17), bench.now)).toMatchObject({ ok: true });
  expect(intake.begin(transfer(19), bench.now)).toMatchObject(gap);

  const under = [transfer(16), transfer(17)];
  const refused = intake.endVerification(submitter, under, [false, false]);
  expect(refused).toHaveLength(2);
  expect(intake.begin(transfer(18), bench.now)).toMatchObject(gap);
  expect(intake.begin(transfer(17), bench.now)).toMatchObject(gap);
});

test('replacements share a budget of moved transactions (500 moved 4,999 each in one step)', () => {
  const { bench, intake } = setUp();
  for (let nonce = 0; nonce < 100; nonce++) {
    bench.take({ from: 0, nonce, fee: RELAY_FEE, amount: 10_000n });
  }
  const bumps = [2n, 3n, 4n].map((times) =>
    fakeTransaction({ from: 0, nonce: 0, fee: times * RELAY_FEE, amount: 10_000n }),
  );
  const next = Array.from({ length: 150 }, (_, index) => transfer(100 + index));
  const bundle = [...bumps, ...next];
  for (const transaction of bundle) {
    expect(intake.begin(transaction, bench.now)).toMatchObject({ ok: true });
  }
  intake.endVerification(
    submitter,
    bundle,
    bundle.map(() => true),
  );
  // A bump is placed, moves the 99 above it, and the one it replaces leaves: 101.
  const steps: number[] = [];
  const ids: string[] = [];
  while (intake.heldCount > 0) {
    const verdicts = intake.admit(150, bench.now);
    expect(verdicts.every(({ result }) => result.ok)).toBe(true);
    steps.push(verdicts.length);
    ids.push(...verdicts.map(({ id }) => id));
  }
  expect(steps).toEqual([2, 50, 101]);
  expect(ids).toEqual(bundle.map(({ id }) => id));
});

/**
 * Row 4, CVE-2010-5139. Bound: no sum of amounts and fee wraps, loose or in a block; each is
 * refused with the code that the second implementation gives, and no base unit is created.
 */
import { expect, test } from 'vitest';
import {
  checkInContext,
  checkTransaction,
  decodeTransaction,
} from '../vectors/reference/transaction.mjs';
import { Arena } from './kit/arena.ts';
import { idOf, pay } from './kit/wallet.ts';
import { alice, bob, carol } from './kit/world.ts';

const U64_MAX = 2n ** 64n - 1n;
const amounts = [0n, 1n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n + 1n, U64_MAX];
const fees = [1_000_000n, 2n ** 63n, U64_MAX];

test('amounts and fees that wrap are refused', async () => {
  const arena = await Arena.open();
  const { network, victim, chain } = arena;
  for (const fee of fees) {
    for (const amount of amounts) {
      // The outputs alone, or with the fee, come to 2^64 and so to nothing where sums wrap.
      const rest = amount === 0n ? U64_MAX : U64_MAX - amount + 1n;
      const to = [[bob, amount] as const, [carol, rest] as const];
      const bytes = pay(network, alice, { nonce: 0, fee, to });
      const transaction = decodeTransaction(bytes);
      const verdict =
        checkTransaction(network, bytes) ?? checkInContext(chain.tip.accounts, transaction);
      expect(verdict, `${amount} with fee ${fee}`).toBeDefined();
      // One that its account cannot pay may wait for funds, and reserves nothing meanwhile.
      const code = await victim.submitRefusal(bytes);
      const { status } = await victim.transaction(idOf(bytes));
      expect(status, `${amount}, fee ${fee}`).toMatch(/^(unknown|waiting)$/);
      if (verdict!.code !== 'tx-insufficient-funds') expect(code).toBe(verdict!.code);

      const outputs = [{ address: bob.address, amount: chain.reward() }];
      const block = chain.buildBroken({ transactions: [bytes], outputs });
      const refused = await victim.submitBlockRefusal(block.bytes);
      expect(refused?.code).toBe('block-transaction-invalid');
    }
  }
  await arena.expectUnharmed();
});

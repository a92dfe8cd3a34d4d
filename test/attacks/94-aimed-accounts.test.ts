/**
 * Row 94. Bound: blocks that create and touch 5,000 accounts sharing 16, 40 or 120 leading bits are
 * connected in less than twice the time of accounts spread at random.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ChainBuilder, idOfBlock } from './kit/chain-builder.ts';
import { NodeProcess } from './kit/node-process.ts';
import { pay } from './kit/wallet.ts';
import { alice, createWorld } from './kit/world.ts';

const accounts = 5_000;
const perTransaction = 250;
const touched = 500;
// What scheduling on a shared machine adds, whoever is paid.
const slackMs = 100;
const spread = 0;
const aimed = [2, 5, 15];
// The best of two: a busy machine only ever adds.
const rounds = 2;

/** Addresses with so many leading zero bytes, the rest as random as a hash. */
function addresses(zeroBytes: number): readonly { readonly address: Buffer }[] {
  return Array.from({ length: accounts }, (_, index) => {
    const address = createHash('sha256').update(`${zeroBytes} ${index}`).digest().subarray(0, 20);
    return { address: Buffer.from(address.fill(0, 0, zeroBytes)) };
  });
}

/** Time to connect one block that creates the accounts and one that touches every tenth. */
async function connectMs(zeroBytes: number): Promise<number> {
  const world = createWorld();
  const node = await NodeProcess.start({ world });
  const chain = new ChainBuilder(world.network);
  const all = addresses(zeroBytes);
  const some = all.filter((_, index) => index % (accounts / touched) === 0);
  let spentMs = 0;
  for (const receivers of [all, some]) {
    const nonce = chain.nonceOf(alice);
    const transactions = chunk(receivers, perTransaction).map((part, index) =>
      pay(world.network, alice, {
        nonce: nonce + index,
        to: part.map((receiver) => [receiver, 10_000n] as const),
      }),
    );
    const block = chain.extend({ transactions });
    const begun = performance.now();
    await node.submitBlock(block);
    spentMs += performance.now() - begun;
  }
  expect((await node.status()).tip).toBe(idOfBlock(chain.tip));
  expect((await node.status()).accountsRoot).toBe(chain.accountsRoot);
  await node.kill();
  return spentMs;
}

function chunk<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const parts = Math.ceil(list.length / size);
  return Array.from({ length: parts }, (_, i) => list.slice(i * size, (i + 1) * size));
}

test('aimed addresses slow nothing down', async () => {
  const best = new Map<number, number>();
  for (let round = 0; round < rounds; round++) {
    for (const zeroBytes of [spread, ...aimed]) {
      const spentMs = await connectMs(zeroBytes);
      best.set(zeroBytes, Math.min(spentMs, best.get(zeroBytes) ?? Infinity));
    }
  }
  for (const zeroBytes of aimed) {
    const shared = `${8 * zeroBytes} shared bits`;
    expect(best.get(zeroBytes), shared).toBeLessThan(2 * best.get(spread)! + slackMs);
  }
});

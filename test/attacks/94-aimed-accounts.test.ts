/**
 * Row 94. Bound: blocks that create and touch 10,000 accounts sharing 16, 40 or 120 leading bits are
 * connected in less than twice the time of accounts spread at random.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ChainBuilder, idOfBlock } from './kit/chain-builder.ts';
import { NodeProcess } from './kit/node-process.ts';
import { pay } from './kit/wallet.ts';
import { alice, createWorld } from './kit/world.ts';

const accounts = 10_000;
const perTransaction = 250;
const touched = 1_000;
// What scheduling on a shared machine adds, whoever is paid.
const slackMs = 50;

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
  const spread = await connectMs(0);
  for (const zeroBytes of [2, 5, 15]) {
    const aimed = await connectMs(zeroBytes);
    expect(aimed, `${8 * zeroBytes} shared bits`).toBeLessThan(2 * spread + slackMs);
  }
});

/**
 * Row 16, CVE-2024-52921. Bound: a body that does not match its header, asked for or not, costs its
 * sender the connection and leaves the download from others as it was.
 */
import { expect, test } from 'vitest';
import { hex } from '../vectors/reference/bytes.mjs';
import { Arena } from './kit/arena.ts';
import { breakEnd } from './kit/forgery.ts';
import { within } from './kit/until.ts';
import { COIN, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

test('a mutated body clears nobody else’s download', async () => {
  const arena = await Arena.open();
  const payment = pay(arena.network, alice, { nonce: 0, to: [[bob, COIN]] });
  const block = arena.chain.build({ transactions: [payment] });
  const chain = arena.chain.fork().add(block);

  const slow = await arena.attacker();
  slow.serve(chain, { bodies: false }).announce(chain);
  await slow.next('get-blocks');

  const intruder = await arena.attacker();
  intruder.send('block', { block: hex(breakEnd(block.bytes)) });
  await within('the intruder to be dropped', intruder.closed);
  expect(slow.isOpen).toBe(true);

  slow.send('block', { block: hex(block.bytes) });
  arena.chain = chain;
  await arena.settle();

  const next = arena.chain.build({ transactions: [] });
  const liar = await arena.vouch(next, breakEnd(next.bytes));
  await within('the liar to be dropped', liar.closed);
  await arena.vouch(next);
  arena.chain.add(next);
  await arena.settle();
  await arena.expectUnharmed();
});

/**
 * Row 22. Bound: 200 mutations each of a transaction, a block and every wire message: refused, or
 * another value with another id; no mutation changes what the victim holds.
 */
import { expect, test } from 'vitest';
import { cat, hex } from '../vectors/reference/bytes.mjs';
import { encodeMessage } from '../vectors/reference/messages.mjs';
import { transactionId } from '../vectors/reference/transaction.mjs';
import { Arena } from './kit/arena.ts';
import { idOfBlock, tipOf } from './kit/chain-builder.ts';
import { createRandom, mutate } from './kit/forgery.ts';
import { RawPeer, helloOf } from './kit/raw-peer.ts';
import { COIN, idOf, pay } from './kit/wallet.ts';
import { alice, bob } from './kit/world.ts';

const mutations = 200;
const random = createRandom(22);

test('a mutated transaction or block is refused', async () => {
  const arena = await Arena.open();
  const { victim, network, chain } = arena;
  const payment = pay(network, alice, { nonce: 0, to: [[bob, COIN]], memo: Buffer.from('memo') });
  for (let i = 0; i < mutations; i++) {
    const mutated = mutate(payment, random);
    if (mutated.equals(payment)) continue;
    expect(transactionId(mutated)).not.toEqual(transactionId(payment));
    expect(await victim.submitRefusal(mutated)).toMatch(/^tx-|^rpc -32602|^params/);
  }
  const block = chain.build({ transactions: [payment] });
  for (let i = 0; i < mutations; i++) {
    const mutated = mutate(block.bytes, random);
    // Another nonce or time below the commitment may be another block of as much work.
    if (mutated.subarray(0, 80).equals(block.header) && !mutated.equals(block.bytes)) {
      expect((await victim.submitBlockRefusal(mutated))?.code).toMatch(/^block-/);
    }
  }
  expect((await victim.status()).mempool.count).toBe(0);
  arena.chain = chain.fork().add(block);
  await victim.submitBlock(block);
  await arena.settle();
  await arena.expectUnharmed();
});

test('mutated messages end at worst their own connection', async () => {
  const arena = await Arena.open();
  const { chain, network, victim } = arena;
  const payment = pay(network, alice, { nonce: 0, to: [[bob, COIN]] });
  const ids = [idOf(payment)];
  const blockIds = { ids: [idOfBlock(chain.tip)] };
  const messages = [
    encodeMessage('ping', { value: '0011223344556677' }),
    encodeMessage('get-headers', blockIds),
    encodeMessage('headers', { tip: tipOf(chain.tip), headers: [hex(chain.tip.header)] }),
    encodeMessage('get-blocks', blockIds),
    encodeMessage('block', { block: hex(chain.tip.bytes) }),
    encodeMessage('blocks-missing', blockIds),
    encodeMessage('new-tip', { tip: tipOf(chain.tip), header: hex(chain.tip.header) }),
    encodeMessage('inventory', { ids }),
    encodeMessage('get-transactions', { ids }),
    encodeMessage('transactions', { transactions: [hex(payment)] }),
    encodeMessage('transactions-missing', { ids }),
    encodeMessage('get-pool', { after: '00'.repeat(32) }),
    encodeMessage('pool', { ids }),
    cat(Buffer.of(0x77), Buffer.alloc(30)),
  ];
  const before = (await victim.status()).tip;
  for (const message of messages) {
    for (let i = 0; i < mutations;) {
      const peer = await arena.attacker();
      for (; i < mutations && peer.isOpen; i++) await peer.flush(mutate(message, random));
      peer.terminate();
    }
  }
  const hello = encodeMessage('hello', helloOf(chain));
  for (let i = 0; i < 50; i++) {
    const peer = await RawPeer.connect(victim.url);
    await peer.flush(mutate(hello, random));
    peer.terminate();
  }
  expect((await victim.status()).tip).toBe(before);
  await arena.expectUnharmed();
});

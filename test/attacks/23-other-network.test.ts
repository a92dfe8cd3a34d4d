/**
 * Row 23. Bound: another genesis is told so in a goodbye and closed; nothing changes, nobody is
 * blamed.
 */
import { expect, test } from 'vitest';
import { hex } from '../vectors/reference/bytes.mjs';
import { Arena } from './kit/arena.ts';
import { ChainBuilder } from './kit/chain-builder.ts';
import { RawPeer, helloOf } from './kit/raw-peer.ts';
import { within } from './kit/until.ts';
import { createWorld } from './kit/world.ts';

test('networks do not mix', async () => {
  const arena = await Arena.open();
  const { victim } = arena;
  const foreign = new ChainBuilder(createWorld().network).extendBy(20);
  const before = await victim.status();
  const peer = await RawPeer.connect(victim.url);
  peer.send('hello', helloOf(foreign));
  const { goodbye } = await within('the foreign peer to be closed', peer.closed);
  expect(goodbye).toBe('handshake-network-differs');

  // One that lies about its network is told by its headers.
  const liar = await arena.attacker();
  liar.announce(foreign, 1000n);
  liar.on('get-headers', () => {
    const headers = foreign.blocks.slice(1).map(({ header }) => hex(header));
    liar.send('headers', { tip: { ...arenaTip(arena), work: '0xffff' }, headers });
  });
  await within('the liar to be dropped', liar.closed);
  const after = await victim.status();
  expect([after.tip, after.accountsRoot]).toEqual([before.tip, before.accountsRoot]);
  await (await arena.attacker()).roundTrip();
  await arena.expectUnharmed();
});

function arenaTip({ chain }: Arena): { height: number; id: string } {
  return { height: chain.height + 1, id: hex(chain.tip.id) };
}

/**
 * Row 43. Bound: 200 unrequested blocks of 2,000,000 bytes with unknown parents: each costs its
 * sender the connection, none is stored, memory +16 MiB at most once they are read.
 */
import { expect, test } from 'vitest';
import { cat } from '../vectors/reference/bytes.mjs';
import { decodeHeader, mine } from '../vectors/reference/block.mjs';
import { Arena } from './kit/arena.ts';
import { MIB } from './kit/memory.ts';
import { until, within } from './kit/until.ts';

const count = 200;
const size = 2_000_000;

test('orphan bodies are not kept', async () => {
  const arena = await Arena.open({ parameters: { blockSizeMax: size }, measuresMemory: true });
  const { victim, chain } = arena;
  const { header } = mine({ ...decodeHeader(chain.tip.header), parent: Buffer.alloc(32, 9) });
  const message = cat(Buffer.of(0x13), header, Buffer.alloc(size - header.length, 1));
  const send = async (): Promise<void> => {
    const peer = await arena.attacker();
    peer.sendBytes(message);
    await within('the sender to be dropped', peer.closed);
  };
  await Promise.all(Array.from({ length: 5 }, send));
  const [memory, disk] = [await victim.rssBytes(), await victim.diskBytes()];
  for (let sent = 0; sent < count; sent += 5) {
    await Promise.all(Array.from({ length: 5 }, send));
  }
  // The honest go on; what was read is given back when the collector comes by.
  await until('memory to be given back', async () => {
    await arena.mine();
    return (await victim.rssBytes()) - memory < 16 * MIB;
  });
  expect((await victim.diskBytes()) - disk).toBeLessThan(MIB);
  await arena.expectUnharmed();
});

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
const warmUp = 25;
const atOnce = 5;

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
  const flood = async (blocks: number): Promise<void> => {
    for (let sent = 0; sent < blocks; sent += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, send));
    }
  };
  // The first ones fill the buffers that any large block needs.
  await flood(warmUp);
  const [memory, disk] = [await victim.rssBytes(), await victim.diskBytes()];
  await flood(count);
  await until('memory to be given back', async () => {
    await victim.status();
    return (await victim.rssBytes()) - memory < 16 * MIB;
  });
  expect((await victim.diskBytes()) - disk).toBeLessThan(MIB);
  await arena.expectUnharmed();
});

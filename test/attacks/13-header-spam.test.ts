/**
 * Row 13, CVE-2024-52916. Bound: 200,000 headers of least difficulty from genesis, with less work than
 * the tip in all: memory +32 MiB at most, none stored, and the victim still follows the honest.
 */
import { expect, test } from 'vitest';
import { hex, shown } from '../vectors/reference/bytes.mjs';
import { encodeHeader, mine } from '../vectors/reference/block.mjs';
import { childBits, headerId, workOf } from '../vectors/reference/difficulty.mjs';
import { Arena } from './kit/arena.ts';
import { ChainBuilder } from './kit/chain-builder.ts';
import { MIB, memoryGrowth } from './kit/memory.ts';
import { until } from './kit/until.ts';
import { nowSeconds } from './kit/world.ts';

const spamCount = 200_000;
const perMessage = 2000;
const spacingSeconds = 5;
const yearSeconds = 31_536_000;

interface Spam {
  readonly headers: readonly Buffer[];
  readonly work: bigint;
}

/** A chain of headers without blocks: late at once, so that ASERT makes each as easy as can be. */
function spamFrom(network: Reference.Network): Spam {
  const { parameters, chain } = network;
  const headers: Buffer[] = [];
  let parent = chain[0]!.id;
  let parentTime = parameters.time;
  let work = chain[0]!.cumulativeWork;
  for (let height = 0; height < spamCount; height++) {
    const bits = childBits(parameters, height, parentTime);
    const time = height === 0 ? parameters.time + yearSeconds / 2 : parentTime + 1;
    const fields = { version: 1, parent, commitment: Buffer.alloc(32, 7), time, bits };
    const { header } = bits === parameters.bits ? mine(fields) : mineFast(fields);
    headers.push(header);
    parent = headerId(header);
    parentTime = time;
    work += workOf(bits);
  }
  return { headers, work };
}

/** Every second nonce will do: only those four bytes are written anew. */
function mineFast(fields: Reference.HeaderFields): { header: Buffer } {
  const header = encodeHeader({ ...fields, nonce: 0 });
  for (let nonce = 1; headerId(header)[31]! > 0x7e; nonce++) header.writeUInt32LE(nonce, 76);
  return { header };
}

test('cheap headers are walked, not kept', async () => {
  const parameters = {
    ...{ time: nowSeconds() - yearSeconds, retarget: true, bits: '1f07ffff' },
    ...{ spacingSeconds, halfLifeSeconds: 600, maxFutureSeconds: 30 },
  };
  const arena = await Arena.open({ parameters, height: 0 });
  const { victim, network } = arena;
  const honest = new ChainBuilder(network);
  const { headers, work } = spamFrom(network);
  while (honest.tip.cumulativeWork <= work) {
    honest.extend({ time: network.parameters.time + (honest.height + 1) * spacingSeconds });
  }
  for (const block of honest.blocks.slice(1)) await victim.submitBlock(block);
  arena.chain = honest;
  await arena.settle();
  const diskBefore = await victim.diskBytes();

  const ids = headers.map((header) => shown(headerId(header)));
  const heights = new Map(ids.map((id, index) => [id, index + 1]));
  const tip = { height: spamCount, id: ids.at(-1)!, work: `0x${(work * 1000n).toString(16)}` };
  const growth = await memoryGrowth(victim, async () => {
    const peer = await arena.attacker({ tip });
    let served = 0;
    peer.on('get-headers', (fields) => {
      const start = (fields['ids'] as string[]).map((id) => heights.get(id)).find(Boolean) ?? 0;
      served = Math.max(served, start + perMessage);
      peer.send('headers', { tip, headers: headers.slice(start, start + perMessage).map(hex) });
    });
    await until('all headers to be asked for', () => served >= spamCount || !peer.isOpen, 60_000);
    if (peer.isOpen) await peer.roundTrip();
    expect(served).toBeGreaterThanOrEqual(spamCount);
  });
  expect(growth).toBeLessThan(32 * MIB);
  expect((await victim.diskBytes()) - diskBefore).toBeLessThan(MIB);
  await arena.expectUnharmed();
});
